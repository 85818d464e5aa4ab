import {
  any,
  type Int,
  pipeline,
  type ReadPort,
  type Stream,
  signed,
  stream,
  sum,
  u1,
  u2,
  u3,
  u4,
  u7,
  u10,
  u32,
  unroll,
  unsigned,
  type Vec,
  vec,
  vecOf,
} from 'tilewright/language';
import type { Sum } from '../mean-aggregate.ts';
import { absent, idsABeat } from '../neighbor-sample.ts';

/** What the features of a kernel look like. */
export type Shape = { readonly elementBits: number; readonly rowBeats: number };
/** The same, and where they lie. */
export type Ports = Shape & { readonly featurePorts: number; readonly partial: number };

export function lanesOf(p: Shape): number {
  return 512 / p.elementBits;
}

/** A beat of a sum of up to 64 rows, and their number. */
export function sumOf(p: Shape) {
  return { total: vecOf(signed(p.elementBits + 6), lanesOf(p)), count: u7 };
}

type PortSum = Vec<Int>;
/** The nodes whose features count, where partial = 1. */
export type Tile = { readonly firstNode: u32; readonly nodes: u32 };
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
/** True for the lanes that have a set lane below them. */
function above(lanes: Vec<u1>): Vec<u1> {
  return vec(u1, idsABeat, (l) => (l === 0 ? 0 : any(vec(u1, Math.max(l, 1), (k) => lanes[k]))));
}

/** Sends each id to the port that holds its row, and tells behind the last id of a row what it comes to. */
function split(
  p: Ports,
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
function gather(p: Ports, rows: u32, shares: Stream<Share>, features: ReadPort<Int>): void {
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
  p: Ports,
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
  p: Ports,
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
export function sumRows(
  p: Ports,
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
