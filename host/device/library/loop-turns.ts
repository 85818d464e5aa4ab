import { setImmediate } from 'node:timers';

/** For so long at the most, timers and I/O wait for work that one turn of the event loop does without a pause. */
const mostMs = 1;

/**
 * Lets the event loop turn where work in this thread, each piece of it short, would follow one another for ever: a
 * loop of awaited promises that are resolved already never lets a timer fire.
 */
export class LoopTurns {
  readonly #now: () => number;
  readonly #onNextTurn: (call: () => void) => void;
  /** When the first work of this turn began. */
  #began: number | undefined;
  #next: Promise<void> = Promise.resolve();

  /** @param now milliseconds. */
  constructor(
    now: () => number = () => performance.now(),
    onNextTurn: (call: () => void) => void = setImmediate,
  ) {
    this.#now = now;
    this.#onNextTurn = onNextTurn;
  }

  /** Called before a piece of work. @returns what it has to wait for, if anything: and then it asks again. */
  begin(): Promise<void> | undefined {
    const now = this.#now();
    if (this.#began !== undefined) return now - this.#began < mostMs ? undefined : this.#next;
    this.#began = now;
    this.#next = new Promise((resolve) => {
      this.#onNextTurn(() => {
        this.#began = undefined;
        resolve();
      });
    });
    return undefined;
  }
}
