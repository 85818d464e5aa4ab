import type { Bench } from '../verilog-library/library.ts';

/** A fault that a person could have written. Adding one is adding one of these to its room's list. */
export interface Mutation {
  /** What is wrong, in a few words; unique. */
  readonly what: string;
  /** From the root of the checkout. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly from: string;
  readonly to: string;
  /** A kernel of samples.ts that shows the fault: saves looking for one. Which check sees it is measured. */
  readonly sample?: string;
  /** The bench of the library that shows it, and what it must say. */
  readonly bench?: { readonly name: Bench; readonly says: RegExp };
}

/** What may catch a fault, the cheapest first. */
export const checks = ['bench', 'passes', 'native', 'icarus', 'verilator'] as const;
export type Check = (typeof checks)[number];

/** A part of the code, and which checks look at it at all. */
export interface Room {
  readonly name: string;
  readonly checks: readonly Check[];
  readonly mutations: readonly Mutation[];
}

/** How a fault was noticed. */
export interface Catch {
  readonly check: Check;
  /** The kernel, or the bench. */
  readonly sample: string;
  /** The code of an error, a pass's name, `hang`, `crash`, or what else says where. */
  readonly where: string;
  readonly text: string;
}
