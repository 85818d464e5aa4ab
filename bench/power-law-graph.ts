import { seededRandom } from '../codegen/index.ts';
import type { Random } from '../codegen/language/random.ts';
import { type EncodedWorkload, encodeWorkload } from '../host/cosim/encode-workload.ts';
import { lonelyEvery, powerLawWeight } from '../host/dataset/synthetic-graph.ts';
import type { BuiltKernel } from '../host/device/built-kernel.ts';

const absent = 0xffffffff;
const idsABeat = 16;

export interface PowerLawOptions {
  /** Default 100,000. */
  readonly nodes?: number;
  /** Mean degree, before the nodes without neighbours are taken out. Default 25. */
  readonly degree?: number;
  /** Default 1. */
  readonly seed?: number;
}

export interface PowerLawGraph {
  readonly nodes: number;
  /** nodes + 1: the neighbours of node v are `colIdx[rowPtr[v]] … colIdx[rowPtr[v + 1] - 1]`. */
  readonly rowPtr: Uint32Array;
  readonly colIdx: Uint32Array;
  /** nodes × {begin, end}, as the kernels read them. */
  readonly extent: Uint32Array;
}

/**
 * The graph of the hardware bench: degrees follow a power law (weights u^(-1/1.5) capped at 2,000, scaled to
 * the mean and rounded at random; every 997th node has none), and neighbour ⌊v²·n⌋ of uniform v prefers nodes of
 * low number. About 60 % of the nodes have fewer than 16 neighbours.
 */
export function powerLawGraph(options: PowerLawOptions = {}): PowerLawGraph {
  const { nodes = 100_000, degree = 25, seed = 1 } = options;
  const random = seededRandom(seed);
  const weights = Float64Array.from({ length: nodes }, () =>
    // 1 - unit() is above 0.
    powerLawWeight(1 - random.unit()),
  );
  const scale = (degree * nodes) / weights.reduce((sum, one) => sum + one, 0);
  const rowPtr = new Uint32Array(nodes + 1);
  for (let node = 0; node < nodes; node++) {
    const rounded = Math.floor(weights[node] * scale + random.unit());
    rowPtr[node + 1] = rowPtr[node] + (node % lonelyEvery === 0 ? 0 : rounded);
  }
  const colIdx = Uint32Array.from({ length: rowPtr[nodes] }, () =>
    Math.floor(random.unit() ** 2 * nodes),
  );
  const extent = new Uint32Array(2 * nodes);
  for (let node = 0; node < nodes; node++) {
    extent.set(rowPtr.subarray(node, node + 2), 2 * node);
  }
  return { nodes, rowPtr, colIdx, extent };
}

/** Uniform seeds, with repetition. */
export function uniformSeeds(graph: PowerLawGraph, count: number, random: Random): Uint32Array {
  return Uint32Array.from({ length: count }, () => random.integer(0, graph.nodes - 1));
}

export interface SamplerRun {
  readonly workload: EncodedWorkload;
  /** Ids that the run puts out, the absent ones not counted: min(fanout, degree) a seed. */
  readonly edges: number;
}

/** A run of a built neighbor_sample over `count` uniform seeds of the graph; default 2,048. */
export function samplerRun(
  kernel: BuiltKernel,
  graph: PowerLawGraph,
  { count = 2048, seed = 1 }: { readonly count?: number; readonly seed?: number } = {},
): SamplerRun {
  const { fanout, replace } = kernel.manifest.parameters;
  const random = seededRandom(seed);
  const seeds = uniformSeeds(graph, count, random);
  const drawn = (node: number) => {
    const degree = graph.rowPtr[node + 1] - graph.rowPtr[node];
    return replace === 1 ? (degree === 0 ? 0 : fanout) : Math.min(fanout, degree);
  };
  const workload = encodeWorkload(kernel.manifest, {
    seeds,
    extent: graph.extent,
    colIdx: graph.colIdx,
    samples: count * Math.ceil(fanout / idsABeat) * idsABeat,
    count,
    key: random.integer(0, absent),
    hop: 1,
  });
  return { workload, edges: seeds.reduce((sum, node) => sum + drawn(node), 0) };
}
