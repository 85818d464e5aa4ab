import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';

/** A kernel file and every file that it imports by a relative path, itself first. */
export function sourceFiles(file: string, seen: string[] = []): readonly string[] {
  if (seen.includes(file) || (seen.length > 0 && !existsSync(file))) return seen;
  seen.push(file);
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  for (const [, path] of text.matchAll(/from\s+['"](\.{1,2}\/[^'"]+)['"]/g)) {
    sourceFiles(resolve(dirname(file), path), seen);
  }
  return seen;
}

/** Makes the next load read the files anew: modules are kept once they ran. */
export async function forgetSources(files: readonly string[]): Promise<void> {
  const { cache } = createRequire(import.meta.url);
  for (const file of files) delete cache[file];
  const { forgetParsed } = await import('./project.ts');
  forgetParsed(files);
}
