import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compileKernelModule } from '../../codegen/frontend/compile-kernel.ts';
import { loadKernelModule } from '../../codegen/frontend/load-module.ts';
import { formBlocks } from '../../codegen/passes/form-blocks.ts';
import { schedule } from '../../codegen/passes/schedule.ts';
import { checkKernel } from '../fuzz/check-kernel.ts';

const fileOf = (name: string) => join(import.meta.dirname, 'control', `${name}.ts`);

// Jumps, in every nesting; what a user of TypeScript writes without thinking.
test.each(['jumps', 'features'])('%s: the same everywhere', { timeout: 300_000 }, async (name) => {
  const runs = [
    { seed: 1, size: 40, stall: 0, latency: 64, outstanding: 64 },
    { seed: 2, size: 9, stall: 0.3, latency: 5, outstanding: 64 },
  ];
  const targets = ['passes', 'hls', 'verilator'] as const;
  expect(await checkKernel(fileOf(name), runs, targets)).toEqual([]);
});

test('a loop that is left by break starts an iteration every cycle', async () => {
  const kernel = compileKernelModule(await loadKernelModule(fileOf('jumps')), {});
  const intervals = (name: string) => {
    const found = kernel.processes.filter((process) => process.name === name);
    return found.flatMap((process) => {
      const { blocks, ii } = schedule(formBlocks(process));
      return ii.filter((_one, at) => blocks.blocks[at].ii !== undefined);
    });
  };
  expect(intervals('ask')).toEqual([1]);
  expect(intervals('words')).toEqual([1]);
});
