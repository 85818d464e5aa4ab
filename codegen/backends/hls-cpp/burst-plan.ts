import { exprRange } from '../../ir/build.ts';
import type { KernelIR, Memory } from '../../ir/ir.ts';
import { allStatements } from '../../ir/visit.ts';

/**
 * Clock cycles from a request to its first beat that the C++ states: `latency` of the m_axi interface
 * (64 is Vitis' own default, and that of the memory that we simulate with), and how long a serving
 * process lets a burst be on its way before it waits for it.
 */
export const memoryLatency = 64;

/**
 * Turns of a serving process after which a request has left its pipeline. A pipeline with an m_axi port in
 * it stalls as one piece (UG1448, "Pipeline Styles": the free-running one takes no m_axi, the flushable one no
 * loops), so a read that waits holds up requests of the turns before it that are still on their way
 * through the stages, for which it may be waiting. Nothing says how many stages there are between the two;
 * they follow from a few comparisons and the read of a stream.
 */
export const settledTurns = 16;

/** Beats from which on longer bursts gain nothing (UG1399, "AXI Burst Transfers", summary). */
const longEnough = 16;

/** How the bursts of a memory's AXI master are sized, and what a request takes of those in flight. */
export interface BurstPlan {
  /**
   * `max_*_burst_length`, a power of two from 2 on: the adapter splits longer requests. It has a buffer
   * of that many beats times the bursts in flight (UG1399, "Controlling AXI4 Burst Behavior"), so no
   * more than is known to be asked for.
   */
  readonly length: number;
  /** Bursts that the longest request is split into: so many must be free before one is made. */
  readonly room: number;
  /** Beats of every request, where that is one known number. */
  readonly beats: number | undefined;
}

export function planBursts(kernel: KernelIR, memory: Memory): BurstPlan {
  let [shortest, longest] = [256, 1];
  for (const process of kernel.processes) {
    for (const stmt of allStatements(process.body)) {
      if (stmt.kind !== 'request' || stmt.memory !== memory.name) continue;
      const { min, max } = exprRange(stmt.beats);
      shortest = Math.min(shortest, Number(min));
      // A request has 256 beats at most, whatever the width of its count.
      longest = Math.max(longest, max > 256n ? 256 : Number(max));
    }
  }
  const length = Math.min(longEnough, Math.max(2, 2 ** Math.ceil(Math.log2(longest))));
  return {
    length,
    room: Math.ceil(longest / length),
    beats: shortest === longest ? longest : undefined,
  };
}
