import { expect } from 'vitest';
import { loadKernelModule, seededRandom } from '../../codegen/index.ts';
import { compareRuns, type DeviceRun, runOn } from '../../host/cosim/compare-runs.ts';
import { type EncodedWorkload, encodeWorkload } from '../../host/cosim/encode-workload.ts';
import type { BuiltKernel } from '../../host/device/built-kernel.ts';
import { openDevice } from '../../host/device/open-device.ts';
import { runIcarus } from '../../sim/index.ts';

export interface RandomRun {
  readonly seed: number;
  readonly workload: EncodedWorkload;
  readonly memory: { latency: number; outstanding: number; stall: number; seed: number };
}

export interface RandomRunsOptions {
  readonly count: number;
  readonly firstSeed: number;
  /** The largest workload size. */
  readonly size: number;
  /** The longest latency of the memory in cycles. */
  readonly latency: number;
}

/** Random workloads, each with a random memory; a third of those never stall, the others up to 0.6. */
export async function randomRuns(
  kernel: BuiltKernel,
  { count, firstSeed, size: most, latency }: RandomRunsOptions,
): Promise<RandomRun[]> {
  const { definition } = await loadKernelModule(kernel.sourceFile);
  const { parameters } = kernel.manifest;
  return Array.from({ length: count }, (_, at) => {
    const seed = firstSeed + at;
    const random = seededRandom(seed);
    // No rows at all, one row, a few: the ends of a run are where control goes wrong.
    const size = at < 2 ? at : random.integer(2, most);
    const drawn = definition.workload(parameters, random, size) as Record<string, unknown>;
    return {
      seed,
      workload: encodeWorkload(kernel.manifest, drawn),
      memory: {
        latency: random.integer(1, latency),
        outstanding: random.integer(1, 64),
        stall: at % 3 === 0 ? 0 : random.unit() * 0.6,
        seed,
      },
    };
  });
}

function asIcarusRuns(runs: readonly RandomRun[]) {
  return runs.map(({ workload, memory }) => ({
    scalars: workload.scalars,
    buffers: Object.fromEntries(
      [...workload.buffers].map(([name, bytes]) => [name, bytes.slice()]),
    ),
    memory,
  }));
}

/** Which of so many runs Icarus takes too, where it takes one of `every`: the smallest are among them. */
export function inIcarus(runs: number, every: number): readonly number[] {
  return [...Array(runs).keys()].filter((at) => at < 2 || at % every === every - 1);
}

/**
 * Expects every run to give the same words on golden, hls, native, Verilator, OpenCL and Icarus, and the hardware to
 * move exactly the beats that golden asks for.
 * @param icarusRuns numbers of the runs that Icarus takes; all where left out. It is a thousand times
 * slower than Verilator, which runs the same Verilog.
 */
export async function expectEqualEverywhere(
  kernel: BuiltKernel,
  runs: readonly RandomRun[],
  icarusRuns: readonly number[] = [...runs.keys()],
): Promise<void> {
  const taken = await runIcarus(kernel, asIcarusRuns(icarusRuns.map((at) => runs[at])));
  const icarus = new Map(icarusRuns.map((at, index) => [at, taken[index]]));
  await using golden = await openDevice('golden');
  await using hls = await openDevice('hls', { quick: true });
  await using native = await openDevice('native', { quick: true });
  await using opencl = await openDevice('opencl', { quick: true });
  let words = 0;
  for (const [at, { seed, workload, memory }] of runs.entries()) {
    await using sim = await openDevice('sim', { memory, quick: true });
    const results: DeviceRun[] = [];
    for (const device of [golden, hls, sim, native, opencl]) {
      results.push(await runOn(device, kernel, workload));
    }
    const other = icarus.get(at);
    if (other !== undefined) {
      results.push({
        device: 'icarus',
        report: { hostMs: 0, cycles: other.cycles },
        outputs: new Map(Object.entries(other.outputs)),
      });
    }
    const comparison = compareRuns(workload, results);
    expect({ seed, memory, differences: comparison.firstDifferences }).toEqual({
      seed,
      memory,
      differences: [],
    });
    words += comparison.words;
    const beats = (run: DeviceRun) =>
      Object.fromEntries((run.report.ports ?? []).map((port) => [port.port, port.beats]));
    expect({ seed, beats: beats(results[2]) }).toEqual({ seed, beats: beats(results[0]) });
  }
  expect(words).toBeGreaterThan(0);
}
