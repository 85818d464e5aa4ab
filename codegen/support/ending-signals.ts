import { constants } from 'node:os';
import { TilewrightError } from './errors.ts';

const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
let heeded = false;
/** How much would be left half-written if the process ended now. */
let unfinished = 0;

/** What a program does about the signals that ask it to end. */
export interface EndingSignals {
  /** Aborted at the first of them; the reason is a TilewrightError `ABORTED`. */
  readonly signal: AbortSignal;
  /** The exit code of the process: that of the signal where one came, else the one given. */
  exitCode(code: number): number;
}

/**
 * For the main file of a program: the first signal aborts, a second ends the process at once.
 * @param graceMs how long the program may clean up after the first; without end where left out.
 */
export function heedEndingSignals(graceMs?: number): EndingSignals {
  heeded = true;
  const controller = new AbortController();
  let came: NodeJS.Signals | undefined;
  const codeOf = (name: NodeJS.Signals) => 128 + constants.signals[name];
  // Not `once`: execa ends the process at a signal that nobody else listens to, before we have cleaned up.
  for (const name of names) {
    process.on(name, () => {
      if (came !== undefined) process.exit(codeOf(name));
      came = name;
      const hint = 'Start it again when it is wanted; nothing half-written is left.';
      controller.abort(new TilewrightError(`stopped by ${name}`, { code: 'ABORTED', hint }));
      if (graceMs !== undefined) setTimeout(() => process.exit(codeOf(name)), graceMs).unref();
    });
  }
  return {
    signal: controller.signal,
    exitCode: (code) => (came === undefined ? code : codeOf(came)),
  };
}

/** Makes the handlers of SIGTERM and SIGHUP hear again, while they do not. */
let hearAgain: (() => void) | undefined;
let later: NodeJS.Timeout | undefined;

/** Does what would leave something half-written if the process ended meanwhile. */
export async function withLeftovers<T>(work: () => Promise<T>): Promise<T> {
  hearAgain?.();
  unfinished += 1;
  try {
    return await work();
  } finally {
    unfinished -= 1;
  }
}

function hearNothing(): () => void {
  const handlers = (['SIGTERM', 'SIGHUP'] as const).map((name) => {
    const listeners = process.listeners(name);
    process.removeAllListeners(name);
    return { name, listeners };
  });
  return () => {
    hearAgain = undefined;
    for (const { name, listeners } of handlers) {
      for (const listener of listeners) process.on(name, listener);
    }
  };
}

/** Between one piece of such work and the next: a signal that comes while handlers are taken away would be lost. */
const betweenMs = 20;

/**
 * Runs code that lets no handler hear SIGTERM and SIGHUP until it is done: in a program that heeds them they end the
 * process as if there were no handlers. Where something would be left half-written, they are heard when `work` is done.
 */
export function endedBySignals<T>(work: () => T): T {
  if (!heeded || unfinished > 0) return work();
  clearTimeout(later);
  hearAgain ??= hearNothing();
  try {
    return work();
  } finally {
    later = setTimeout(() => hearAgain?.(), betweenMs).unref();
  }
}
