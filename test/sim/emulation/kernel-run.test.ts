import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadKernelModule, seededRandom } from '../../../codegen/index.ts';
import { runOn } from '../../../host/cosim/compare-runs.ts';
import { encodeWorkload } from '../../../host/cosim/encode-workload.ts';
import { buildKernel } from '../../../host/device/build-kernel.ts';
import { openDevice } from '../../../host/device/open-device.ts';
import { buildEmulator } from '../../../sim/emulation/build-emulator.ts';
import { readEmulatorFailure } from '../../../sim/emulation/read-failure.ts';
import { platformOf } from './platform.ts';
import { ShimHost, socketFolder } from './shim-host.ts';
import { startKernel } from './start-kernel.ts';

const scratch = mkdtempSync(join(tmpdir(), 'tilewright-emulated-'));
afterAll(() => {
  for (const one of [scratch, socketFolder]) rmSync(one, { recursive: true, force: true });
});

test('two compute units of mean_aggregate give what golden gives, in stalling memory too', async () => {
  const kernel = await buildKernel('mean_aggregate');
  const { manifest } = kernel;
  const memories = manifest.arguments.filter(({ kind }) => kind === 'memory');
  const units = [0, 1].map((unit) =>
    Object.fromEntries(memories.map(({ name }, index) => [name, (index + unit) % 2])),
  );
  const platform = platformOf(kernel, units);
  const { folder } = await buildEmulator(platform, { trace: false, quick: true });
  const { definition } = await loadKernelModule(kernel.sourceFile);
  await using golden = await openDevice('golden');

  using host = await ShimHost.open(folder, scratch, {
    env: { TILEWRIGHT_MEMORY: 'latency=30,outstanding=8,stall=0.2,seed=3' },
  });
  let next = 0x10000;
  for (const seed of [1, 2, 3]) {
    const drawn = definition.workload(manifest.parameters, seededRandom(seed), 24);
    const workload = encodeWorkload(manifest, drawn);
    const expected = await runOn(golden, kernel, workload);
    const unit = platform.computeUnits[seed % 2];
    const buffers = new Map<string, number>();
    for (const [name, bytes] of workload.buffers) {
      const address = Number(platform.banks[unit.connections[name]].base) + next;
      next += Math.ceil(bytes.length / 4096) * 4096;
      expect(await host.allocate(address, bytes.length)).toBe(true);
      await host.write(address, bytes);
      buffers.set(name, address);
    }
    await startKernel(host, unit, workload.scalars, buffers);
    await host.done(unit.base);
    expect(expected.outputs.size).toBeGreaterThan(0);
    for (const [name, bytes] of expected.outputs) {
      expect(await host.read(buffers.get(name) ?? 0, bytes.length)).toEqual(bytes);
    }
    for (const address of buffers.values()) expect(await host.free(address)).toBe(true);
  }
  expect(await host.close()).toBe(0);
  expect(host.log.join('\n')).not.toContain('not freed');
});

test('a kernel that is stuck ends the process, and the report is the one of the simulator', async () => {
  const kernel = await buildKernel('test/sim/stuck/stuck.ts');
  const platform = platformOf(kernel, [{ source: 0, target: 1 }]);
  const { folder } = await buildEmulator(platform, { trace: false, quick: true });
  using host = await ShimHost.open(folder, scratch);
  const places = new Map([
    ['source', 0],
    ['target', 16 * 2 ** 30],
  ]);
  const [unit] = platform.computeUnits;
  await startKernel(host, unit, { beats: 64, fault: 1 }, places);
  await expect(host.done(unit.base)).rejects.toThrow();
  expect(await host.exited).toBe(1);
  expect(host.log.at(-1)).toMatch(
    /^error DEADLOCK: stuck_1: nothing moves since cycle \d+ .*; fork waits to write right \(.*stuck.ts:40:5\)/,
  );
  const { code, message, hint } = readEmulatorFailure(platform, host.log.join('\n')) ?? {};
  const text = `${code}\n${message}\nhint: ${hint}\n`.replaceAll(/(cycle) \d+/g, '$1 N');
  const golden = readFileSync(new URL('../stuck/shallow.txt', import.meta.url), 'utf8');
  expect(text).toBe(golden.replace('stuck: ', 'stuck_1: '));
});
