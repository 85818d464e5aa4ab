import { basename, relative } from 'node:path';
import { packageRoot } from '../support/package-root.ts';

/** A short name that is the same on every machine: from the package's root, or the bare file name. */
export function sourceName(file: string): string {
  const inside = relative(packageRoot(), file);
  return inside.startsWith('..') || inside.includes('node_modules') ? basename(file) : inside;
}
