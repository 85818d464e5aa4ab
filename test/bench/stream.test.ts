import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { evenGraph, throttledBench } from '../../bench/stream/measure.ts';
import { untiled } from '../stream/graphs.ts';
import { PlainDevice, plainTileKernels } from '../stream/plain-device.ts';
import { VirtualClock } from './virtual-clock.ts';

/** On a clock of its own, so that these are facts about the order of things and not about this machine. */
test('transfers hide behind runs, and two units do twice the work', async () => {
  const workload = { nodes: 480, tiles: 16, columns: 32, fanout: 16, seed: 3 };
  const clock = new VirtualClock();
  const kernels = plainTileKernels(workload.fanout, workload.columns);
  const open = async () => new PlainDevice();
  const { cells } = await clock.pass(throttledBench(workload, 10, open, kernels, clock));
  const means = await untiled(evenGraph(workload), workload.fanout, 1);
  const sha256 = createHash('sha256').update(new Uint8Array(means.buffer)).digest('hex');
  expect(cells.map((cell) => cell.sha256)).toEqual(cells.map(() => sha256));
  const [one, two, three, twice] = cells.map(({ report }) => report);
  expect(one.plan.tiles.length).toBe(16);
  // Some tiles of features are there already, so that uploads take a little less than the rest.
  expect(one.overlap).toBeLessThan(0.36);
  expect(two.overlap).toBeGreaterThan(0.6);
  expect(three.overlap).toBeGreaterThan(0.9);
  expect(twice.overlap).toBeGreaterThan(0.85);
  expect(three.wallMs / twice.wallMs).toBeGreaterThan(1.8);
});
