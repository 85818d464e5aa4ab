import { listKernels, seededRandom } from '../../codegen/index.ts';
import {
  type EncodedWorkload,
  elementView,
  encodeWorkload,
} from '../../host/cosim/encode-workload.ts';
import { buildKernel } from '../../host/device/build-kernel.ts';
import type { BuiltKernel } from '../../host/device/built-kernel.ts';
import { type PowerLawGraph, samplerRun } from '../power-law-graph.ts';
import { beatsNeeded } from './figures.ts';
import { goldenRun, type Subject } from './measure.ts';

export const absent = 0xffffffff;
/** Feature rows of 64 × int16: two 512-bit beats. */
const rowLanes = 64;
const seedsAtFirst = 2048;

/** A kernel's workload over `size` seeds of the graph. */
interface Drawn {
  readonly workload: EncodedWorkload;
  readonly edges: number | null;
}

export interface Entry {
  readonly label: string;
  readonly kernel: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly draw: (kernel: BuiltKernel, bench: BenchData, size: number) => Promise<Drawn>;
}

/** What all kernels of one bench share: the graph, the features of all nodes, the samples. */
export interface BenchData {
  readonly graph: PowerLawGraph;
  /** nodes × 64, uniform over int16. */
  readonly features: Int16Array;
  readonly seed: number;
  /** The sampler with the default parameters, whose samples are the ids of mean_aggregate. */
  readonly sampler: BuiltKernel;
}

export async function benchData(graph: PowerLawGraph, seed: number): Promise<BenchData> {
  const random = seededRandom(seed);
  const features = Int16Array.from({ length: graph.nodes * rowLanes }, () =>
    random.integer(-(2 ** 15), 2 ** 15 - 1),
  );
  return { graph, features, seed, sampler: await buildKernel('neighbor_sample') };
}

/** What golden's sampler draws for the bench's first `size` seeds: size × 16 ids. */
async function goldenSamples(bench: BenchData, size: number): Promise<Uint32Array> {
  const { workload } = samplerRun(bench.sampler, bench.graph, { count: size, seed: bench.seed });
  const { golden } = await goldenRun(bench.sampler, workload);
  const [{ memory, elements }] = workload.outputs;
  const bytes = golden.outputs.get(memory.name) ?? new Uint8Array(0);
  const ids = elementView(memory, bytes);
  return Uint32Array.from({ length: elements }, (_, at) => Number(ids[at]));
}

async function drawSamples(kernel: BuiltKernel, { graph, seed }: BenchData, size: number) {
  return samplerRun(kernel, graph, { count: size, seed });
}

export async function drawMeans(
  kernel: BuiltKernel,
  bench: BenchData,
  size: number,
): Promise<Drawn> {
  const ids = await goldenSamples(bench, size);
  const workload = encodeWorkload(kernel.manifest, {
    ids,
    features: bench.features,
    means: size * rowLanes,
    rows: size,
  });
  return { workload, edges: ids.reduce((sum, id) => sum + (id === absent ? 0 : 1), 0) };
}

/** Row r of the features lies in port r mod `ports`, there as row r div `ports`. */
export function dealRows(features: Int16Array, ports: number): Int16Array[] {
  const rows = features.length / rowLanes;
  const dealt = Array.from(
    { length: ports },
    () => new Int16Array(Math.ceil(rows / ports) * rowLanes),
  );
  for (let row = 0; row < rows; row++) {
    const values = features.subarray(row * rowLanes, (row + 1) * rowLanes);
    dealt[row % ports].set(values, Math.floor(row / ports) * rowLanes);
  }
  return dealt;
}

async function drawFused(kernel: BuiltKernel, bench: BenchData, size: number): Promise<Drawn> {
  const { graph } = bench;
  // The very seeds and key of the sampler's own run.
  const { workload, edges } = samplerRun(bench.sampler, graph, { count: size, seed: bench.seed });
  const seeds = workload.buffers.get('seeds') ?? new Uint8Array(0);
  const drawn = encodeWorkload(kernel.manifest, {
    seeds: new Uint32Array(seeds.buffer, seeds.byteOffset, size),
    extent: [graph.extent],
    colIdx: [graph.colIdx],
    features: dealRows(bench.features, kernel.manifest.parameters['featurePorts']),
    results: size * rowLanes,
    counts: [],
    count: size,
    key: workload.scalars['key'],
    firstNode: 0,
    nodes: 0,
  });
  return { workload: drawn, edges };
}

function fused(featurePorts: number): Entry {
  const label = `sample_aggregate-${featurePorts}`;
  return { label, kernel: 'sample_aggregate', parameters: { featurePorts }, draw: drawFused };
}

const all: readonly Entry[] = [
  { label: 'mean_aggregate', kernel: 'mean_aggregate', parameters: {}, draw: drawMeans },
  { label: 'neighbor_sample', kernel: 'neighbor_sample', parameters: {}, draw: drawSamples },
  ...[1, 2, 4].map(fused),
];

/** Every kernel of the bench that this checkout has. */
export async function benchEntries(): Promise<readonly Entry[]> {
  const present = new Set((await listKernels()).map(({ name }) => name));
  return all.filter(({ kernel }) => present.has(kernel));
}

export interface SubjectOptions {
  /** Seeds; by default 2,048 or as many more as make the longest latency's run long enough. */
  readonly size?: number | undefined;
  readonly latencies: readonly number[];
}

/** Builds a kernel, draws its workload and runs golden. */
export async function prepare(
  entry: Entry,
  bench: BenchData,
  { size, latencies }: SubjectOptions,
): Promise<Subject> {
  const kernel = await buildKernel(entry.kernel, entry.parameters);
  const run = async (seeds: number): Promise<Subject> => {
    const { workload, edges } = await entry.draw(kernel, bench, seeds);
    const golden = await goldenRun(kernel, workload);
    return { label: entry.label, kernel, workload, size: seeds, edges, ...golden };
  };
  const first = await run(size ?? seedsAtFirst);
  const short = beatsNeeded(latencies) / first.work.beats;
  if (size !== undefined || short <= 1 || first.work.beats === 0) return first;
  return run(seedsAtFirst * Math.ceil(short));
}
