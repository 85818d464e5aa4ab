import { setImmediate } from 'node:timers/promises';
import type { Csr } from './csr.ts';
import type { GraphHeader } from './graph-source.ts';
import { type GraphSource, readPlaces, readWords, unknownNode } from './graph-source.ts';
import { allRows, sortedRows } from './stable-sort.ts';
import { type GraphPart, writeGraph } from './write-graph.ts';

export const nodeOrders = ['degree', 'community'] as const;
/**
 * `degree`: nodes that many lists name come first, so that most neighbours lie in the first tiles.
 * `community`: nodes whose lists name each other come together, so that most lie in the seeds' own tile.
 */
export type NodeOrder = (typeof nodeOrders)[number];

/** Rounds after which labels have settled as far as they will, or nearly so. */
const mostRounds = 10;
/** How far a renumbering is; `nodes` of them all are done in this step. */
export type ReorderProgress =
  | { readonly step: 'label'; readonly round: number; readonly nodes: number }
  | { readonly step: 'write'; readonly nodes: number };

export interface ReorderOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ReorderProgress) => void) | undefined;
}

/** Nodes that get their labels before signals are heard again. */
const nodesAtATime = 1 << 16;

/** How many lists name each node. */
function namedBy({ nodes, colIdx }: Csr): Uint32Array {
  const named = new Uint32Array(nodes);
  for (let at = 0; at < colIdx.length; at++) named[colIdx[at]] += 1;
  return named;
}

/**
 * Labels that spread along the lists: each node takes the one that most of its neighbours have, its own where
 * that is as frequent, the smallest otherwise. Nodes in turn, so that it ends in few rounds.
 */
async function spreadLabels(
  { nodes, rowPtr, colIdx }: Csr,
  { signal, onProgress }: ReorderOptions,
): Promise<Uint32Array> {
  const labels = allRows(nodes);
  const votes = new Uint32Array(nodes);
  for (let round = 0, changed = 1; round < mostRounds && changed > 0; round++) {
    changed = 0;
    for (let node = 0; node < nodes; node++) {
      if (node % nodesAtATime === 0) {
        // A large graph takes minutes, in which nobody could stop it otherwise.
        await setImmediate();
        signal?.throwIfAborted();
        onProgress?.({ step: 'label', round: round + 1, nodes: node });
      }
      const own = labels[node];
      const list = colIdx.subarray(rowPtr[node], rowPtr[node + 1]);
      for (const id of list) votes[labels[id]] += 1;
      let best = own;
      for (const id of list) {
        const label = labels[id];
        const more = votes[label] - votes[best];
        if (more > 0 || (more === 0 && best !== own && label < best)) best = label;
      }
      for (const id of list) votes[labels[id]] = 0;
      if (best === own) continue;
      labels[node] = best;
      changed += 1;
    }
  }
  return labels;
}

/**
 * The nodes in an order that brings neighbours together: entry r is the node that becomes node r. Time
 * grows with the edges.
 * @throws the reason of `signal` when that is aborted.
 */
export async function nodeOrder(
  csr: Csr,
  by: NodeOrder,
  options: ReorderOptions = {},
): Promise<Uint32Array> {
  const rows = allRows(csr.nodes);
  if (by === 'community') return sortedRows(rows, await spreadLabels(csr, options));
  // Most first: the complement sorts the other way round.
  return sortedRows(
    rows,
    namedBy(csr).map((times) => ~times),
  );
}

/** Features that are put together at a time: the more, the seldomer a file is gone through. */
const partBytes = 2 ** 25;
/** Features that are read at once: most of them belong to other parts, and reading them is less than asking again. */
const windowBytes = 2 ** 20;

/** The features of some nodes, read in the order in which they lie. */
async function rowsOf(
  { columns, features, nodes: all }: GraphSource,
  nodes: Uint32Array,
  signal: AbortSignal | undefined,
): Promise<Int16Array> {
  const rows = new Int16Array(nodes.length * columns);
  const most = Math.floor(windowBytes / (2 * columns));
  const window = new Int16Array(most * columns);
  const order = sortedRows(allRows(nodes.length), nodes);
  for (let next = 0; next < order.length; ) {
    signal?.throwIfAborted();
    const first = nodes[order[next]];
    const count = Math.min(most, all - first);
    await features.read(new Uint8Array(window.buffer, 0, 2 * columns * count), 2 * columns * first);
    for (; next < order.length && nodes[order[next]] < first + count; next++) {
      const from = (nodes[order[next]] - first) * columns;
      rows.set(window.subarray(from, from + columns), order[next] * columns);
    }
  }
  return rows;
}

async function* renumbered(
  graph: GraphSource,
  csr: Csr,
  order: Uint32Array,
  ids: Uint32Array,
  { signal, onProgress }: ReorderOptions,
): AsyncGenerator<GraphPart> {
  const { rowPtr, colIdx } = csr;
  const numbers = new Uint32Array(order.length);
  for (let at = 0; at < order.length; at++) numbers[order[at]] = at;
  const partNodes = Math.floor(partBytes / (2 * graph.columns));
  for (let first = 0; first < order.length; first += partNodes) {
    const nodes = order.subarray(first, first + partNodes);
    const degrees = Uint32Array.from(nodes, (node) => rowPtr[node + 1] - rowPtr[node]);
    const lists = new Uint32Array(degrees.reduce((sum, degree) => sum + degree, 0));
    let place = 0;
    for (const node of nodes) {
      for (let at = rowPtr[node]; at < rowPtr[node + 1]; at++) lists[place++] = numbers[colIdx[at]];
    }
    onProgress?.({ step: 'write', nodes: first });
    yield {
      degrees,
      colIdx: lists,
      features: await rowsOf(graph, nodes, signal),
      ids: Uint32Array.from(nodes, (node) => ids[node]),
    };
  }
}

/**
 * Writes a graph with its nodes renumbered, for more locality between tiles. Nodes keep the number that they are
 * sampled by, so that each has the same samples and the same mean as before, in another place. Lists and
 * places are in memory meanwhile, features are not.
 * @throws TilewrightError as `writeGraph`, and for files of `graph` that change.
 */
export async function reorderGraph(
  graph: GraphSource,
  by: NodeOrder,
  folder: string,
  options: ReorderOptions = {},
): Promise<GraphHeader> {
  const { nodes, edges, columns, scale } = graph;
  const csr = {
    nodes,
    rowPtr: await readPlaces(graph, 0, nodes),
    colIdx: await readWords(graph.colIdx, 0, edges),
  };
  const wrong = csr.colIdx.findIndex((id) => id >= nodes);
  if (wrong >= 0) throw unknownNode(graph, `edge ${wrong}`, csr.colIdx[wrong]);
  const ids = graph.ids === undefined ? allRows(nodes) : await readWords(graph.ids, 0, nodes);
  const order = await nodeOrder(csr, by, options);
  const parts = renumbered(graph, csr, order, ids, options);
  return writeGraph(folder, parts, { columns, scale, signal: options.signal });
}
