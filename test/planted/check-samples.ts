import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkKernel } from '../fuzz/check-kernel.ts';
import type { Finding } from '../fuzz/finding.ts';
import { buildIcarus, filesUnderTest } from '../verilog-library/library.ts';
import type { Catch } from './mutation.ts';
import type { Task } from './task.ts';

/**
 * Runs a task's checks, the bench first, then sample by sample, and gives the first fault that one of them finds.
 * Loaded from a copy of the checkout, so that all code it calls is that copy's.
 */
export async function checkSamples(
  { checks, samples, bench }: Task,
  onStep: (check: Finding['target'], sample: string) => void,
): Promise<Catch | undefined> {
  if (checks.includes('bench') && bench !== undefined) {
    const found = await runBench(bench);
    if (found !== undefined) return found;
  }
  const targets = checks.filter((one) => one !== 'bench');
  for (const { name, file, runs } of samples) {
    if (targets.length === 0) break;
    const [first] = await checkKernel(file, runs, targets, {
      stopAtFirst: true,
      slowRuns: runs.length,
      onStep: (check) => onStep(check, name),
    });
    if (first === undefined) continue;
    const { target, where, kind, text } = first;
    return { check: target, sample: name, where: where ?? kind, text };
  }
  return undefined;
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
