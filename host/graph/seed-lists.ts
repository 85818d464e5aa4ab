import { TilewrightError } from '../../codegen/support/errors.ts';
import { type ByteSource, memorySource } from './byte-source.ts';
import { type GraphSource, readPlaces, readWords } from './graph-source.ts';
import { allRows, sortedRows } from './stable-sort.ts';

/** The lists of the nodes that are sampled for, as if they were the nodes of a graph: number k is the k-th seed. */
export interface SeedLists
  extends Pick<GraphSource, 'name' | 'nodes' | 'edges' | 'rowPtr' | 'colIdx' | 'ids'> {
  /** Whether they are the nodes of the graph, all and in order. */
  readonly all: boolean;
  /** The node that a seed is. */
  nodeAt(seed: number): number;
}

/** Every node of a graph as a seed. */
export function allSeeds(graph: GraphSource): SeedLists {
  const { name, nodes, edges, rowPtr, colIdx, ids } = graph;
  return { name, nodes, edges, rowPtr, colIdx, ids, all: true, nodeAt: (seed) => seed };
}

/** Nodes whose places, or numbers of before, are read together. */
const window = 1 << 12;
/** Ranges of lists that are asked for at once. */
const readsAtOnce = 64;

function checkSeeds(graph: GraphSource, seeds: Uint32Array): void {
  if (!(seeds instanceof Uint32Array)) {
    throw new TilewrightError('seeds must be a Uint32Array', {
      code: 'SEEDS',
      hint: 'Write seeds: Uint32Array.from(nodes).',
    });
  }
  const at = seeds.findIndex((node) => node >= graph.nodes);
  if (at < 0) return;
  throw new TilewrightError(
    `seed ${at} is node ${seeds[at]}, and ${graph.name} has ${graph.nodes} nodes`,
    {
      code: 'NODE_UNKNOWN',
      hint: `Seeds are counted from 0, and so are nodes: the last one is ${graph.nodes - 1}.`,
      details: { seed: at },
    },
  );
}

interface Begun {
  /** Where the list of each seed begins in the colIdx of the graph. */
  readonly begins: Uint32Array;
  /** Where it would begin if the lists of all seeds lay one behind the other: one place more than seeds. */
  readonly rowPtr: Uint32Array;
  readonly ids: Uint32Array;
}

/** Goes through the nodes in their order, so that what lies together is read together. */
async function readBegun(
  graph: GraphSource,
  seeds: Uint32Array,
  signal: AbortSignal | undefined,
): Promise<Begun> {
  const begins = new Uint32Array(seeds.length);
  const degrees = new Uint32Array(seeds.length);
  const ids = seeds.slice();
  const order = sortedRows(allRows(seeds.length), seeds);
  for (let next = 0; next < order.length; ) {
    signal?.throwIfAborted();
    const first = seeds[order[next]];
    const count = Math.min(window, graph.nodes - first);
    const places = await readPlaces(graph, first, count);
    const before = graph.ids && (await readWords(graph.ids, first, count));
    for (; next < order.length && seeds[order[next]] < first + count; next++) {
      const seed = order[next];
      const at = seeds[seed] - first;
      begins[seed] = places[at];
      degrees[seed] = places[at + 1] - places[at];
      if (before !== undefined) ids[seed] = before[at];
    }
  }
  const rowPtr = new Uint32Array(seeds.length + 1);
  let edges = 0;
  for (let seed = 0; seed < seeds.length; seed++) {
    edges += degrees[seed];
    rowPtr[seed + 1] = edges;
  }
  if (edges > 0xffffffff) {
    throw new TilewrightError(`the lists of the seeds have ${edges} neighbours together`, {
      code: 'PLAN_TOO_LARGE',
      hint: 'Give fewer seeds at a time: places are 32-bit numbers.',
    });
  }
  return { begins, rowPtr, ids };
}

/** The lists of seeds one behind the other, read where they lie in the graph. */
class GatheredLists implements ByteSource {
  readonly name: string;
  readonly bytes: number;
  readonly #lists: ByteSource;
  readonly #begun: Begun;

  constructor(lists: ByteSource, begun: Begun) {
    this.name = lists.name;
    this.bytes = 4 * (begun.rowPtr.at(-1) ?? 0);
    this.#lists = lists;
    this.#begun = begun;
  }

  async read(target: Uint8Array, offset: number): Promise<void> {
    let reads: Promise<void>[] = [];
    for (const [from, to, length] of this.#ranges(offset, offset + target.byteLength)) {
      const part = target.subarray(from - offset, from - offset + length);
      reads.push(this.#lists.read(part, to));
      if (reads.length < readsAtOnce) continue;
      await Promise.all(reads);
      reads = [];
    }
    await Promise.all(reads);
  }

  /** Of what lies here from `start` to `end`: where it is here, where in the graph, and how long. */
  *#ranges(start: number, end: number): Generator<readonly [number, number, number]> {
    const { begins, rowPtr } = this.#begun;
    let [from, to, length] = [start, 0, 0];
    for (let seed = this.#seedOf(start / 4); from + length < end; seed++) {
      const skipped = Math.max(0, start - 4 * rowPtr[seed]);
      const found = 4 * begins[seed] + skipped;
      const bytes = Math.min(end, 4 * rowPtr[seed + 1]) - 4 * rowPtr[seed] - skipped;
      if (bytes === 0) continue;
      if (length > 0 && found !== to + length) {
        yield [from, to, length];
        [from, length] = [from + length, 0];
      }
      if (length === 0) to = found;
      length += bytes;
    }
    if (length > 0) yield [from, to, length];
  }

  /** The seed in whose list a place is. */
  #seedOf(place: number): number {
    const { rowPtr } = this.#begun;
    let [low, high] = [0, rowPtr.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (rowPtr[middle] <= place) low = middle;
      else high = middle;
    }
    return low;
  }

  async close(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}
}

/**
 * Some nodes of a graph as seeds, in any order, any of them as often as wanted. Their places are in memory, 12 bytes
 * a seed; their lists are read when they are needed.
 * @throws TilewrightError `SEEDS` for another kind of list; `NODE_UNKNOWN` naming the first seed that is no node.
 */
export async function seedLists(
  graph: GraphSource,
  seeds: Uint32Array,
  signal?: AbortSignal,
): Promise<SeedLists> {
  checkSeeds(graph, seeds);
  const begun = await readBegun(graph, seeds, signal);
  const lists = new GatheredLists(graph.colIdx, begun);
  return {
    ...{ name: graph.name, nodes: seeds.length, edges: lists.bytes / 4, all: false },
    rowPtr: memorySource(`the places of the seeds in ${graph.rowPtr.name}`, begun.rowPtr),
    colIdx: lists,
    ids: memorySource('the seeds', begun.ids),
    nodeAt: (seed) => seeds[seed],
  };
}
