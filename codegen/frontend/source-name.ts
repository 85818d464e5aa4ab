import { basename, dirname, relative } from 'node:path';
import { packageRoot } from '../support/package-root.ts';

const given = new Map<string, string>();

/** A short name that is the same on every machine: from the package's root, or the bare file name. */
export function sourceName(file: string): string {
  return given.get(file) ?? shortName(file);
}

function shortName(file: string): string {
  const inside = relative(packageRoot(), file);
  return inside.startsWith('..') || inside.includes('node_modules') ? basename(file) : inside;
}

/** The files that a kernel imports are named from its own folder on, since two may be called index.ts. */
export function nameImports(kernel: string, imported: readonly string[]): void {
  given.set(kernel, shortName(kernel));
  for (const file of imported) {
    const short = shortName(file);
    const below = relative(dirname(kernel), file);
    given.set(file, short === basename(file) && !below.startsWith('..') ? below : short);
  }
}
