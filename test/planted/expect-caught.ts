import { afterAll, expect, test } from 'vitest';
import { Laboratory } from './laboratory.ts';
import type { Check, Room } from './mutation.ts';
import { sampleNamed } from './samples.ts';

/** A test a mutation of the rooms: planted in a copy of the checkout, it must be caught by what is cheapest. */
export function expectCaught(...rooms: readonly Room[]): void {
  const laboratory = new Laboratory();
  afterAll(() => laboratory.close());
  // Of each kernel only the checks that its faults may be caught by.
  const used = new Map<string, Set<Check>>();
  for (const { checks, mutations } of rooms) {
    for (const { sample } of mutations) {
      if (sample !== undefined) used.set(sample, new Set([...(used.get(sample) ?? []), ...checks]));
    }
  }
  test.each([...used])(
    'without a fault there is nothing to catch in %s',
    { timeout: 300_000 },
    async (name, checks) => {
      const trial = { checks: [...checks], samples: [sampleNamed(name)] };
      expect(await laboratory.try(undefined, trial)).toBe(undefined);
    },
  );

  for (const room of rooms) {
    const named = room.mutations.map((mutation) => ({ ...mutation, room: room.name }));
    test.each(named)('$room: $what', { timeout: 300_000 }, async (mutation) => {
      const samples = mutation.sample === undefined ? [] : [sampleNamed(mutation.sample)];
      const found = await laboratory.try(mutation, { checks: room.checks, samples });
      expect(found, 'nothing sees this fault').toBeDefined();
      // A module that does not load at all says that the mutation is written wrong.
      expect(found?.where).not.toBe('does not load');
      if (mutation.bench !== undefined) expect(found?.text).toMatch(mutation.bench.says);
      if (room.says !== undefined) expect(found?.where).toMatch(room.says);
    });
  }
}
