import { seededRandom } from '../../codegen/index.ts';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { buildKernel } from '../../host/device/build-kernel.ts';
import type { LoadedKernel } from '../../host/device/device.ts';
import { openDevice } from '../../host/device/open-device.ts';
import { powerLawGraph, samplerRun } from '../power-law-graph.ts';
import { median } from '../rtl/figures.ts';
import { type EmptyRuns, measureEmptyRuns } from './empty-runs.ts';
import { hopsSubject } from './hops.ts';
import { inPlace, type Prepared, prepared } from './prepared.ts';
import { measureProcessor, measureThreads, type ThreadsFigure } from './threads.ts';
import { buildYardsticks } from './yardsticks.ts';

export interface NativeOptions {
  readonly seeds: number;
  readonly nodes: number;
  readonly fanout: number;
  /** Fanouts of the hops, one after another. */
  readonly hops: readonly number[];
  readonly repeats: number;
  readonly seed: number;
  /** Beside one. */
  readonly threads: number;
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

const rowLanes = 64;

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** The words of an output and of its yardstick; both began with something else. */
function mustEqual(kernel: LoadedKernel, found: Uint8Array, wanted: Uint8Array): void {
  const at = found.findIndex((byte, index) => byte !== wanted[index]);
  if (at < 0) return;
  throw wrong(kernel.built.manifest.kernel, ` in byte ${at}`);
}

function wrong(kernel: string, where = ''): TilewrightError {
  return new TilewrightError(`${kernel} on native and its yardstick differ${where}`, {
    code: 'BENCH_WRONG',
    hint: 'A wrong result has no figure: compare both with golden.',
  });
}

export interface Subject {
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
  readonly scaling: readonly ThreadsFigure[];
  readonly empty: EmptyRuns;
}

export async function measureNative(
  options: NativeOptions,
  tell: (text: string) => void,
): Promise<NativeResult> {
  const { seeds: count, nodes, fanout, hops, repeats, seed, threads } = options;
  const graph = powerLawGraph({ nodes, seed });
  const yardsticks = await buildYardsticks(fanout);
  await using device = await openDevice('native', { threads: 1 });
  await using several = await openDevice('native', { threads });
  const scaling: ThreadsFigure[] = [];

  tell(`neighbor_sample: ${count} seeds`);
  const sampler = await buildKernel('neighbor_sample', { fanout });
  const { workload, edges } = samplerRun(sampler, graph, { count, seed });
  const seeds = new Uint32Array((workload.buffers.get('seeds') as Uint8Array).buffer, 0, count);
  const { key, hop } = workload.scalars as Readonly<Record<string, number>>;
  const { extent, colIdx } = graph;
  const samples = new Uint32Array(count * fanout);
  const sampling = { seeds, extent, colIdx, count, key, hop, samples: samples.length };
  const sample = await prepared(device, 'neighbor_sample', fanout, sampling);
  const words = (of: Prepared, argument: string): Uint32Array => {
    const { buffer, byteOffset, byteLength } = inPlace(of, argument);
    return new Uint32Array(buffer, byteOffset, byteLength / 4);
  };
  const [stock, extents, columns] = ['seeds', 'extent', 'colIdx'].map((argument) =>
    words(sample, argument),
  );
  const wanted = stock.subarray(0, count);
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
            timed(() => yardsticks.neighborSample(wanted, extents, columns, samples, key, hop)),
        },
      ],
    },
    repeats,
  );
  const drawn = new Uint8Array(samples.byteLength);
  sample.buffers.get('samples')?.read(drawn);
  mustEqual(sample.kernel, drawn, new Uint8Array(samples.buffer));
  const sampleSeveral = await prepared(several, 'neighbor_sample', fanout, sampling);
  scaling.push(await measureThreads(sample, sampleSeveral, 'samples', { repeats, threads }));

  // Each hop has up to sixteen times as many seeds.
  const few = seeds.subarray(0, Math.max(1, Math.floor(count / 16)));
  tell(`neighbor_sample: ${few.length} seeds, hops of ${hops.join(', ')}`);
  const layers = await hopsSubject(device, graph, few, hops, key);
  figures.push(...(await measured(layers.subject, repeats)));
  if (!layers.same()) throw wrong('neighbor_sample');

  tell(`mean_aggregate: ${count} rows of ${fanout} ids`);
  const random = seededRandom(seed);
  const features = Int16Array.from({ length: nodes * rowLanes }, () =>
    random.integer(-(2 ** 15), 2 ** 15 - 1),
  );
  const means = new Int16Array(count * rowLanes);
  const gathered = new Int16Array(count * rowLanes);
  const averaging = { ids: samples, features, rows: count, means: means.length };
  const mean = await prepared(device, 'mean_aggregate', fanout, averaging);
  const ids = words(mean, 'ids');
  const stored = inPlace(mean, 'features');
  const rows = new Int16Array(stored.buffer, stored.byteOffset, features.length);
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
            run: () => timed(() => yardsticks.meanAggregate(ids, rows, means, count)),
          },
          {
            name: 'gather limit',
            run: () => timed(() => yardsticks.gatherRows(ids, rows, gathered, count)),
          },
        ],
      },
      repeats,
    )),
  );
  const averaged = new Uint8Array(means.byteLength);
  mean.buffers.get('means')?.read(averaged);
  mustEqual(mean.kernel, averaged, new Uint8Array(means.buffer));
  const meanSeveral = await prepared(several, 'mean_aggregate', fanout, averaging);
  scaling.push(await measureThreads(mean, meanSeveral, 'means', { repeats, threads }));

  scaling.push(await measureProcessor(yardsticks, { repeats, threads }));

  tell('empty runs');
  const empty = await measureEmptyRuns(device, fanout, yardsticks);
  return { options, figures, scaling, empty };
}
