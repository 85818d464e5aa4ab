import type { Finding } from './finding.ts';
import { sameFailure } from './finding.ts';
import type { Crash } from './fuzz-group.ts';
import { shrink } from './shrink/shrink.ts';
import { deadFinding, type WorkerProcess } from './worker-process.ts';

/** What is left then is small enough to read; the soak goes on meanwhile. */
const longest = 10 * 60 * 1000;

/**
 * The smallest kernel that fails as this one does: on the same target, in the run that showed it. Each
 * candidate is checked in a process of its own, which it may kill. `signal` ends the process too.
 */
export async function shrinkCrash(
  crash: Crash,
  worker: WorkerProcess,
  signal: AbortSignal,
): Promise<string> {
  const [failure] = crash.findings;
  const runs = failure.run === undefined ? crash.runs : [failure.run];
  const targets = crash.targets.filter((target) => target === failure.target);
  const stop = () => worker.stop();
  signal.addEventListener('abort', stop, { once: true });
  return shrink(
    crash.source,
    async (source) => {
      const end = await worker.run({ kernel: crash.kernel, source, runs, targets });
      // What a stopped process says of itself is no finding.
      if (signal.aborted) return false;
      const found: readonly Finding[] = end.kind === 'done' ? end.result : [deadFinding(end)];
      return found.some((one) => sameFailure(one, failure));
    },
    { signal: AbortSignal.any([signal, AbortSignal.timeout(longest)]) },
  ).finally(() => signal.removeEventListener('abort', stop));
}
