import type { Span } from './ir.ts';

/** One thing that is wrong in a kernel, at a place, with what to write instead. */
export interface Diagnostic {
  /** Stable code, `TW` and four digits (`TS…`: TypeScript's own). */
  readonly code: string;
  /** Undefined: an error. */
  readonly severity?: 'warning';
  readonly message: string;
  /** Lines between the caret and the hint: what leads to it, one fact each. */
  readonly notes?: readonly string[];
  readonly hint: string;
  readonly span: Span;
}

/** A diagnostic as a person reads it, too: place, source line, caret, notes and hint. */
export interface ReportedDiagnostic extends Diagnostic {
  readonly text: string;
}
