import type { KernelIR } from '../../codegen/ir/ir.ts';
import { printKernel } from '../../codegen/ir/print.ts';
import { runKernelIr } from '../../codegen/ir/run-kernel-ir.ts';
import { verifyKernel } from '../../codegen/ir/verify.ts';
import { TilewrightError } from '../../codegen/support/errors.ts';
import type { EncodedWorkload } from '../../host/cosim/encode-workload.ts';
import { compareResults, type PartOf, type Results } from './compare-results.ts';
import type { Finding, Run } from './finding.ts';

/** The IR at one point of the compilation. */
export interface Step {
  /** `front-end`, or the pass that made it. */
  readonly name: string;
  readonly ir: KernelIR;
}

/** A run as golden did it. */
export interface GoldenRun {
  readonly run: Run;
  readonly workload: EncodedWorkload;
  readonly results: Results;
}

/** More than any of these programs makes: a pass that is wrong may leave a loop without an end. */
const maximumIterations = 5_000_000;

/** A run of the IR, by its interpreter. */
export function interpret(ir: KernelIR, workload: EncodedWorkload): Results {
  const memories = Object.fromEntries(workload.buffers);
  const args = { scalars: workload.scalars, memories };
  const { outputs, log, ports } = runKernelIr(ir, args, { maximumIterations });
  return {
    outputs: new Map(Object.entries(outputs)),
    log,
    beats: new Map(ports.map(({ name, beats }) => [name, beats])),
  };
}

function findingsOf(step: Step, golden: GoldenRun, partOf: PartOf | undefined): Finding[] {
  const where = step.name;
  const { run, workload } = golden;
  const common = { target: 'passes', where, run } as const;
  try {
    const actual = interpret(step.ir, workload);
    return compareResults({ ...common, workload, golden: golden.results, actual, partOf });
  } catch (error) {
    if (!(error instanceof TilewrightError)) throw error;
    if (error.code === 'ENDLESS_LOOP') return [{ ...common, kind: 'hang', text: error.message }];
    return [{ ...common, kind: 'error', text: `${error.code}: ${error.message}` }];
  }
}

/**
 * Runs what the front end and each pass made of a kernel. The first run is interpreted after every pass that
 * changed anything; the others where it all begins and ends, and after every pass when those two are not
 * the same. Stops at the first pass that is wrong: all behind it are, too.
 */
export function checkPasses(
  steps: readonly Step[],
  golden: readonly GoldenRun[],
  partOf?: PartOf,
): readonly Finding[] {
  const texts = steps.map(({ ir }) => printKernel(ir));
  const changed = steps.filter((_, at) => at === 0 || texts[at] !== texts[at - 1]);
  for (const step of changed) {
    try {
      verifyKernel(step.ir);
    } catch (error) {
      const { message } = error as Error;
      return [{ target: 'passes', kind: 'error', where: step.name, text: message }];
    }
  }
  for (const [at, one] of golden.entries()) {
    const ends = [changed[0], changed[changed.length - 1]];
    const first = at === 0 ? changed : changed.length === 1 ? [changed[0]] : ends;
    if (first.every((step) => findingsOf(step, one, partOf).length === 0)) continue;
    for (const step of changed) {
      const found = findingsOf(step, one, partOf);
      if (found.length > 0) return found;
    }
  }
  return [];
}
