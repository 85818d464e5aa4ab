import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';

/** What a throttled device waits by. */
export interface Clock {
  /** Milliseconds. */
  now(): number;
  until(ms: number): Promise<void>;
}

export const wallClock: Clock = {
  now: () => performance.now(),
  until: async (ms) => {
    // A timer may end a little before its time.
    for (let left = ms - performance.now(); left > 0; left = ms - performance.now()) {
      await setTimeout(left);
    }
  },
};
