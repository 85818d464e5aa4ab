import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../codegen/support/package-root.ts';
import { acceptedStatements } from '../codegen/random/accepted-statements.ts';
import { arrayKernel } from '../codegen/random/random-arrays.ts';
import { controlKernel } from '../codegen/random/random-control.ts';
import { expressionKernel } from '../codegen/random/random-expressions.ts';
import type { Run } from '../fuzz/finding.ts';

/** A kernel that faults are shown with: its text comes from the checkout as it is, never from a mutated copy. */
export interface Sample {
  readonly name: string;
  readonly runs: readonly Run[];
  source(): string | Promise<string>;
}

const runs: readonly Run[] = [
  { seed: 1, size: 4, latency: 9, stall: 0, outstanding: 64 },
  { seed: 2, size: 3, latency: 20, stall: 0.3, outstanding: 2 },
];

const kernelFile = (name: string, path: string): Sample => ({
  name,
  runs,
  source: () => readFileSync(join(packageRoot(), path), 'utf8'),
});

/** By name: what a mutation's hint says. */
export function sampleNamed(name: string): Sample {
  const found = fixed.find((one) => one.name === name);
  if (found !== undefined) return found;
  const [, kind, seed] = /^(\w+)-(\d+)$/.exec(name) ?? [];
  const make = seeded[kind];
  if (make === undefined) throw new Error(`there is no sample ${name}`);
  return { name, runs, source: () => make(Number(seed)) };
}

/** Kernels that are written out. */
const fixed: readonly Sample[] = [
  kernelFile('gain', 'test/codegen/golden/gain.ts'),
  kernelFile('arrays-all', 'test/codegen/fixtures/arrays-all.ts'),
  ...['operators', 'fixed-point', 'control-flow', 'bursts', 'depth'].map((name) =>
    kernelFile(name, `test/planted/kernels/${name}.ts`),
  ),
];

/** Random ones, by seed. */
const seeded: Readonly<Record<string, (seed: number) => string | Promise<string>>> = {
  control: (seed) => controlKernel(Array.from({ length: 4 }, (_, at) => ({ unit: at + 1, seed }))),
  arrays: (seed) => arrayKernel(seed, 4),
  expressions: async (seed) =>
    expressionKernel(seed, (await acceptedStatements(seed, 60)).statements),
};

const written = new Map<string, Promise<string>>();

/** Writes the sample's text below the folder, once; its path. */
export function writeSample(sample: Sample, folder: string): Promise<string> {
  const file = join(folder, `${sample.name.replaceAll('-', '_')}.ts`);
  const known = written.get(file) ?? write(sample, folder, file);
  written.set(file, known);
  return known;
}

async function write(sample: Sample, folder: string, file: string): Promise<string> {
  const text = await sample.source();
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, text);
  return file;
}
