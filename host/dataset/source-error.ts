import { TilewrightError } from '../../codegen/support/errors.ts';

/** A value or a record that a loader refuses, at its place in the file. */
export function sourceError(
  file: string,
  line: number,
  what: string,
  hint: string,
  code: 'DATASET_SYNTAX' | 'DATASET_VALUE' = 'DATASET_VALUE',
): TilewrightError {
  return new TilewrightError(`${file}:${line}: ${what}`, { code, hint, location: { file, line } });
}

/** Long values are cut, so that the message stays one line. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The value of a decimal number, NaN for anything else ('' and 'Infinity' too). */
export function numberOf(text: string): number {
  const trimmed = text.trim();
  return number.test(trimmed) ? Number(trimmed) : Number.NaN;
}
