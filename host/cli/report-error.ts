import { type SourceLocation, TilewrightError } from '../../codegen/support/errors.ts';

/** An error as a script reads it under `--json`. */
export interface ErrorReport {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly location?: SourceLocation;
}

export interface ReportedError {
  readonly report: ErrorReport;
  readonly exitCode: number;
  /** Lines for standard error: `error: …`, whatever the message carries below it, `hint: …`. */
  readonly text: string;
}

function place({ file, line, column }: SourceLocation): string {
  return column === undefined ? `${file}:${line}` : `${file}:${line}:${column}`;
}

function fromTilewright(error: TilewrightError): ReportedError {
  const { location, hint } = error;
  // A diagnostic of a kernel names its place by the file's short name.
  const file = location?.file.replace(/^.*[\\/]/, '');
  const named = location === undefined || error.message.includes(`${file}:${location.line}`);
  // A diagnostic's own hint stands below its line already.
  const shown = /^TW\d{4}$/.test(error.code)
    ? `\`tilewright explain ${error.code}\` says why, with an example.`
    : hint;
  const message = named ? error.message : `${place(location)}: ${error.message}`;
  return {
    report: {
      code: error.code,
      message,
      ...(hint === undefined ? {} : { hint }),
      ...(location === undefined ? {} : { location }),
      ...error.details,
    },
    exitCode: error.exitCode,
    text: shown === undefined ? `error: ${message}` : `error: ${message}\nhint: ${shown}`,
  };
}

/** Whatever a command threw, as one clear line with a way out and never a stack trace. */
export function reportError(error: unknown): ReportedError {
  if (error instanceof TilewrightError) return fromTilewright(error);
  const thrown = error instanceof Error ? error.message : String(error);
  const message = thrown.split('\n', 1)[0] ?? '';
  const hint = 'This is a bug in tilewright; rerun with TILEWRIGHT_DEBUG=1 to see where.';
  return {
    report: { code: 'INTERNAL', message, hint },
    exitCode: 1,
    text: `error: ${message}\nhint: ${hint}`,
  };
}
