import type { BlockProcess } from './blocks.ts';
import type { Expr } from './ir.ts';

/** A block process with a stage for everything that happens. Stage 0 is where a block starts. */
export interface Placement {
  readonly blocks: BlockProcess;
  /** Number of pipeline stages, at least 1. */
  readonly stages: number;
  /** Stage of every stream and memory access, by `kind resource`: the same in all blocks. */
  readonly accessStage: ReadonlyMap<string, number>;
  /** Stage in which each variable is read (the same in all blocks), and in which it is written. */
  readonly readStage: ReadonlyMap<string, number>;
  readonly writeStage: ReadonlyMap<string, number>;
  /** Stage in which a block knows its successor. */
  readonly nextStage: readonly number[];
  /** Stage in which each expression of a block is computed, by block. */
  readonly valueStage: readonly ReadonlyMap<Expr, number>[];
  /** Initiation interval of each block that follows itself; undefined for the others. */
  readonly ii: readonly (number | undefined)[];
  /** Nanoseconds of the delay table that a stage was to hold. */
  readonly clock: number;
  /** What a stage had to hold, for the sake of a recurrence. */
  readonly budget: number;
}

/** The same, and where its pipeline may stall. */
export interface ScheduledProcess extends Placement {
  /** The last stage that can stall: what has passed it moves on in every cycle. */
  readonly gate: number;
}

/**
 * Words that may still be on their way to a stream or memory port when it says that it is full: as many
 * as there are stages from the gate to the access. 0 where the access itself can wait.
 */
export function slackOf(scheduled: ScheduledProcess, access: string): number {
  return Math.max(0, (scheduled.accessStage.get(access) ?? 0) - scheduled.gate);
}

/** The scheduled form of every process of a kernel, by name. */
export type Schedule = ReadonlyMap<string, ScheduledProcess>;
