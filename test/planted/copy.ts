import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../codegen/support/package-root.ts';
import type { Mutation } from './mutation.ts';

/** What a check runs. Copied, since Node resolves links: a linked module would import the others unmutated. */
const copied = ['codegen', 'sim', 'host', 'test', 'kernels', 'package.json', 'tsconfig.json'];

/** A copy of the checkout in a new folder, with its own node_modules by a link. */
export function copyCheckout(folder: string): void {
  const root = packageRoot();
  mkdirSync(folder, { recursive: true });
  for (const name of copied) cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
}

/** The file's text with the fault in it. */
export function mutated(text: string, { what, file, from, to }: Mutation): string {
  const found = text.split(from).length - 1;
  if (found !== 1) {
    throw new Error(`${what}: ${file} has ${found} times what is to be mutated, not once: ${from}`);
  }
  return text.replace(from, () => to);
}

/** Writes the fault into a copy of the checkout; what it gives back takes it out again. */
export function plant(folder: string, mutation: Mutation): () => void {
  const file = join(folder, mutation.file);
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, mutated(text, mutation));
  return () => writeFileSync(file, text);
}
