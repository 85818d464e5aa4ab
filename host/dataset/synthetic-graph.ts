import { TilewrightError } from '../../codegen/support/errors.ts';
import type { GraphPart } from '../graph/write-graph.ts';
import { uniform } from './uniform.ts';

export interface SyntheticGraphOptions {
  readonly nodes: number;
  /** Exactly so many. */
  readonly edges: number;
  /** Features of a node: a multiple of 32, at most 256. Default 64. */
  readonly columns?: number;
  /** Default 1. The same options give the same graph. */
  readonly seed?: number;
  /** Told of the nodes that have been made. */
  readonly onProgress?: (nodes: number) => void;
}

/** The exponent of the degrees' tail: P(degree > x) falls as x^-1.5. */
const tail = 1.5;
const largestWeight = 2000;
/** Every so many nodes one is without neighbours. */
export const lonelyEvery = 997;

/** The share of edges of a node. @param uniform above 0, up to 1. */
export function powerLawWeight(uniform: number): number {
  return Math.min(largestWeight, uniform ** (-1 / tail));
}

/** Nodes that are made together, and what is in memory of the graph. */
const partNodes = 1 << 14;

const weighedTogether = 1 << 20;
const noNodes: GraphPart = {
  degrees: new Uint32Array(0),
  colIdx: new Uint32Array(0),
  features: new Int16Array(0),
};

/** The weights of all nodes in order; a second call gives the same again. */
function* weightsOf(nodes: number, seed: number): Generator<number> {
  const random = uniform(seed);
  for (let node = 0; node < nodes; node++) {
    const weight = powerLawWeight(1 - random());
    yield node % lonelyEvery === 0 && nodes > 1 ? 0 : weight;
  }
}

/**
 * A random graph in parts for `writeGraph`, as the benches use: degrees follow a power law (weights u^(-1/1.5) capped
 * at 2,000, every 997th node without neighbours), neighbour ⌊v²·n⌋ of uniform v prefers nodes of low number, and
 * features are uniform 16-bit integers. Only a part of it is ever in memory.
 * @throws TilewrightError `GRAPH_PART` for sizes that make no graph.
 */
export function* syntheticGraph(options: SyntheticGraphOptions): Generator<GraphPart> {
  const { nodes, edges, columns = 64, seed = 1, onProgress } = options;
  const count = (value: number, least: number) => Number.isSafeInteger(value) && value >= least;
  if (!count(nodes, 1) || !count(edges, 0) || nodes >= 0xffffffff || edges > 0xffffffff) {
    throw new TilewrightError(`there is no graph of ${nodes} nodes and ${edges} edges`, {
      code: 'GRAPH_PART',
      hint: 'Give whole numbers below 2^32, at least one node.',
    });
  }
  let total = 0;
  let weighed = 0;
  for (const weight of weightsOf(nodes, seed)) {
    total += weight;
    weighed += 1;
    // Parts of no nodes, so that who writes them can be stopped meanwhile.
    if (weighed % weighedTogether === 0) yield noNodes;
  }
  const weights = weightsOf(nodes, seed);
  const neighbour = uniform(seed ^ 0x5bd1e995);
  const feature = uniform(seed ^ 0x27d4eb2f);
  let [sum, place] = [0, 0];
  for (let first = 0; first < nodes; first += partNodes) {
    const part = Math.min(partNodes, nodes - first);
    const degrees = new Uint32Array(part);
    const before = place;
    for (let at = 0; at < part; at++) {
      sum += weights.next().value ?? 0;
      // The places are rounded, not the degrees, so that the edges are as many as were asked for.
      const end = first + at === nodes - 1 ? edges : Math.floor((edges * sum) / total);
      degrees[at] = end - place;
      place = end;
    }
    const colIdx = new Uint32Array(place - before);
    for (let at = 0; at < colIdx.length; at++) colIdx[at] = Math.floor(neighbour() ** 2 * nodes);
    const words = new Uint32Array((part * columns) / 2);
    for (let at = 0; at < words.length; at++) words[at] = Math.floor(feature() * 2 ** 32);
    yield { degrees, colIdx, features: new Int16Array(words.buffer) };
    onProgress?.(first + part);
  }
}
