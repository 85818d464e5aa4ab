import { describe, expect, it } from 'vitest';
import { loadKernelModule, seededRandom } from '../../codegen/index.ts';
import { compareRuns, type DeviceRun, runOn } from '../../host/cosim/compare-runs.ts';
import { type EncodedWorkload, encodeWorkload } from '../../host/cosim/encode-workload.ts';
import { buildKernel } from '../../host/device/build-kernel.ts';
import type { BuiltKernel } from '../../host/device/built-kernel.ts';
import { openDevice } from '../../host/device/open-device.ts';
import { runIcarus } from '../../sim/index.ts';

/**
 * Every built-in kernel is the same on the TypeScript itself, the HLS C++ under g++, the Verilog in
 * Verilator and the Verilog in Icarus, under random workloads and random memories.
 */
interface Case {
  readonly kernel: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly workloads: number;
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
];

interface RandomRun {
  readonly seed: number;
  readonly workload: EncodedWorkload;
  readonly memory: { latency: number; outstanding: number; stall: number; seed: number };
}

async function randomRuns(kernel: BuiltKernel, count: number): Promise<RandomRun[]> {
  const { definition } = await loadKernelModule(kernel.sourceFile);
  const { parameters } = kernel.manifest;
  return Array.from({ length: count }, (_, at) => {
    const seed = 1000 * (parameters['fanout'] ?? 1) + at;
    const random = seededRandom(seed);
    // No rows at all, one row, a few: the ends of a run are where control goes wrong.
    const size = at < 2 ? at : random.integer(2, 8);
    const drawn = definition.workload(parameters, random, size) as Record<string, unknown>;
    return {
      seed,
      workload: encodeWorkload(kernel.manifest, drawn),
      memory: {
        latency: random.integer(1, 90),
        outstanding: random.integer(1, 64),
        stall: at % 3 === 0 ? 0 : random.unit() * 0.6,
        seed,
      },
    };
  });
}

function icarusRuns(runs: readonly RandomRun[]) {
  return runs.map(({ workload, memory }) => ({
    scalars: workload.scalars,
    buffers: Object.fromEntries(
      [...workload.buffers].map(([name, bytes]) => [name, bytes.slice()]),
    ),
    memory,
  }));
}

describe('golden = native = Verilator = Icarus', () => {
  for (const { kernel: name, parameters, workloads } of cases) {
    const text = Object.entries(parameters).map(([key, value]) => `${key}=${value}`);
    it(`${name} ${text.join(' ') || 'as it is'}: ${workloads} random workloads`, async () => {
      const kernel = await buildKernel(name, parameters);
      const runs = await randomRuns(kernel, workloads);
      const icarus = await runIcarus(kernel, icarusRuns(runs));
      await using golden = await openDevice('golden');
      await using native = await openDevice('native');
      let words = 0;
      for (const [at, { seed, workload, memory }] of runs.entries()) {
        await using sim = await openDevice('sim', { memory });
        const results: DeviceRun[] = [];
        for (const device of [golden, native, sim])
          results.push(await runOn(device, kernel, workload));
        results.push({
          device: 'icarus',
          report: { hostMs: 0, cycles: icarus[at].cycles },
          outputs: new Map(Object.entries(icarus[at].outputs)),
        });
        const comparison = compareRuns(workload, results);
        expect({ seed, memory, differences: comparison.firstDifferences }).toEqual({
          seed,
          memory,
          differences: [],
        });
        words += comparison.words;
        // The hardware moves exactly the beats that the golden model asks for.
        const beats = (run: DeviceRun) =>
          Object.fromEntries((run.report.ports ?? []).map((port) => [port.port, port.beats]));
        expect({ seed, beats: beats(results[2]) }).toEqual({ seed, beats: beats(results[0]) });
      }
      expect(words).toBeGreaterThan(0);
    }, 600_000);
  }
});
