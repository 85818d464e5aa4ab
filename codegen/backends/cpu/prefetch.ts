import { exprRange } from '../../ir/build.ts';
import { allStatements } from '../../ir/visit.ts';
import { partnerOf } from '../c-coroutines/partner-of.ts';
import type { KernelPlan, MemoryPlan } from '../c-coroutines/plan.ts';

/** How the beats of a memory come into the first-level cache before they are used. */
export interface Prefetch {
  /** Beats of every burst; 0 where they differ. */
  readonly burst: number;
  /**
   * Bursts between the one that is begun and the one that is fetched then, which has to be asked for by then; 0
   * where a request fetches its own beats, or nothing is fetched.
   */
  readonly ahead: number;
}

/** Lines on their way at once: enough for the latency of memory, few enough for the first-level cache. */
const linesAhead = 64;
const [leastAhead, mostAhead] = [4, 32];
/** Bursts whose length is only known in a run. */
const usualAhead = 16;

export function prefetchOf(plan: KernelPlan, { memory }: MemoryPlan): Prefetch {
  const lengths = plan.processes
    .flatMap(({ process }) => [...allStatements(process.body)])
    .flatMap((stmt) =>
      stmt.kind === 'request' && stmt.memory === memory.name ? [exprRange(stmt.beats)] : [],
    );
  const [first] = lengths;
  const fixed =
    first !== undefined && lengths.every(({ min, max }) => min === max && min === first.min);
  const burst = fixed && first.min >= 1n && first.min <= 256n ? Number(first.min) : 0;
  const asks = partnerOf(plan, 'receive', memory.name);
  const takes = partnerOf(plan, 'request', memory.name);
  if (memory.direction === 'write' || asks === undefined || asks === takes)
    return { burst, ahead: 0 };
  if (burst === 0) return { burst, ahead: usualAhead };
  const lines = (burst * memory.beatBits) / 512;
  const ahead = Math.round(linesAhead / Math.max(1, lines));
  return { burst, ahead: Math.min(mostAhead, Math.max(leastAhead, ahead)) };
}
