import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkKernel } from '../fuzz/check-kernel.ts';

test('every kind of access of a local array means the same everywhere', async () => {
  const file = join(import.meta.dirname, 'fixtures', 'arrays-all.ts');
  const runs = [{ seed: 4, size: 3, stall: 0.3, latency: 64, outstanding: 64 }];
  const targets = ['passes', 'hls', 'verilator', 'icarus'] as const;
  expect(await checkKernel(file, runs, targets)).toEqual([]);
});
