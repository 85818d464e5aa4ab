import type { LoopStmt, Span } from '../../ir/ir.ts';
import { intervalOfCycle, loopCycles } from '../../ir/loop-cycles.ts';
import type { ScheduledProcess } from '../../ir/scheduled.ts';
import { allStatements } from '../../ir/visit.ts';

/** Cycles from one turn of a loop to the next, for `#pragma HLS PIPELINE II=` (UG1399, "pragma HLS pipeline"). */
export type LoopIntervals = (loop: LoopStmt) => number | undefined;

const place = ({ file, line, column }: Span) => `${file}:${line}:${column}`;

/**
 * What our own schedule reached for each innermost loop: the C++ asks for that and not for what nobody can
 * build. A loop that the schedule does not know gets what its source asks for. One with a loop inside is not
 * pipelined: that pragma would have the inner one unrolled.
 */
export function loopIntervals(scheduled: ScheduledProcess | undefined): LoopIntervals {
  const reached = new Map<string, number>();
  if (scheduled !== undefined) {
    const { blocks } = scheduled.blocks;
    for (const { head, path } of loopCycles(scheduled.blocks)) {
      if (path === undefined) continue;
      const key = place(blocks[head].span);
      const { cycles } = intervalOfCycle(scheduled, path);
      // Copies of an unrolled outer loop share their place in the source.
      reached.set(key, Math.max(reached.get(key) ?? 1, cycles));
    }
  }
  return (loop) => {
    if ([...allStatements(loop.body)].some(({ kind }) => kind === 'loop')) return undefined;
    return (loop.span === undefined ? undefined : reached.get(place(loop.span))) ?? loop.ii;
  };
}
