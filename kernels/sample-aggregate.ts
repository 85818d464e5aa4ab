import {
  type Int,
  kernel,
  type Parameters,
  type ParameterValues,
  pipeline,
  type Random,
  type ReadPort,
  readMemories,
  readMemory,
  type Stream,
  scalar,
  signed,
  stream,
  u3,
  u6,
  u7,
  u32,
  type Vec,
  vec,
  vecOf,
  type WritePort,
  writeMemories,
  writeMemory,
} from 'tilewright/language';
import {
  confirmResults,
  divide,
  type P as MeanParameters,
  requestResults,
  type Sum,
  sendResults,
} from './mean-aggregate.ts';
import { absent, drawGraph, idsABeat, requestSeeds, unpackSeeds } from './neighbor-sample.ts';
import { lanesOf, sumOf, sumRows } from './parts/feature-ports.ts';
import { sampleRows } from './parts/sample-rows.ts';
import { confirmCounts, confirmSums, requestSums, sendSums, storeCounts } from './sum-aggregate.ts';

export const parameters = {
  fanout: { default: 16, min: 1, max: 64, help: 'neighbours drawn for each seed' },
  fanout2: { default: 16, min: 1, max: 64, help: 'neighbours drawn for each of those (hops=2)' },
  hops: { default: 1, values: [1, 2], help: 'layers of sampling and of means' },
  elementBits: { default: 16, values: [8, 16], help: 'bits of one feature' },
  rowBeats: { default: 2, min: 1, max: 8, help: '64-byte beats of one feature row' },
  featurePorts: {
    default: 1,
    values: [1, 2, 4],
    help: 'memories that the feature rows are dealt to',
  },
  engines: {
    default: 0,
    min: 0,
    max: 4,
    help: 'draws a cycle; 0: as many as the features can take',
  },
  replace: { default: 0, values: [0, 1], help: '1 draws with replacement' },
  partial: { default: 0, values: [0, 1], help: '1 gives sums and counts of the nodes of a tile' },
} satisfies Parameters;

type P = ParameterValues<typeof parameters>;
/** The rows of the first hop as single nodes, for the second; absent ones too, so that each row has as many. */
function spread(
  fanout: number,
  count: u32,
  sampled: Stream<Vec<u32>>,
  nodes: Stream<u32>,
  found: Stream<u7>,
): void {
  let beat = vec(u32, idsABeat, () => 0);
  let at = u6(0);
  let before = u7(0);
  for (let i = 0; i < count * fanout; i++) {
    pipeline();
    if ((at & 15) === 0) beat = sampled.read();
    const node = beat[at & 15];
    nodes.write(node);
    const present = u7(before + (node !== absent ? 1 : 0));
    const last = at === fanout - 1;
    if (last) found.write(present);
    before = u7(last ? 0 : present);
    at = u6(last ? 0 : at + 1);
  }
}

/** Adds the means of the nodes of a row; those of absent nodes are 0. */
function sumMeans(
  p: P,
  count: u32,
  found: Stream<u7>,
  means: Stream<Vec<Int>>,
  totals: Stream<Sum>,
): void {
  const lanes = lanesOf(p);
  const total = signed(p.elementBits + 6);
  const rowLanes = p.rowBeats * lanes;
  let partial = vec(total, rowLanes, () => 0);
  let present = u7(0);
  let beat = u3(0);
  let slot = u6(0);
  for (let i = 0; i < count * (p.fanout * p.rowBeats); i++) {
    pipeline();
    const row = means.read();
    const head = vec(total, lanes, (l) => total(partial[l] + row[l]));
    const rowEnds = beat === p.rowBeats - 1;
    const emit = slot === p.fanout - 1;
    if (emit) {
      if (beat === 0) present = found.read();
      totals.write({ total: head, count: present });
    }
    partial = vec(total, rowLanes, (l) =>
      l < rowLanes - lanes ? partial[l + lanes] : emit ? 0 : head[l - (rowLanes - lanes)],
    );
    beat = u3(rowEnds ? 0 : beat + 1);
    if (rowEnds) slot = u6(emit ? 0 : slot + 1);
  }
}

/** Draws a cycle that keep the feature ports busy where all lists are drawn from. */
function enginesOf(p: P): number {
  return p.engines === 0 ? Math.min(4, Math.ceil(p.featurePorts / p.rowBeats)) : p.engines;
}

function meansOf(p: MeanParameters, rows: u32, totals: Stream<Sum>): Stream<Vec<Int>> {
  const means = stream(vecOf(signed(p.elementBits), lanesOf(p)));
  divide(p, rows, lanesOf(p), totals, means);
  return means;
}

/** The layer below: of each node, absent or not, the mean over its own neighbours. */
function innerMeans(
  p: P,
  rows: u32,
  key: u32,
  nodes: Stream<u32>,
  extent: ReadPort<u32>,
  colIdx: ReadPort<u32>,
  features: readonly ReadPort<Int>[],
): Stream<Vec<Int>> {
  const inner = { ...p, fanout: p.fanout2 };
  const all = { firstNode: u32(0), nodes: u32(absent) };
  const sampled = sampleRows(inner, enginesOf(p), rows, key, u32(2), nodes, extent, colIdx);
  return meansOf(inner, rows, sumRows(p, p.fanout2, rows, all, sampled, features));
}

function writeMeans(
  p: MeanParameters,
  rows: u32,
  means: Stream<Vec<Int>>,
  results: WritePort<Int>,
): void {
  requestResults(p, rows, results);
  sendResults(p, rows, means, results);
  confirmResults(rows, results);
}

/** The rows of `sums` are written as sum_aggregate writes them. */
function writeSums(
  p: MeanParameters,
  rows: u32,
  totals: Stream<Sum>,
  results: WritePort<Int>,
  counts: WritePort<u32>,
): void {
  const found = stream(u7);
  requestSums(p, rows, results);
  sendSums(p, rows, totals, found, results);
  confirmSums(rows, results);
  storeCounts(rows, found, counts);
  confirmCounts(rows, counts);
}

/** Feature rows of random values, dealt to the ports: row r is row r div ports of port r mod ports. */
function drawFeatures(p: P, random: Random, rows: number): Int16Array[] {
  const rowLanes = p.rowBeats * lanesOf(p);
  const limit = 2 ** (p.elementBits - 1);
  const all = Array.from(
    { length: p.featurePorts },
    () => new Int16Array(Math.ceil(rows / p.featurePorts) * rowLanes),
  );
  for (let row = 0; row < rows; row++) {
    const at = Math.floor(row / p.featurePorts) * rowLanes;
    for (let lane = 0; lane < rowLanes; lane++) {
      all[row % p.featurePorts][at + lane] = random.integer(-limit, limit - 1);
    }
  }
  return all;
}

/**
 * sample_aggregate: neighbor_sample and mean_aggregate in one; the ids go from one to the other without
 * passing a memory. With one hop, row s of `results` is the mean of the feature rows of
 * up to `fanout` sampled neighbours of seed s, drawn as hop 1. With two hops, it is the mean over these
 * neighbours of the means over up to `fanout2` neighbours of each, drawn as hop 2, each rounded to an element.
 *
 * With partial = 1, it is the exact sum over those neighbours only that lie in a tile, the nodes from
 * `firstNode` on, `nodes` in number, and `counts` says how many they are: of all tiles, these add up to the
 * whole. Otherwise `firstNode` and `nodes` mean nothing.
 *
 * Shapes: seeds count × u32, packed, 0xFFFFFFFF for none; extent nodes × {begin, end} and colIdx
 * edges × u32, the same of each hop or not; features: row r in port r mod featurePorts, there row
 * r div featurePorts, of rowBeats beats (counted from the tile's first node where partial = 1); results
 * count × rowBeats beats; where partial = 1 twice as many, and counts, both as sum_aggregate writes them.
 */
export default kernel({
  name: 'sample_aggregate',
  summary: "mean of the features of each seed's sampled neighbours, over one hop or two",
  parameters,
  refuse: (p) =>
    p.partial === 1 && p.hops === 2
      ? 'the sums of a tile are sums of features, and a second layer takes means of whole lists; ' +
        'sample the first hop with neighbor_sample, then take partial=1 with hops=1'
      : undefined,
  arguments: (p) => ({
    seeds: readMemory(u32),
    extent: readMemories(p.hops, u32),
    colIdx: readMemories(p.hops, u32, { outstanding: 128 }),
    features: readMemories(p.featurePorts, signed(p.elementBits), { outstanding: 128 }),
    results: writeMemory(signed(p.elementBits * (1 + p.partial))),
    counts: writeMemories(p.partial, u32),
    count: scalar(u32),
    key: scalar(u32),
    firstNode: scalar(u32),
    nodes: scalar(u32),
  }),
  dataflow(p, { seeds, extent, colIdx, features, results, counts, count, key, firstNode, nodes }) {
    const seedIds = stream(u32);
    requestSeeds(count, seeds);
    unpackSeeds(count, seeds, seedIds);
    const tile = { firstNode, nodes };
    if (p.hops === 1) {
      const sampled = sampleRows(
        p,
        enginesOf(p),
        count,
        key,
        u32(1),
        seedIds,
        extent[0],
        colIdx[0],
      );
      const totals = sumRows(p, p.fanout, count, tile, sampled, features);
      if (p.partial === 1) writeSums(p, count, totals, results, counts[0]);
      else writeMeans(p, count, meansOf(p, count, totals), results);
    } else {
      const neighbours = stream(u32);
      // Seeds whose neighbours are on the way: through two round trips and the queues between.
      const found = stream(u7, { depth: 512 });
      const totals = stream(sumOf(p));
      const first = sampleRows(p, 1, count, key, u32(1), seedIds, extent[0], colIdx[0]);
      spread(p.fanout, count, first, neighbours, found);
      const inner = innerMeans(
        p,
        u32(count * p.fanout),
        key,
        neighbours,
        extent[1],
        colIdx[1],
        features,
      );
      sumMeans(p, count, found, inner, totals);
      writeMeans(p, count, meansOf(p, count, totals), results);
    }
  },
  rows: (p) => ({
    count: 'count',
    elements: {
      seeds: 1,
      results: p.rowBeats * lanesOf(p),
      ...(p.partial === 1 ? { counts_0: 1 } : {}),
    },
    blank: {
      when: { seeds: absent },
      gives: { results: 0, ...(p.partial === 1 ? { counts_0: 0 } : {}) },
    },
  }),
  workload(p, random, size) {
    const graph = drawGraph({ fanout: Math.max(p.fanout, p.fanout2) }, random, size);
    const { seeds, extent, colIdx, count, key } = graph;
    const hops = Array.from({ length: p.hops }, (_, hop) => hop);
    const firstNode = random.integer(0, graph.nodes - 1);
    const nodes = random.integer(1, graph.nodes - firstNode);
    return {
      seeds,
      extent: hops.map(() => extent),
      colIdx: hops.map(() => colIdx),
      features: drawFeatures(p, random, p.partial === 1 ? nodes : graph.nodes),
      results: size * p.rowBeats * lanesOf(p),
      counts: p.partial === 1 ? [size] : [],
      count,
      key,
      firstNode: p.partial * firstNode,
      nodes: p.partial * nodes,
    };
  },
});
