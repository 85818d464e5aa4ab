/** Where in a source file an error lies: 1-based line and column, as editors count. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
}

export interface TilewrightErrorOptions {
  /** Stable code, for scripts and for `docs/diagnostics.md`; e.g. `TOOL_MISSING`. */
  readonly code: string;
  /** The way out: what the reader should do next, one sentence. */
  readonly hint?: string;
  readonly location?: SourceLocation;
  readonly cause?: unknown;
  /** Facts for a script, which `--json` prints beside the message. */
  readonly details?: object;
  /** 1 for bad input or a failed check, 2 for a wrong call of the command line. */
  readonly exitCode?: 1 | 2;
}

const mark = Symbol.for('tilewright.error');

/**
 * The one error that a user is meant to see. Its message names what is wrong and where; `hint` names
 * the way out. Anything else that reaches the command line's top is a bug of ours.
 */
export class TilewrightError extends Error {
  /** A kernel's file is run with a copy of the language of its own, whose errors are ours all the same. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && mark in value;
  }

  readonly [mark] = true;
  readonly code: string;
  readonly hint: string | undefined;
  readonly location: SourceLocation | undefined;
  readonly exitCode: 1 | 2;
  readonly details: object | undefined;

  constructor(message: string, options: TilewrightErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TilewrightError';
    this.code = options.code;
    this.hint = options.hint;
    this.location = options.location;
    this.exitCode = options.exitCode ?? 1;
    this.details = options.details;
  }
}
