// What the figures of the hardware bench mean. docs/benchmarks.md says the same in words.

/** The memory behind every port in one run. */
export interface Cell {
  /** Cycles from an AR handshake to the first beat of its burst. */
  readonly latency: number;
  /** Bursts that the memory lets a port have in flight. */
  readonly outstanding: number;
  /** Probability that a ready or a valid is withheld in a cycle. */
  readonly stall: number;
}

/** What the golden model asks of one port: neither depends on the hardware. */
export interface UsefulWork {
  readonly beats: number;
  readonly bursts: number;
}

/** A run is long enough for a figure when filling and draining the pipeline is 5 % of it at most. */
const fillsInARun = 20;
const shareOfBound = 0.95;
/** At a stall of 0.1, where 0.9 is what a port can carry. */
const shareOfStalled = 0.85 / 0.9;

/** Cycles that a run may spend on filling and draining: 4 latencies and 100. */
export function fillCycles(latency: number): number {
  return 4 * latency + 100;
}

/** Useful beats that a run needs, so that it is long enough whatever the hardware does. */
export function beatsNeeded(latencies: readonly number[]): number {
  return fillsInARun * fillCycles(Math.max(...latencies));
}

/**
 * Little's law: a burst of B beats holds its slot for latency + B cycles, so that `outstanding` slots carry
 * no more than outstanding × B / (latency + B) beats a cycle, and a port no more than one.
 */
export function bound(cell: Cell, { beats, bursts }: UsefulWork): number {
  if (bursts === 0) return 1;
  const each = beats / bursts;
  return Math.min(1, (cell.outstanding * each) / (cell.latency + each));
}

/** `short`: the run is too short to say. */
export type Verdict = 'yes' | 'no' | 'short';

/**
 * Without stalls: cycles ≤ useful beats / (0.95 × bound) + 4 latencies + 100.
 * With stalls of 0.1: efficiency ≥ 0.85 where the bound is 1, nothing added; where latency binds, the
 * inequality above with the lower of 0.85 and 0.95 × bound. (Another stall scales 0.85 by (1 − stall) / 0.9.)
 */
export function judge(cell: Cell, work: UsefulWork, cycles: number): Verdict {
  const fill = fillCycles(cell.latency);
  if (cycles < fillsInARun * fill) return 'short';
  const limit = bound(cell, work);
  const latencyShare = shareOfBound * limit;
  const stalledShare = shareOfStalled * (1 - cell.stall);
  if (cell.stall > 0 && limit === 1) return work.beats >= stalledShare * cycles ? 'yes' : 'no';
  const share = cell.stall > 0 ? Math.min(latencyShare, stalledShare) : latencyShare;
  return cycles <= work.beats / share + fill ? 'yes' : 'no';
}

/** The middle one; of an even number the lower of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}
