import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { simDevice } from '../../host/device/sim/sim-device.ts';
import { fault, writeBeatCopy } from './fixture/beat-copy.ts';

const folder = mkdtempSync(join(tmpdir(), 'tilewright-device-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const built = { ...writeBeatCopy(join(folder, 'beat_copy')), sourceFile: join(folder, 'none.ts') };

test('the device runs a kernel on its own buffers', async () => {
  await using device = simDevice({ memory: { latency: 10, stall: 0.1 } });
  expect(device.name).toBe('sim');
  const kernel = await device.load(built);
  expect(kernel.built).toBe(built);
  using source = device.allocate(512);
  using target = device.allocate(512);
  const bytes = Uint8Array.from({ length: 512 }, (_, index) => index * 7);
  source.write(bytes.subarray(0, 256));
  source.write(bytes.subarray(256), 256);
  const args = { source, target, mask: 0n, bursts: 2, beats: 4, fault: fault.none };
  const report = await kernel.run(args);
  expect(report.ports).toEqual([
    { port: 'm_axi_source', bursts: 2, beats: 8 },
    { port: 'm_axi_target', bursts: 2, beats: 8 },
  ]);
  expect(report.cycles).toBeGreaterThan(20);
  expect(report.hostMs).toBeGreaterThan(0);
  const copy = new Uint8Array(256);
  target.read(copy, 128);
  expect(copy).toEqual(bytes.subarray(128, 384));

  expect(() => source.write(bytes, 64)).toThrow('512 bytes at 64 of a buffer of 512 bytes');
  expect(() => source.read(copy, -1)).toThrow('of a buffer of 512 bytes');
  await expect(
    kernel.run({ ...args, source: { ...target, bytes: 512 } as typeof target }),
  ).rejects.toThrow("the buffer of argument 'source' belongs to another device");
  source.release();
  await expect(kernel.run(args)).rejects.toThrow('after its release');
});

test('two kernels on one device each keep their log', async () => {
  const device = simDevice({ axiLog: join(folder, 'log.csv') });
  const kernel = await device.load(built);
  const [source, target] = [device.allocate(64), device.allocate(64)];
  await kernel.run({ source, target, mask: 5n, bursts: 1, beats: 1, fault: fault.none });
  await device.close();
  expect(readFileSync(join(folder, 'log.csv'), 'utf8')).toContain('m_axi_target,W,');
  await expect(
    kernel.run({ source, target, mask: 5n, bursts: 1, beats: 1, fault: fault.none }),
  ).rejects.toThrow('is closed');
});
