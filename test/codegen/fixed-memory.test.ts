import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compileKernel, loadKernelModule } from '../../codegen/index.ts';
import { runGolden } from '../../codegen/language/index.ts';
import { checkKernel } from '../fuzz/check-kernel.ts';

const file = join(import.meta.dirname, 'fixed-point', 'equalise.ts');

test('the manifest tells where the binary point of an argument is', async () => {
  const { manifest } = await compileKernel(file);
  const types = manifest.arguments.map((one) => [
    one.name,
    one.kind === 'scalar' ? one.type : one.element,
  ]);
  expect(Object.fromEntries(types)).toEqual({
    beats: { signed: false, width: 32 },
    amount: { signed: false, width: 24, fraction: 16 },
    input: { signed: true, width: 16, fraction: 12 },
    output: { signed: false, width: 8, fraction: 6 },
    total: { signed: false, width: 64, fraction: 24 },
  });
});

test('memories and registers hold units, and the kernel computes with their values', async () => {
  const { definition } = await loadKernelModule(file);
  const input = new Int16Array(64);
  // 1.5 and −0.25 in units of 2^-12, times 2.5 by the register, times 1 and 1/2 by the table.
  input[0] = 0x1800;
  input[32] = -0x0400;
  const output = new Uint8Array(64);
  const total = new BigUint64Array(8);
  runGolden(
    definition,
    {},
    {
      beats: 1,
      amount: 2.5 * 2 ** 16,
      input: new Uint8Array(input.buffer),
      output,
      total: new Uint8Array(total.buffer),
    },
  );
  expect(output[0]).toBe(3.75 * 64);
  expect(output[32]).toBe(Math.trunc(0.3125 * 64));
  expect(total[0]).toBe(BigInt(3.75 ** 2 * 2 ** 24));
  expect(total[4]).toBe(BigInt((3.75 ** 2 / 2) * 2 ** 24));
});

test('golden, IR, C++ and Verilator agree', { timeout: 300_000 }, async () => {
  const runs = [
    { seed: 1, size: 0, stall: 0, latency: 64, outstanding: 64 },
    { seed: 2, size: 9, stall: 0, latency: 64, outstanding: 64 },
    { seed: 3, size: 40, stall: 0.2, latency: 9, outstanding: 64 },
  ];
  expect(await checkKernel(file, runs, ['passes', 'hls', 'verilator'])).toEqual([]);
});
