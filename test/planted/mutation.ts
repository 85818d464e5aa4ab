import { type Target, targets } from '../fuzz/finding.ts';
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
  /** The bench of the Verilog library that shows it, and what it must say. */
  readonly bench?: { readonly name: Bench; readonly says: RegExp };
}

/** What may catch a fault, the cheapest first: a bench of the library in Icarus, or a target of `checkKernel`. */
export type Check = 'bench' | Target;
export const checks: readonly Check[] = ['bench', ...targets];

/** A part of the code, and which checks run anything of it. */
export interface Room {
  readonly name: string;
  readonly checks: readonly Check[];
  /** Where each of its faults must be noticed, where that is part of the matter. */
  readonly says?: RegExp;
  readonly mutations: readonly Mutation[];
}

/** How a fault was noticed. */
export interface Catch {
  readonly check: Check | 'compile' | 'golden';
  /** The kernel, or the bench. */
  readonly sample: string;
  /** A pass, the code of an error or of a diagnostic, `mismatch`, `hang`, `crash`. */
  readonly where: string;
  readonly text: string;
}
