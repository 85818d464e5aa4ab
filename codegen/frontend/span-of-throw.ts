import { readFileSync } from 'node:fs';
import type { Span } from '../ir/ir.ts';

/** The innermost line of these files on the stack of something thrown: the line that is at fault. */
export function spanOfThrow(cause: unknown, files: readonly string[]): Span | undefined {
  if (!(cause instanceof Error) || cause.stack === undefined) return undefined;
  for (const line of cause.stack.split('\n')) {
    const file = files.find((one) => line.includes(`${one}:`));
    if (file === undefined) continue;
    const at = line.indexOf(`${file}:`);
    const place = /^(\d+):(\d+)/.exec(line.slice(at + file.length + 1));
    if (place === null || Number(place[1]) < 1) continue;
    const number = Number(place[1]);
    const text = readFileSync(file, 'utf8').split('\n')[number - 1] ?? '';
    // The loader's columns are those of the JavaScript that it made: past the end they mean the line.
    const column = Number(place[2]);
    const start = text.length - text.trimStart().length + 1;
    return { file, line: number, column: column > text.length ? start : column };
  }
  return undefined;
}
