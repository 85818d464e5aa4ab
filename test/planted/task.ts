import type { Finding, Run } from '../fuzz/finding.ts';
import type { Bench } from '../verilog-library/library.ts';
import type { Catch, Check } from './mutation.ts';

/** What a copy of the checkout is asked to check. */
export interface Task {
  /** Folder of the copy. */
  readonly root: string;
  readonly checks: readonly Check[];
  readonly samples: readonly {
    readonly name: string;
    readonly file: string;
    readonly runs: readonly Run[];
  }[];
  readonly bench?: Bench;
}

export type Answer =
  /** What runs now: all that is known of what hangs or ends the process. */
  | { readonly kind: 'step'; readonly check: Finding['target']; readonly sample: string }
  | { readonly kind: 'found'; readonly found: Catch | undefined }
  | { readonly kind: 'failed'; readonly text: string };
