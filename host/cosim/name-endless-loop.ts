import { compileKernel, runKernelIr } from '../../codegen/index.ts';
import { TilewrightError } from '../../codegen/support/errors.ts';
import type { BuiltKernel } from '../device/built-kernel.ts';
import { runInterruptible } from '../device/golden/run-interruptible.ts';
import type { EncodedWorkload } from './encode-workload.ts';

/** Turns that a loop may take for each byte of the buffers, and in any case: one that takes more has not to do with them. */
const [turnsOfByte, turnsOfAll] = [16, 250_000];
/** Milliseconds that the search may take. */
const patience = 30_000;

/**
 * The error of a run in TypeScript that did not end in time, with the loop that goes on for longest: V8 stops
 * the run, and does not say where it was; the interpreter of the IR counts the turns of every loop.
 */
export async function nameEndlessLoop(
  kernel: BuiltKernel,
  workload: EncodedWorkload,
  error: TilewrightError,
): Promise<TilewrightError> {
  const { parameters } = kernel.manifest;
  const { ir } = await compileKernel(kernel.sourceFile, parameters);
  const memories = [...workload.buffers].map(([name, bytes]) => [name, bytes.slice()] as const);
  const args = { scalars: workload.scalars, memories: Object.fromEntries(memories) };
  const bytes = memories.reduce((sum, [, content]) => sum + content.length, 0);
  const maximumIterations = Math.max(turnsOfAll, turnsOfByte * bytes);
  try {
    const search = () => runKernelIr(ir, args, { maximumIterations });
    runInterruptible('the search for the loop', search, patience);
  } catch (found) {
    if (!(found instanceof TilewrightError) || found.code === 'ABORTED') throw found;
    // What else the interpreter finds is not why the run did not end.
    if (found.code !== 'ENDLESS_LOOP') return error;
    const { code, hint } = error;
    const { location } = found;
    return new TilewrightError(`${error.message}; ${found.message}`, {
      code,
      ...(hint === undefined ? {} : { hint }),
      ...(location === undefined ? {} : { location }),
      cause: error,
    });
  }
  return error;
}
