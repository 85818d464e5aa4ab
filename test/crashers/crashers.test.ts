import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkKernel } from '../fuzz/check-kernel.ts';

// One file a bug, for ever: each must compile and agree on every target, pass by pass.
const folder = import.meta.dirname;
const files = readdirSync(folder).filter(
  (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
);
const runs = [{ seed: 1, size: 3, stall: 0.2, latency: 9, outstanding: 4 }];

describe('what was wrong once stays right', () => {
  test.each(files)('%s', { timeout: 300_000 }, async (name) => {
    const found = await checkKernel(join(folder, name), runs, [
      'passes',
      'hls',
      'native',
      'verilator',
      'icarus',
      'opencl',
    ]);
    expect(found).toEqual([]);
  });

  test.each(files)('%s begins with what was wrong', (name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    expect(text).toMatch(/^\/\*\*|^\/\/ /);
  });
});
