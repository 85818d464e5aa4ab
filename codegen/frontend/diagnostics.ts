import { readFileSync } from 'node:fs';
import type { Diagnostic, ReportedDiagnostic } from '../ir/diagnostic.ts';
import type { Span } from '../ir/ir.ts';
import { TilewrightError } from '../support/errors.ts';
import { sourceName } from './source-name.ts';

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

/**
 * Each with its text. `path` is the kernel's file, `imported` are those that it imports: a span names
 * the one that it means.
 */
export function reportDiagnostics(
  diagnostics: readonly Diagnostic[],
  path: string,
  imported: readonly string[] = [],
): readonly ReportedDiagnostic[] {
  const source = readFileSync(path, 'utf8');
  const others = new Map(imported.map((one) => [sourceName(one), readFileSync(one, 'utf8')]));
  return diagnostics.map((one) => ({
    ...one,
    text: formatDiagnostic(one, others.get(one.span.file) ?? source),
  }));
}

/** One error that carries all diagnostics of a kernel file and of the files that it imports. */
export function diagnosticsError(
  diagnostics: readonly Diagnostic[],
  path: string,
  imported: readonly string[] = [],
): TilewrightError {
  const reported = reportDiagnostics(diagnostics, path, imported);
  const [first] = reported;
  const file = imported.find((one) => sourceName(one) === first.span.file) ?? path;
  const count = reported.length === 1 ? '' : `${reported.length} errors in this kernel\n`;
  return new TilewrightError(`${count}${reported.map(({ text }) => text).join('\n')}`, {
    code: first.code,
    hint: first.hint,
    details: { diagnostics: reported },
    location: { file, line: first.span.line, column: first.span.column },
  });
}
