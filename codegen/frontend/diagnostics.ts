import { readFileSync } from 'node:fs';
import type { Diagnostic, ReportedDiagnostic } from '../ir/diagnostic.ts';
import type { Span } from '../ir/ir.ts';
import { TilewrightError } from '../support/errors.ts';

export type { Diagnostic, ReportedDiagnostic } from '../ir/diagnostic.ts';

/** Thrown inside the front end, caught at the next statement so that one run reports every error. */
export class DiagnosticSignal extends Error {
  readonly diagnostic: Diagnostic;
  constructor(diagnostic: Diagnostic) {
    super(diagnostic.message);
    this.diagnostic = diagnostic;
  }
}

/** Thrown where a value is needed whose definition was already reported: nothing to add to that. */
export class KnownErrorSignal extends DiagnosticSignal {}

/** Keeps what a statement found wrong, and goes on; any other error is a bug and passes through. */
export function record(error: unknown, diagnostics: Diagnostic[]): void {
  if (!(error instanceof DiagnosticSignal)) throw error;
  if (error instanceof KnownErrorSignal) return;
  const { code, message, span } = error.diagnostic;
  // A function that is called twice is wrong once.
  const told = diagnostics.some(
    (one) =>
      one.code === code &&
      one.message === message &&
      one.span.file === span.file &&
      one.span.line === span.line &&
      one.span.column === span.column,
  );
  if (!told) diagnostics.push(error.diagnostic);
}

export function fail(code: string, span: Span, message: string, hint: string): never {
  throw new DiagnosticSignal({ code, span, message, hint });
}

/** `file:line:col: error TW…: message`, the source line, a caret, the way out. */
export function formatDiagnostic(diagnostic: Diagnostic, source: string): string {
  const { file, line, column } = diagnostic.span;
  const severity = diagnostic.severity ?? 'error';
  const text = source.split('\n')[line - 1] ?? '';
  // A tab before the caret stays a tab, so that the caret stands below its character.
  const indent = text.slice(0, column - 1).replace(/[^\t]/g, ' ');
  return [
    `${file}:${line}:${column}: ${severity} ${diagnostic.code}: ${diagnostic.message}`,
    `  ${text}`,
    `  ${indent}^`,
    ...(diagnostic.notes ?? []).map((note) => `  ${note}`),
    `  ${diagnostic.hint}`,
  ].join('\n');
}

/** Each with its text. */
export function reportDiagnostics(
  diagnostics: readonly Diagnostic[],
  source: string,
): readonly ReportedDiagnostic[] {
  return diagnostics.map((one) => ({ ...one, text: formatDiagnostic(one, source) }));
}

/** One error that carries all diagnostics of a kernel file. */
export function diagnosticsError(
  diagnostics: readonly Diagnostic[],
  path: string,
): TilewrightError {
  const source = readFileSync(path, 'utf8');
  const first = diagnostics[0];
  const text = diagnostics.map((one) => formatDiagnostic(one, source)).join('\n');
  const count = diagnostics.length === 1 ? '' : `${diagnostics.length} errors in this kernel\n`;
  return new TilewrightError(`${count}${text}`, {
    code: first.code,
    hint: first.hint,
    details: { diagnostics: reportDiagnostics(diagnostics, source) },
    location: { file: path, line: first.span.line, column: first.span.column },
  });
}
