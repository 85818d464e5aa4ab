import type { KernelText } from './kernel-text.ts';

/** Replaces the characters from `from` up to, without, `to`. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Edits that make sense together only. */
export interface Change {
  readonly edits: readonly Edit[];
  /**
   * The part of the text that this is about. Two changes whose sites meet are never tried at once: they
   * may be two ways to change one thing.
   */
  readonly site: { readonly from: number; readonly to: number };
  /** Names of the language that the edits use, to be imported where they are not. */
  readonly needs?: readonly string[];
}

/** One way to make a program smaller. */
export interface Reduction {
  readonly name: string;
  readonly description: string;
  /**
   * Every place where it applies, in the order of trying. Many are tried at once, then halves of them, down
   * to single ones, so each must make sense without the others.
   */
  changes(kernel: KernelText): readonly Change[];
}

export function deletion(from: number, to: number): Edit {
  return { from, to, text: '' };
}
