import {
  any,
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
  sum,
  u1,
  u2,
  u3,
  u4,
  u6,
  u7,
  u10,
  u28,
  u32,
  unroll,
  unsigned,
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
import {
  absent,
  arrange,
  collect,
  draw,
  drawGraph,
  hashDraws,
  hashNodes,
  idsABeat,
  planLists,
  readExtents,
  requestExtents,
  requestLists,
  requestSeeds,
  type P as SampleParameters,
  type Start,
  slotOf,
  type Urn,
  unpackSeeds,
} from './neighbor-sample.ts';
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
type PortSum = Vec<Int>;
/** The nodes whose features count, where partial = 1. */
type Tile = { readonly firstNode: u32; readonly nodes: u32 };
/** A beat of ids for one port: its rows, the lowest lane that is this port's, and the others. */
type Share = {
  readonly rows: Vec<Int>;
  readonly lowest: Vec<u1>;
  readonly others: Vec<u1>;
  /** The last of the run, which may have no lane at all. */
  readonly end: u1;
};
/** Beats that one port reads for a row of ids; a row without any in that port is left out. */
type Group = { readonly beats: u10; readonly end: u1 };
/** Which ports have a sum for a row of ids, and how many ids it has in all. */
type Join = { readonly ports: Vec<u1>; readonly count: u7 };
/** A list that is drawn from: whether its beats are read singly. The last may be none. */
type Turn = { readonly single: u1; readonly present: u1; readonly end: u1 };

type Shape = Pick<P, 'elementBits' | 'rowBeats'>;

function lanesOf(p: Shape): number {
  return 512 / p.elementBits;
}

/** A beat of a sum of up to 64 rows, and their number. */
function sumOf(p: Shape) {
  return { total: vecOf(signed(p.elementBits + 6), lanesOf(p)), count: u7 };
}

/** Deals lists that are drawn from to the engines, one after another; the end goes to all. */
function dealLists(
  count: u32,
  starts: Stream<Start>,
  urns: Stream<Urn>,
  engineStarts: readonly Stream<Start>[],
  engineUrns: readonly Stream<Urn>[],
  turns: Stream<Turn>,
): void {
  const engines = engineStarts.length;
  let at = u3(0);
  let running = u1(count !== 0);
  while (running) {
    pipeline();
    const { start, end } = starts.read();
    const urn = urns.read();
    turns.write({ single: urn.single, present: urn.present, end });
    for (let e = 0; e < engines; e++) {
      unroll();
      const chosen = at === e;
      if (chosen || end) {
        engineStarts[e].write({ start, end });
        engineUrns[e].write({
          ...urn,
          single: u1(chosen && urn.single),
          present: u1(chosen && urn.present),
        });
      }
    }
    at = u3(at === engines - 1 ? 0 : at + 1);
    running = u1(!end);
  }
}

/** What the engines drew, in the order in which the lists were dealt. */
function mergeDraws(
  p: SampleParameters,
  count: u32,
  turns: Stream<Turn>,
  engineSingles: readonly Stream<u28>[],
  enginePicks: readonly Stream<Vec<Int>>[],
  singles: Stream<u28>,
  picks: Stream<Vec<Int>>,
): void {
  const engines = enginePicks.length;
  const slot = slotOf(p);
  let engine = u3(0);
  let draws = u6(0);
  let single = u1(0);
  let present = u1(0);
  let end = u1(0);
  let fresh = u1(1);
  let running = u1(count !== 0);
  while (running) {
    pipeline();
    if (fresh) {
      const turn = turns.read();
      single = turn.single;
      present = turn.present;
      end = turn.end;
    }
    const last = !single || draws === p.fanout - 1;
    let beat = u28(0);
    let row = vec(slot, p.fanout, () => 0);
    for (let e = 0; e < engines; e++) {
      unroll();
      if (engine === e && single) beat = engineSingles[e].read();
      if (engine === e && last && present) row = enginePicks[e].read();
    }
    if (single) singles.write(beat);
    if (last && present) picks.write(row);
    draws = u6(last ? 0 : draws + 1);
    if (last) engine = u3(engine === engines - 1 ? 0 : engine + 1);
    fresh = u1(last);
    running = u1(!(last && end));
  }
}

/** `engines` draws a cycle, the rows in the order of the lists. */
function drawInParallel(
  p: SampleParameters,
  engines: number,
  count: u32,
  starts: Stream<Start>,
  urns: Stream<Urn>,
  singles: Stream<u28>,
  picks: Stream<Vec<Int>>,
): void {
  const urn = { begin: u32, bound: u32, single: u1, present: u1, end: u1 };
  const each = { length: engines };
  const engineStarts = Array.from(each, () => stream({ start: u32, end: u1 }, { depth: 8 }));
  const engineUrns = Array.from(each, () => stream(urn, { depth: 8 }));
  const randoms = Array.from(each, () => stream(u32));
  const engineSingles = Array.from(each, () => stream(u28, { depth: 64 }));
  const enginePicks = Array.from(each, () => stream(vecOf(slotOf(p), p.fanout)));
  // Lists that wait before the engines, are drawn in them, or wait behind them.
  const turns = stream({ single: u1, present: u1, end: u1 }, { depth: 64 });
  dealLists(count, starts, urns, engineStarts, engineUrns, turns);
  for (let e = 0; e < engines; e++) {
    hashDraws(p, count, engineStarts[e], randoms[e]);
    draw(p, count, engineUrns[e], randoms[e], engineSingles[e], enginePicks[e]);
  }
  mergeDraws(p, count, turns, engineSingles, enginePicks, singles, picks);
}

/** neighbor_sample without its memories at the ends: nodes in, rows of ids out. */
function sample(
  p: SampleParameters,
  engines: number,
  count: u32,
  key: u32,
  hop: number,
  nodeIds: Stream<u32>,
  extent: ReadPort<u32>,
  colIdx: ReadPort<u32>,
): Stream<Vec<u32>> {
  const places = stream({ lane: u3, present: u1 });
  const nodes = stream(u32);
  // Beside the extents' round trip, of which 64 are in flight.
  const hashes = stream(u32, { depth: 64 });
  const lists = stream({ begin: u32, degree: u32, hash: u32 });
  // A list that is read singly holds up those behind it until it is drawn from.
  const readings = stream({ beat: u28, beats: u7, single: u1 }, { depth: 32 });
  // Some lists ahead, so that the draws have work while short lists come, which need none.
  const starts = stream({ start: u32, end: u1 }, { depth: 16 });
  const urns = stream({ begin: u32, bound: u32, single: u1, present: u1, end: u1 }, { depth: 16 });
  // All rows whose beats are on the way, and some that wait for their draws.
  const plans = stream({ present: u7, offset: u4, beats: u7, drawn: u1 }, { depth: 192 });
  const singles = stream(u28, { depth: 32 });
  // Rows drawn during a memory's latency of some 250 cycles.
  const picks = stream(vecOf(slotOf(p), p.fanout), {
    depth: 8 + Math.ceil((256 * engines) / p.fanout),
  });
  const moves = stream({
    lanes: vecOf(u4, p.fanout),
    hits: vecOf(u1, p.fanout),
    receive: u1,
    first: u1,
    last: u1,
  });
  const sampled = stream(vecOf(u32, idsABeat));
  requestExtents(count, nodeIds, extent, places, nodes);
  hashNodes(count, key, u32(hop), nodes, hashes);
  readExtents(count, extent, places, hashes, lists);
  planLists(p, count, lists, readings, starts, urns, plans);
  if (engines === 1) {
    const randoms = stream(u32);
    hashDraws(p, count, starts, randoms);
    draw(p, count, urns, randoms, singles, picks);
  } else {
    drawInParallel(p, engines, count, starts, urns, singles, picks);
  }
  requestLists(p, count, readings, singles, colIdx);
  arrange(p, count, plans, picks, moves);
  collect(p, count, colIdx, moves, sampled);
  return sampled;
}

/** True for the lanes that have a set lane below them. */
function above(lanes: Vec<u1>): Vec<u1> {
  return vec(u1, idsABeat, (l) => (l === 0 ? 0 : any(vec(u1, Math.max(l, 1), (k) => lanes[k]))));
}

/** Sends each id to the port that holds its row, and tells behind the last id of a row what it comes to. */
function split(
  p: P,
  fanout: number,
  rows: u32,
  tile: Tile,
  sampled: Stream<Vec<u32>>,
  shares: readonly Stream<Share>[],
  groups: readonly Stream<Group>[],
  joins: Stream<Join>,
): void {
  const rowParts = Math.ceil(fanout / idsABeat);
  const portBits = Math.log2(p.featurePorts);
  const row = unsigned(32 - portBits);
  let part = u3(0);
  let before = vec(u7, p.featurePorts, () => 0);
  for (let beat = 0; beat < rows * rowParts; beat++) {
    pipeline();
    const ids = sampled.read();
    const last = part === rowParts - 1;
    const end = u1(beat === rows * rowParts - 1);
    const local = p.partial === 1 ? vec(u32, idsABeat, (l) => u32(ids[l] - tile.firstNode)) : ids;
    const present = vec(u1, idsABeat, (l) =>
      p.partial === 1 ? ids[l] !== absent && local[l] < tile.nodes : ids[l] !== absent,
    );
    const total = vec(u7, p.featurePorts, (q) =>
      u7(
        before[q] +
          sum(vec(u1, idsABeat, (l) => present[l] && (local[l] & (p.featurePorts - 1)) === q)),
      ),
    );
    for (let q = 0; q < p.featurePorts; q++) {
      unroll();
      const mine = vec(u1, idsABeat, (l) => present[l] && (local[l] & (p.featurePorts - 1)) === q);
      if (any(mine) || end) {
        const higher = above(mine);
        shares[q].write({
          rows: vec(row, idsABeat, (l) => local[l] >>> portBits),
          lowest: vec(u1, idsABeat, (l) => mine[l] && !higher[l]),
          others: vec(u1, idsABeat, (l) => mine[l] && higher[l]),
          end,
        });
      }
      if (last && (total[q] !== 0 || end)) {
        groups[q].write({ beats: u10(total[q] * p.rowBeats), end });
      }
    }
    if (last) {
      joins.write({
        ports: vec(u1, p.featurePorts, (q) => total[q] !== 0),
        count: u7(sum(total)),
      });
    }
    before = vec(u7, p.featurePorts, (q) => (last ? 0 : total[q]));
    part = u3(last ? 0 : part + 1);
  }
}

/** Requests the rows of one port: the lowest lane that is left, one an iteration, from beat to beat without a gap. */
function gather(p: P, rows: u32, shares: Stream<Share>, features: ReadPort<Int>): void {
  const row = unsigned(32 - Math.log2(p.featurePorts));
  let ids = vec(row, idsABeat, () => 0);
  let lowest = vec(u1, idsABeat, () => 0);
  let others = vec(u1, idsABeat, () => 0);
  let none = u1(1);
  let end = u1(0);
  let running = u1(rows !== 0);
  while (running) {
    pipeline();
    if (none) {
      const share = shares.read();
      ids = share.rows;
      lowest = share.lowest;
      others = share.others;
      end = share.end;
    }
    // The number of the only lane that is set: each of its bits is set in half of the lanes.
    const bit = (n: number) => any(vec(u1, idsABeat, (l) => ((l >> n) % 2 === 1 ? lowest[l] : 0)));
    const lane = u4((u4(bit(3)) << 3) | (u3(bit(2)) << 2) | (u2(bit(1)) << 1) | u1(bit(0)));
    if (any(lowest)) features.request(ids[lane] * p.rowBeats, p.rowBeats);
    none = u1(!any(others));
    running = u1(!(none && end));
    const higher = above(others);
    lowest = vec(u1, idsABeat, (l) => others[l] && !higher[l]);
    others = vec(u1, idsABeat, (l) => others[l] && higher[l]);
  }
}

/** Adds up the rows of one port: one beat an iteration, from row to row without a gap. */
function accumulate(
  p: P,
  rows: u32,
  features: ReadPort<Int>,
  groups: Stream<Group>,
  sums: Stream<PortSum>,
): void {
  const { lanes } = features;
  const total = signed(p.elementBits + 6);
  const rowLanes = p.rowBeats * lanes;
  // The sums of a row's beats rotate: the beat being received is always in the lowest lanes.
  let partial = vec(total, rowLanes, () => 0);
  let left = u10(0);
  let none = u1(1);
  let end = u1(0);
  let running = u1(rows !== 0);
  while (running) {
    pipeline();
    if (none) {
      const group = groups.read();
      left = group.beats;
      end = group.end;
    }
    if (left !== 0) {
      const row = features.receive();
      const head = vec(total, lanes, (l) => partial[l] + row[l]);
      const emit = left <= p.rowBeats;
      if (emit) sums.write(head);
      partial = vec(total, rowLanes, (l) =>
        l < rowLanes - lanes ? partial[l + lanes] : emit ? 0 : head[l - (rowLanes - lanes)],
      );
    }
    none = u1(left <= 1);
    left = u10(none ? 0 : left - 1);
    running = u1(!(none && end));
  }
}

/** Adds what the ports have of each row. */
function join(
  p: P,
  rows: u32,
  joins: Stream<Join>,
  sums: readonly Stream<PortSum>[],
  totals: Stream<Sum>,
): void {
  const lanes = lanesOf(p);
  const type = signed(p.elementBits + 6);
  let ports = vec(u1, p.featurePorts, () => 0);
  let count = u7(0);
  let at = u3(0);
  for (let beat = 0; beat < rows * p.rowBeats; beat++) {
    pipeline();
    if (at === 0) {
      const row = joins.read();
      ports = row.ports;
      count = row.count;
    }
    let total = vec(type, lanes, () => 0);
    for (let q = 0; q < p.featurePorts; q++) {
      unroll();
      if (ports[q]) {
        const part = sums[q].read();
        total = vec(type, lanes, (l) => type(total[l] + part[l]));
      }
    }
    totals.write({ total, count });
    at = u3(at === p.rowBeats - 1 ? 0 : at + 1);
  }
}

/** Rows of ids → exact sums of their feature rows, as mean_aggregate adds them up. */
function sumRows(
  p: P,
  fanout: number,
  rows: u32,
  tile: Tile,
  sampled: Stream<Vec<u32>>,
  features: readonly ReadPort<Int>[],
): Stream<Sum> {
  const row = unsigned(32 - Math.log2(p.featurePorts));
  // Of n ids a port gets n / ports, give or take √n: the ports drift apart like a random walk, and one that
  // is ahead needs ids before it and room for sums behind it. With 64 rows of both less than 1 % is lost.
  const ahead = p.featurePorts === 1 ? 32 : 64;
  const share = {
    rows: vecOf(row, idsABeat),
    lowest: vecOf(u1, idsABeat),
    others: vecOf(u1, idsABeat),
    end: u1,
  };
  const shares = features.map(() => stream(share, { depth: ahead }));
  // Each row of the ids above, and each burst in flight, may be a row of its own.
  const groups = features.map(() => stream({ beats: u10, end: u1 }, { depth: 256 }));
  const sums = features.map(() =>
    stream(sumOf(p).total, { depth: p.featurePorts === 1 ? 2 : ahead * p.rowBeats }),
  );
  const joins = stream({ ports: vecOf(u1, p.featurePorts), count: u7 }, { depth: 512 });
  const totals = stream(sumOf(p));
  split(p, fanout, rows, tile, sampled, shares, groups, joins);
  for (let q = 0; q < p.featurePorts; q++) {
    gather(p, rows, shares[q], features[q]);
    accumulate(p, rows, features[q], groups[q], sums[q]);
  }
  join(p, rows, joins, sums, totals);
  return totals;
}

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
  const sampled = sample(inner, enginesOf(p), rows, key, 2, nodes, extent, colIdx);
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
      const sampled = sample(p, enginesOf(p), count, key, 1, seedIds, extent[0], colIdx[0]);
      const totals = sumRows(p, p.fanout, count, tile, sampled, features);
      if (p.partial === 1) writeSums(p, count, totals, results, counts[0]);
      else writeMeans(p, count, meansOf(p, count, totals), results);
    } else {
      const neighbours = stream(u32);
      // Seeds whose neighbours are on the way: through two round trips and the queues between.
      const found = stream(u7, { depth: 512 });
      const totals = stream(sumOf(p));
      const first = sample(p, 1, count, key, 1, seedIds, extent[0], colIdx[0]);
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
