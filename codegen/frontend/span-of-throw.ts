import type { Span } from '../ir/ir.ts';

/** The innermost line of `file` on the stack of something thrown: the line that is at fault. */
export function spanOfThrow(cause: unknown, file: string): Span | undefined {
  if (!(cause instanceof Error) || cause.stack === undefined) return undefined;
  for (const line of cause.stack.split('\n')) {
    const at = line.indexOf(`${file}:`);
    if (at < 0) continue;
    const place = /^(\d+):(\d+)/.exec(line.slice(at + file.length + 1));
    if (place !== null) return { file, line: Number(place[1]), column: Number(place[2]) };
  }
  return undefined;
}
