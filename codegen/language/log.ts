import { TilewrightError } from '../support/errors.ts';

type Sink = (line: string) => void;

// One for all copies of this module: a kernel's file may have been loaded with a copy of its own.
const key = Symbol.for('tilewright.language.log');
const shared = globalThis as { [key]?: Sink | undefined };

/** Calls `body` and hands each line that the kernel prints meanwhile to `take`. */
export function observeLog<R>(take: Sink, body: () => R): R {
  const before = shared[key];
  shared[key] = take;
  try {
    return body();
  } finally {
    shared[key] = before;
  }
}

/**
 * Writes a line to the log of the run, in golden, native and the simulated Verilog alike:
 * `` print(`row ${row} has ${count} ids`) ``. Nothing is left of it on a card.
 */
export function print(text: string): void {
  shared[key]?.(text);
}

/**
 * Ends the run with an error where the condition does not hold, in golden, native and the simulated
 * Verilog alike. Nothing is left of it on a card.
 * @throws TilewrightError `ASSERTION` with the text.
 */
export function assert(condition: boolean | number | bigint, text: string): void {
  if (condition) return;
  throw new TilewrightError(`assertion failed: ${text}`, {
    code: 'ASSERTION',
    hint: "The kernel's own assert() says so: look at the arguments of this run.",
  });
}
