import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { packageRoot } from '../../codegen/support/package-root.ts';
import { against, type Evidence } from './evidence.ts';
import { type Sampler, samplerOf } from './run-sampler.ts';

/** A sampler that is wrong in one place: the kernels' own text with a few words changed. */
export interface WrongSampler {
  readonly name: string;
  /** The evidence that must speak against it: part of a name. */
  readonly caughtBy: string;
  /** Tests that the right sampler passes. */
  readonly tests: (sampler: Sampler) => readonly Evidence[];
  readonly file: string;
  /** Each text must be in the file once, so that a change of the kernel does not make a right sampler of it. */
  readonly changes: readonly (readonly [from: string, to: string])[];
}

/** Writes the kernels with the change into a folder. */
function writeWrong({ name, file, changes }: WrongSampler, folder: string): string {
  cpSync(join(packageRoot(), 'kernels'), folder, { recursive: true });
  const path = join(folder, file);
  let text = readFileSync(path, 'utf8');
  for (const [from, to] of changes) {
    const parts = text.split(from);
    if (parts.length !== 2) {
      throw new Error(`${name}: '${from}' is ${parts.length - 1} times in ${file}, not once`);
    }
    text = parts.join(to);
  }
  writeFileSync(path, text);
  return folder;
}

/** Expects that the tests speak against a kernel that is wrong, by the one that is made for this. */
export async function expectWrong(
  wrong: WrongSampler,
  kernel: string,
  folder: string,
): Promise<void> {
  const sampler = await samplerOf(kernel, writeWrong(wrong, folder));
  const names = against(wrong.tests(sampler)).map(({ name }) => name);
  expect(names.filter((name) => name.includes(wrong.caughtBy))).not.toEqual([]);
}
