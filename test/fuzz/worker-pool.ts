import type { GroupJob } from './fuzz-group.ts';
import { type JobEnd, type WorkerOptions, WorkerProcess } from './worker-process.ts';

export interface PoolOptions extends WorkerOptions {
  /** Processes at once. */
  readonly workers: number;
  readonly signal: AbortSignal;
}

/**
 * Runs jobs in processes of their own, as many at once as there are workers, until `next` gives no more.
 * `onEnd` may put new ones behind `next`.
 */
export async function runJobs(
  options: PoolOptions,
  next: () => GroupJob | undefined,
  onEnd: (job: GroupJob, end: JobEnd<GroupJob>) => Promise<void>,
): Promise<void> {
  const { signal } = options;
  const workers = Array.from({ length: options.workers }, () => new WorkerProcess(options));
  const stop = () => {
    for (const worker of workers) worker.stop();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    await Promise.all(
      workers.map(async (worker) => {
        while (!signal.aborted) {
          const job = next();
          if (job === undefined) return;
          const end = await worker.run(job).catch((error: unknown) => {
            if (!signal.aborted) throw error;
          });
          // What a stopped process says of itself is no finding.
          if (!signal.aborted && end !== undefined) await onEnd(job, end);
        }
      }),
    );
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}
