import fc from 'fast-check';
import { deviceCsr } from '../../host/graph/csr.ts';
import { type GraphArrays, openGraph } from '../../host/graph/graph-source.ts';
import type { GraphPart } from '../../host/graph/write-graph.ts';
import { seededRandom } from '../../host/recommender/random.ts';
import {
  openTwoHop,
  type StreamOptions,
  stream,
  type TileResult,
} from '../../host/stream/index.ts';
import { PlainDevice, plainKernels } from './plain-device.ts';

export interface GraphShape {
  readonly nodes: number;
  /** Lists have up to so many neighbours, and every seventh has none. */
  readonly most: number;
  readonly columns: number;
  readonly seed: number;
}

export function randomArrays({ nodes, most, columns, seed }: GraphShape): GraphArrays {
  const random = seededRandom(seed, 'graph');
  const lists = Array.from({ length: nodes }, (_, node) =>
    node % 7 === 3 ? [] : Array.from({ length: random.below(most + 1) }, () => random.below(nodes)),
  );
  const rowPtr = new Uint32Array(nodes + 1);
  lists.forEach((list, node) => {
    rowPtr[node + 1] = rowPtr[node] + list.length;
  });
  const features = new Int16Array(nodes * columns).map(() => random.below(65536) - 32768);
  return { rowPtr, colIdx: Uint32Array.from(lists.flat()), features, columns };
}

export const graphShapes: fc.Arbitrary<GraphShape> = fc.record({
  nodes: fc.integer({ min: 1, max: 90 }),
  most: fc.integer({ min: 0, max: 60 }),
  columns: fc.constantFrom(32, 64, 96),
  seed: fc.nat(),
});

/** The means of the graph as a whole, by the plain kernels on one device that holds all of it. */
export async function untiled(
  { rowPtr, colIdx, features, columns }: GraphArrays,
  fanout: number,
  key: number,
): Promise<Int16Array> {
  const csr = deviceCsr({ nodes: rowPtr.length - 1, rowPtr, colIdx });
  const kernels = plainKernels({ fanout, rowBeats: columns / 32 });
  await using hops = await openTwoHop(new PlainDevice(), kernels, csr, features, columns);
  return (await hops.all(key)).h1;
}

export async function collect(results: AsyncIterable<TileResult>): Promise<Int16Array> {
  const means: number[] = [];
  for await (const result of results) means.push(...result.means);
  return Int16Array.from(means);
}

/** The graph in parts of so many nodes, as `writeGraph` takes it. */
export function* partsOf(arrays: GraphArrays, nodes: number): Generator<GraphPart> {
  const { rowPtr, colIdx, features, columns } = arrays;
  const all = rowPtr.length - 1;
  for (let first = 0; first < all; first += nodes) {
    const end = Math.min(all, first + nodes);
    yield {
      degrees: Uint32Array.from({ length: end - first }, (_, at) => {
        return rowPtr[first + at + 1] - rowPtr[first + at];
      }),
      colIdx: colIdx.slice(rowPtr[first], rowPtr[end]),
      features: features.slice(first * columns, end * columns),
    };
  }
}

/** A graph whose parts were made for `writeGraph`, in memory. */
export function arraysOf(parts: readonly GraphPart[], columns: number): GraphArrays {
  const degrees = parts.flatMap((part) => [...part.degrees]);
  // Copied as a whole: a large graph has millions of numbers.
  const joined = <T extends Uint32Array | Int16Array>(
    all: readonly T[],
    into: (n: number) => T,
  ) => {
    const whole = into(all.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of all) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  };
  const rowPtr = new Uint32Array(degrees.length + 1);
  degrees.forEach((degree, node) => {
    rowPtr[node + 1] = rowPtr[node] + degree;
  });
  return {
    rowPtr,
    colIdx: joined(
      parts.map((part) => part.colIdx),
      (length) => new Uint32Array(length),
    ),
    features: joined(
      parts.map((part) => part.features),
      (length) => new Int16Array(length),
    ),
    columns,
  };
}

/** What the error of a plan that cannot fit says would do. */
export async function smallestBank(
  arrays: GraphArrays,
  options: Omit<StreamOptions, 'bankBytes'>,
): Promise<number> {
  await using graph = await openGraph(arrays);
  const error = await stream(graph, { ...options, bankBytes: 1 })
    .next()
    .then(
      () => undefined,
      (thrown) => thrown,
    );
  if (error?.code !== 'PLAN_TOO_LARGE') throw error ?? new Error('it fits into one byte');
  return error.details.bytes;
}
