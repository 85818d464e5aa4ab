import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compareModels } from './random/compare-models.ts';

// One file a bug that was found by random kernels or by hand: it must compile and agree everywhere.
const folder = join(import.meta.dirname, 'crashers');
const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));

describe('what was wrong once stays right', () => {
  test.each(files)('%s', { timeout: 300_000 }, async (name) => {
    const run = { seed: 1, size: 5, stall: 0.1, latency: 9 };
    expect(await compareModels(join(folder, name), [run])).toEqual([]);
  });
});
