import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildIcarus, filesUnderTest } from '../verilog-library/library.ts';
import { compareModels } from '../codegen/random/compare-models.ts';
import type { Catch, Check } from './mutation.ts';
import type { Task } from './task.ts';

/**
 * Runs the checks of a task in the order that it names them, each on all samples, and gives the first fault that one
 * of them finds. Loaded from a copy of the checkout, so that all code it calls is that copy's.
 */
export async function checkSamples({ checks, samples, bench }: Task): Promise<Catch | undefined> {
  for (const check of checks) {
    if (check === 'bench') {
      const found = bench === undefined ? undefined : await runBench(bench);
      if (found !== undefined) return found;
      continue;
    }
    for (const sample of samples) {
      const found = await findings(sample.file, sample.runs, check);
      if (found !== undefined) return { check, sample: sample.name, ...found };
    }
  }
  return undefined;
}

const devices: Readonly<Record<Exclude<Check, 'bench'>, readonly string[]>> = {
  passes: [],
  native: ['native'],
  icarus: ['icarus'],
  verilator: ['sim'],
};

async function findings(
  file: string,
  runs: Task['samples'][number]['runs'],
  check: Exclude<Check, 'bench'>,
): Promise<Pick<Catch, 'where' | 'text'> | undefined> {
  try {
    const [first] = await compareModels(file, runs, devices[check]);
    return first === undefined ? undefined : { where: 'mismatch', text: first };
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return { where: code ?? 'error', text: message };
  }
}

async function runBench(name: NonNullable<Task['bench']>): Promise<Catch | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'tilewright-bench-'));
  try {
    const run = await buildIcarus(folder, await filesUnderTest());
    const verdict = await run(name, 1);
    if (/^PASS/.test(verdict)) return undefined;
    return { check: 'bench', sample: name, where: 'FAIL', text: verdict };
  } catch (error) {
    return { check: 'bench', sample: name, where: 'error', text: (error as Error).message };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
