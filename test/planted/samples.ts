import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../codegen/support/package-root.ts';
import type { Run } from '../fuzz/finding.ts';
import { acceptedPrograms } from '../fuzz/generate/accepted-programs.ts';
import { kernelOfPrograms } from '../fuzz/generate/kernel-of-programs.ts';
import { randomProgram } from '../fuzz/generate/random-program.ts';

/** A kernel that faults are shown with: its text comes from the checkout as it is, never from a mutated copy. */
export interface Sample {
  readonly name: string;
  readonly runs: readonly Run[];
  source(): string | Promise<string>;
}

const written: readonly string[] = [
  'operators',
  'fixed-point',
  'control-flow',
  'local-arrays',
  'pressure',
  'bursts',
  'depth',
];

/** Random programs that one kernel holds. */
export const programsOfSample = 8;

/** The sample of a mutation's hint: a kernel of this folder, or `programs-N`, the N-th few random programs. */
export function sampleNamed(name: string): Sample {
  if (written.includes(name)) {
    const file = join(packageRoot(), 'test/planted/kernels', `${name}.ts`);
    return { name, runs: [runOf(1, 2)], source: () => readFileSync(file, 'utf8') };
  }
  const [, number] = /^programs-(\d+)$/.exec(name) ?? [];
  if (number === undefined) throw new Error(`there is no sample ${name}`);
  const first = Number(number) * programsOfSample;
  const source = async () => {
    const drawn = Array.from({ length: programsOfSample }, (_, at) => randomProgram(first + at));
    return kernelOfPrograms('programs', (await acceptedPrograms(drawn)).programs).source;
  };
  return { name, runs: [runOf(1, 6)], source };
}

/** Kernels that are written by hand, for what random programs do not reach. */
export const writtenSamples: readonly Sample[] = written.map(sampleNamed);

/** A memory that is late and stalls now and then. */
function runOf(seed: number, size: number): Run {
  return { seed, size, latency: 9, stall: 0.2, outstanding: 6 };
}

const files = new Map<string, Promise<string>>();

/** Writes the sample's text below the folder, once; its path. */
export function writeSample(sample: Sample, folder: string): Promise<string> {
  const file = join(folder, `${sample.name.replaceAll('-', '_')}.ts`);
  const known = files.get(file) ?? write(sample, folder, file);
  files.set(file, known);
  return known;
}

async function write(sample: Sample, folder: string, file: string): Promise<string> {
  const text = await sample.source();
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, text);
  return file;
}
