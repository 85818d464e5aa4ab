import { describe, expect, test } from 'vitest';
import { compareModels, writeKernel } from './random/compare-models.ts';
import { controlKernel } from './random/random-control.ts';

// Processes of random structure, behind one another; memory that answers at once, late, and with gaps.
const runs = [
  { seed: 1, size: 3 },
  { seed: 2, size: 4, stall: 0.3, latency: 5 },
  { seed: 3, size: 2, stall: 0.1, latency: 20, outstanding: 2 },
];

function kernelOf(seed: number, units: number): string {
  const list = Array.from({ length: units }, (_, at) => ({ unit: at + 1, seed }));
  return writeKernel('random_control', controlKernel(list));
}

describe('random control structure means the same everywhere', () => {
  test('golden, IR, C++ and Verilog', { timeout: 300_000 }, async () => {
    expect(await compareModels(kernelOf(1, 8), runs, ['native', 'sim'])).toEqual([]);
  });

  test('golden, IR and Verilog', { timeout: 300_000 }, async () => {
    expect(await compareModels(kernelOf(2, 6), runs, ['sim'])).toEqual([]);
  });
});
