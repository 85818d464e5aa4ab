import { describe, it } from 'vitest';
import { buildKernel } from '../../host/device/build-kernel.ts';
import { expectEqualEverywhere, inIcarus, randomRuns } from './random-runs.ts';

/**
 * Every built-in kernel is the same on the TypeScript itself, the HLS C++ under g++ and the Verilog in
 * Verilator, under random workloads and random memories; an eighth of them run in Icarus too.
 */
const icarusEvery = 8;

interface Case {
  readonly kernel: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly workloads: number;
  /** The largest number of rows or seeds; 8 where left out. */
  readonly size?: number;
}

const cases: readonly Case[] = [
  { kernel: 'mean_aggregate', parameters: {}, workloads: 80 },
  {
    kernel: 'mean_aggregate',
    parameters: { fanout: 10, elementBits: 8, rowBeats: 1 },
    workloads: 70,
  },
  { kernel: 'mean_aggregate', parameters: { fanout: 37, rowBeats: 3 }, workloads: 50 },
  { kernel: 'neighbor_sample', parameters: {}, workloads: 80 },
  { kernel: 'neighbor_sample', parameters: { fanout: 5, replace: 1 }, workloads: 70 },
  { kernel: 'neighbor_sample', parameters: { fanout: 20 }, workloads: 50 },
  { kernel: 'sum_aggregate', parameters: { fanout: 20 }, workloads: 200, size: 4 },
  {
    kernel: 'max_aggregate',
    parameters: { fanout: 20, elementBits: 8 },
    workloads: 200,
    size: 4,
  },
  { kernel: 'gcn_aggregate', parameters: { fanout: 10 }, workloads: 200, size: 4 },
  { kernel: 'weighted_sample', parameters: { fanout: 20 }, workloads: 200, size: 5 },
  { kernel: 'temporal_sample', parameters: { fanout: 20 }, workloads: 200, size: 5 },
  { kernel: 'tile_sample', parameters: { fanout: 20 }, workloads: 40, size: 12 },
  { kernel: 'sample_aggregate', parameters: {}, workloads: 40, size: 6 },
  {
    kernel: 'sample_aggregate',
    parameters: { fanout: 20, featurePorts: 4, engines: 3, rowBeats: 1, elementBits: 8 },
    workloads: 40,
    size: 6,
  },
  {
    kernel: 'sample_aggregate',
    parameters: { hops: 2, fanout: 5, fanout2: 17, featurePorts: 2, replace: 1 },
    workloads: 30,
    size: 4,
  },
  {
    kernel: 'sample_aggregate',
    parameters: { partial: 1, fanout: 64, featurePorts: 2 },
    workloads: 30,
    size: 4,
  },
  {
    kernel: 'sample_aggregate',
    parameters: { fanout: 1, rowBeats: 8, featurePorts: 4 },
    workloads: 30,
    size: 6,
  },
];

describe('golden = hls = native = Verilator, and Icarus', () => {
  for (const { kernel: name, parameters, workloads, size = 8 } of cases) {
    const text = Object.entries(parameters).map(([key, value]) => `${key}=${value}`);
    const icarus = inIcarus(workloads, icarusEvery);
    const what = `${name} ${text.join(' ') || 'as it is'}`;
    it(`${what}: ${workloads} random workloads, ${icarus.length} of them in Icarus`, async () => {
      const kernel = await buildKernel(name, parameters);
      const firstSeed = 1000 * (kernel.manifest.parameters['fanout'] ?? 1);
      const runs = await randomRuns(kernel, { count: workloads, firstSeed, size, latency: 90 });
      await expectEqualEverywhere(kernel, runs, icarus);
    }, 600_000);
  }
});
