import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compareModels, writeKernel } from './random/compare-models.ts';
import { arrayKernel } from './random/random-arrays.ts';

const runs = [
  { seed: 1, size: 6 },
  { seed: 2, size: 4, stall: 0.4, latency: 3 },
  { seed: 3, size: 9, stall: 0.1, latency: 20, outstanding: 2 },
];

describe('random uses of local arrays mean the same everywhere', () => {
  test.each([1, 2])('golden, IR, C++ and Verilog, seed %i', { timeout: 300_000 }, async (seed) => {
    const file = writeKernel('random_arrays', arrayKernel(seed, 6));
    expect(await compareModels(file, runs, ['native', 'sim'])).toEqual([]);
  });
});

test('every kind of access, in Icarus too', { timeout: 300_000 }, async () => {
  const file = join(import.meta.dirname, 'fixtures', 'arrays-all.ts');
  expect(
    await compareModels(file, [{ seed: 4, size: 3, stall: 0.3 }], ['native', 'sim', 'icarus']),
  ).toEqual([]);
});
