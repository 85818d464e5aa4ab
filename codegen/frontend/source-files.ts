import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, relative, resolve, sep } from 'node:path';
import { TilewrightError } from '../support/errors.ts';

/** A kernel file and every file that it imports by a relative path, itself first. */
export function sourceFiles(file: string, seen: string[] = []): readonly string[] {
  if (seen.includes(file)) return seen;
  seen.push(file);
  const text = existsSync(file) ? readSource(file) : '';
  for (const [, path] of text.matchAll(/(?:from|import)\s*['"](\.{1,2}(?:\/[^'"]*)?)['"]/g)) {
    const found = fileOf(resolve(dirname(file), path));
    if (found === undefined) continue;
    // A package's own files are its business: only what they compute when the kernel is loaded counts. A kernel may lie
    // in a package itself, as ours do once they are installed, and its files with it.
    const way = relative(dirname(file), found).split(sep);
    if (!way.includes('node_modules')) sourceFiles(found, seen);
  }
  return seen;
}

/**
 * The text of a kernel's file.
 * @throws TilewrightError `KERNEL_FILE` where it cannot be read.
 */
export function readSource(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new TilewrightError(`cannot read the kernel file ${file}`, {
      code: 'KERNEL_FILE',
      hint: 'Give the path of a TypeScript file that you may read, or the name of a kernel that `tilewright kernels` lists.',
      cause,
    });
  }
}

/** `./util` may be util.ts, or index.ts of the folder util. */
function fileOf(path: string): string | undefined {
  const endings = ['', '.ts', `${sep}index.ts`];
  const candidates = endings.map((ending) => `${path}${ending}`);
  candidates.push(path.replace(/\.js$/, '.ts'));
  return candidates.find((one) => existsSync(one) && statSync(one).isFile());
}

/** Makes the next load read the files anew: modules are kept once they ran. */
export async function forgetSources(files: readonly string[]): Promise<void> {
  const { cache } = createRequire(import.meta.url);
  for (const file of files) delete cache[file];
  const { forgetParsed } = await import('./project.ts');
  forgetParsed(files);
}
