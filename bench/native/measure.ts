import { seededRandom } from '../../codegen/index.ts';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { encodeWorkload } from '../../host/cosim/encode-workload.ts';
import { buildKernel } from '../../host/device/build-kernel.ts';
import type { Device, LoadedKernel } from '../../host/device/device.ts';
import { openDevice } from '../../host/device/open-device.ts';
import { powerLawGraph, samplerRun } from '../power-law-graph.ts';
import { median } from '../rtl/figures.ts';
import { buildYardsticks } from './yardsticks.ts';

export interface NativeOptions {
  readonly seeds: number;
  readonly nodes: number;
  readonly fanout: number;
  readonly repeats: number;
  readonly seed: number;
}

/** One kernel beside its yardstick, in millions of `unit` a second: medians of runs that took turns. */
export interface NativeFigure {
  readonly kernel: string;
  readonly unit: 'edges' | 'rows';
  /** Of `unit`, in one run. */
  readonly work: number;
  readonly native: number;
  readonly yardstick: number;
  readonly yardstickName: string;
  /** The median of the ratios of neighbours. */
  readonly ratio: number;
}

/** An empty run, in microseconds: what a call costs before any work is done. */
export interface EmptyRun {
  readonly asynchronousUs: number;
}

const rowLanes = 64;

/** Loads a kernel on `native`, with buffers that hold a workload; `run` gives milliseconds. */
async function prepared(device: Device, name: string, fanout: number, drawn: unknown) {
  const built = await buildKernel(name, { fanout });
  const workload = encodeWorkload(built.manifest, drawn);
  const kernel = await device.load(built);
  const buffers = new Map(
    [...workload.buffers].map(([argument, bytes]) => {
      const buffer = device.allocate(bytes.byteLength);
      buffer.write(bytes);
      return [argument, buffer] as const;
    }),
  );
  const args = { ...Object.fromEntries(buffers), ...workload.scalars };
  return { kernel, buffers, run: async () => (await kernel.run(args)).hostMs };
}

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** The words of an output and of its yardstick; both began with something else. */
function mustEqual(kernel: LoadedKernel, found: Uint8Array, wanted: Uint8Array): void {
  const at = found.findIndex((byte, index) => byte !== wanted[index]);
  if (at < 0) return;
  throw new TilewrightError(
    `${kernel.built.manifest.kernel} on native and its yardstick differ in byte ${at}`,
    { code: 'BENCH_WRONG', hint: 'A wrong result has no figure: compare both with golden.' },
  );
}

interface Subject {
  readonly kernel: string;
  readonly unit: 'edges' | 'rows';
  readonly work: number;
  native(): Promise<number>;
  readonly yardsticks: readonly { readonly name: string; run(): number }[];
}

async function measured(subject: Subject, repeats: number): Promise<NativeFigure[]> {
  const native: number[] = [];
  const others = subject.yardsticks.map(() => [] as number[]);
  for (let turn = 0; turn < repeats + 1; turn++) {
    const ms = await subject.native();
    const beside = subject.yardsticks.map(({ run }) => run());
    // The first turn warms caches and pages up.
    if (turn === 0) continue;
    native.push(ms);
    others.forEach((list, at) => void list.push(beside[at]));
  }
  const speed = (ms: number) => subject.work / 1000 / ms;
  return subject.yardsticks.map(({ name }, at) => ({
    kernel: subject.kernel,
    unit: subject.unit,
    work: subject.work,
    native: median(native.map(speed)),
    yardstick: median(others[at].map(speed)),
    yardstickName: name,
    ratio: median(native.map((ms, turn) => others[at][turn] / ms)),
  }));
}

export interface NativeResult {
  readonly options: NativeOptions;
  readonly figures: readonly NativeFigure[];
  readonly empty: EmptyRun;
}

export async function measureNative(
  options: NativeOptions,
  tell: (text: string) => void,
): Promise<NativeResult> {
  const { seeds: count, nodes, fanout, repeats, seed } = options;
  const graph = powerLawGraph({ nodes, seed });
  const yardsticks = await buildYardsticks(fanout);
  await using device = await openDevice('native');

  tell(`neighbor_sample: ${count} seeds`);
  const sampler = await buildKernel('neighbor_sample', { fanout });
  const { workload, edges } = samplerRun(sampler, graph, { count, seed });
  const seeds = new Uint32Array((workload.buffers.get('seeds') as Uint8Array).buffer, 0, count);
  const { key, hop } = workload.scalars as Readonly<Record<string, number>>;
  const { extent, colIdx } = graph;
  const samples = new Uint32Array(count * fanout);
  const sample = await prepared(device, 'neighbor_sample', fanout, {
    ...{ seeds, extent, colIdx, count, key, hop },
    samples: samples.length,
  });
  const figures = await measured(
    {
      kernel: 'neighbor_sample',
      unit: 'edges',
      work: edges,
      native: sample.run,
      yardsticks: [
        {
          name: 'tuned C',
          run: () =>
            timed(() => yardsticks.neighborSample(seeds, extent, colIdx, samples, key, hop)),
        },
      ],
    },
    repeats,
  );
  const drawn = new Uint8Array(samples.byteLength);
  sample.buffers.get('samples')?.read(drawn);
  mustEqual(sample.kernel, drawn, new Uint8Array(samples.buffer));

  tell(`mean_aggregate: ${count} rows of ${fanout} ids`);
  const random = seededRandom(seed);
  const features = Int16Array.from({ length: nodes * rowLanes }, () =>
    random.integer(-(2 ** 15), 2 ** 15 - 1),
  );
  const means = new Int16Array(count * rowLanes);
  const gathered = new Int16Array(count * rowLanes);
  const mean = await prepared(device, 'mean_aggregate', fanout, {
    ...{ ids: samples, features, rows: count },
    means: means.length,
  });
  figures.push(
    ...(await measured(
      {
        kernel: 'mean_aggregate',
        unit: 'rows',
        work: count,
        native: mean.run,
        yardsticks: [
          {
            name: 'tuned C',
            run: () => timed(() => yardsticks.meanAggregate(samples, features, means, count)),
          },
          {
            name: 'gather limit',
            run: () => timed(() => yardsticks.gatherRows(samples, features, gathered, count)),
          },
        ],
      },
      repeats,
    )),
  );
  const averaged = new Uint8Array(means.byteLength);
  mean.buffers.get('means')?.read(averaged);
  mustEqual(mean.kernel, averaged, new Uint8Array(means.buffer));

  tell('empty runs');
  const nothing = await prepared(device, 'mean_aggregate', fanout, {
    ...{ ids: new Uint32Array(0), features: new Int16Array(rowLanes), means: 0, rows: 0 },
  });
  const times: number[] = [];
  for (let turn = 0; turn < 500; turn++) {
    const start = performance.now();
    await nothing.run();
    times.push(1000 * (performance.now() - start));
  }
  return { options, figures, empty: { asynchronousUs: median(times.slice(100)) } };
}
