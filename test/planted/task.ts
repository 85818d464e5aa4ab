import type { Bench } from '../verilog-library/library.ts';
import type { Catch, Check } from './mutation.ts';

/** One way to run a kernel: the seed of its workload, and how the memory behaves. */
export interface SampleRun {
  readonly seed: number;
  readonly size: number;
  /** Cycles from a request to its first beat. */
  readonly latency: number;
  /** Probability from 0 to 1 that a ready or valid of the memory is withheld in a cycle. */
  readonly stall: number;
  /** Bursts that the memory takes before it answers. */
  readonly outstanding: number;
}

/** What a copy of the checkout is asked to check. */
export interface Task {
  /** Folder of the copy. */
  readonly root: string;
  readonly checks: readonly Check[];
  readonly samples: readonly {
    readonly name: string;
    readonly file: string;
    readonly runs: readonly SampleRun[];
  }[];
  readonly bench?: Bench;
}

export type Answer =
  | { readonly kind: 'found'; readonly found: Catch | undefined }
  | { readonly kind: 'failed'; readonly text: string };
