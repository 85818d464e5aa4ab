import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../bench/stream/clock.ts';

/** A clock whose time passes only when nothing else is left to do. */
export class VirtualClock implements Clock {
  #now = 0;
  readonly #waiting: { readonly at: number; readonly wake: () => void }[] = [];

  readonly now = (): number => this.#now;

  until(at: number): Promise<void> {
    return new Promise((wake) => {
      this.#waiting.push({ at, wake });
      this.#waiting.sort((a, b) => a.at - b.at);
    });
  }

  /** Lets time pass until `work` is over. */
  async pass<T>(work: Promise<T>): Promise<T> {
    let over = false;
    const end = () => {
      over = true;
    };
    work.then(end, end);
    while (!over) {
      await setImmediate();
      const next = over ? undefined : this.#waiting.shift();
      if (next === undefined) continue;
      this.#now = Math.max(this.#now, next.at);
      next.wake();
    }
    return work;
  }
}
