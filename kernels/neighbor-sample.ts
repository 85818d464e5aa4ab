import {
  any,
  type Int,
  kernel,
  mulHigh,
  mulLow,
  type Parameters,
  type ParameterValues,
  pipeline,
  type Random,
  type ReadPort,
  readMemory,
  type Stream,
  scalar,
  shiftRight,
  stream,
  u1,
  u3,
  u4,
  u6,
  u7,
  u28,
  u32,
  unsigned,
  type Vec,
  vec,
  type WritePort,
  writeMemory,
} from 'tilewright/language';
import { sampleRows } from './parts/sample-rows.ts';

export const absent = 0xffffffff;
export const idsABeat = 16;
/** Beats of seeds asked for at once: 1 KiB. */
const seedBurst = 16;

export const parameters = {
  fanout: { default: 16, min: 1, max: 64, help: 'neighbours drawn for each seed' },
  replace: { default: 0, values: [0, 1], help: '1 draws with replacement' },
} satisfies Parameters;

export type P = ParameterValues<typeof parameters>;
type Fanout = Pick<P, 'fanout'>;
/** Where a seed's extent lies in the beat that was asked for it; a seed that is absent has none. */
export type Place = { readonly lane: u3; readonly present: u1 };
/** A seed's neighbour list, and the hash that its draws start from. */
export type List = { readonly begin: u32; readonly degree: u32; readonly hash: u32 };
/** Beats to ask for: `beats` from `beat` on, or instead one for each draw where `single`. */
export type Reading = { readonly beat: u28; readonly beats: u7; readonly single: u1 };
/** Draws to hash: as many as the fanout, from `start` on. The last of a run may be there for `end` only. */
export type Start = { readonly start: u32; readonly end: u1 };
/** A list to draw from. `bound` is the first draw's; without replacement each draw's is one more. */
export type Urn = {
  readonly begin: u32;
  readonly bound: u32;
  readonly single: u1;
  readonly present: u1;
  readonly end: u1;
};
/** What a row is made of: ids that are present, beats that come for it, and whether its ids are drawn. */
export type Plan = {
  readonly present: u7;
  readonly offset: u4;
  readonly beats: u7;
  readonly drawn: u1;
};
/** What one beat does to a row: slot l takes lane `lanes[l]` of it where `hits[l]`. */
export type Move = {
  readonly lanes: Vec<u4>;
  readonly hits: Vec<u1>;
  readonly receive: u1;
  readonly first: u1;
  readonly last: u1;
};

/** One draw's place among the beats of its list: the beat's number, then its lane in 4 bits. */
export function slotOf(p: Fanout) {
  return unsigned(4 + Math.ceil(Math.log2(p.fanout)));
}

const golden = 0x9e3779b1;

/** A bijective mix of 32 bits (two multiply-xorshift rounds), so that nearby inputs give unrelated outputs. */
export function mix(value: u32): u32 {
  const a = u32(mulLow(u32(value ^ (value >>> 16)), 0x7feb352d, 32));
  const b = u32(mulLow(u32(a ^ (a >>> 15)), 0x846ca68b, 32));
  return u32(b ^ (b >>> 16));
}

export function requestSeeds(count: u32, seeds: ReadPort<u32>): void {
  const beats = shiftRight(count + idsABeat - 1, 4);
  for (let beat = 0; beat < beats; beat += seedBurst) {
    pipeline();
    seeds.request(beat, Math.min(beats - beat, seedBurst));
  }
}

export function unpackSeeds(count: u32, seeds: ReadPort<u32>, nodes: Stream<u32>): void {
  let beat = vec(u32, idsABeat, () => 0);
  for (let i = 0; i < count; i++) {
    pipeline();
    if ((i & 15) === 0) beat = seeds.receive();
    nodes.write(beat[0]);
    // Shifted, so that the next seed is always in lane 0.
    beat = vec(u32, idsABeat, (l) => (l < idsABeat - 1 ? beat[l + 1] : 0));
  }
}

/** Asks for the extent of each seed: 8 nodes a beat. The seed itself goes on to be hashed. */
export function requestExtents(
  count: u32,
  seeds: Stream<u32>,
  extent: ReadPort<u32>,
  places: Stream<Place>,
  nodes: Stream<u32>,
): void {
  for (let i = 0; i < count; i++) {
    pipeline();
    const node = seeds.read();
    const present = node !== absent;
    if (present) extent.request(node >>> 3, 1);
    places.write({ lane: u3(node & 7), present: u1(present) });
    nodes.write(node);
  }
}

/** The hash of each seed, while its extent is on the way. */
export function hashNodes(
  count: u32,
  key: u32,
  hop: u32,
  nodes: Stream<u32>,
  hashes: Stream<u32>,
): void {
  // key + hop · golden bit by bit: once a run, so not worth a multiplier, and over before the first seed is here.
  let offset = key;
  let addend = u32(golden);
  let rest = hop;
  for (let bit = 0; bit < 32; bit++) {
    pipeline();
    if (rest & 1) offset = u32(offset + addend);
    addend = u32(addend << 1);
    rest = u32(rest >>> 1);
  }
  for (let i = 0; i < count; i++) {
    pipeline();
    // The key goes to mixed nodes: with plain ones, nodes and keys that are next to each other would meet.
    hashes.write(mix(u32(mix(nodes.read()) + offset)));
  }
}

/** Joins each seed's extent with its hash. A seed that is absent has no neighbours. */
export function readExtents(
  count: u32,
  extent: ReadPort<u32>,
  places: Stream<Place>,
  hashes: Stream<u32>,
  lists: Stream<List>,
): void {
  for (let i = 0; i < count; i++) {
    pipeline();
    const place = places.read();
    let begin = u32(0);
    let degree = u32(0);
    if (place.present) {
      const pairs = extent.receive();
      const lane = place.lane * 2;
      begin = pairs[lane];
      degree = u32(pairs[u4(lane | 1)] - pairs[lane]);
    }
    lists.write({ begin, degree, hash: hashes.read() });
  }
}

/**
 * Decides how each list is read: as whole beats, or, where it covers more beats than it has draws, one
 * beat a draw. Only lists that are drawn from go to the draws; one more goes there as the end of all.
 */
export function planLists(
  p: P,
  count: u32,
  lists: Stream<List>,
  readings: Stream<Reading>,
  starts: Stream<Start>,
  urns: Stream<Urn>,
  plans: Stream<Plan>,
): void {
  for (let i = 0; i < count; i++) {
    pipeline();
    const { begin, degree, hash } = lists.read();
    const end = u1(i === count - 1);
    const offset = u4(begin & 15);
    const covered = degree === 0 ? 0 : shiftRight(offset + degree + idsABeat - 1, 4);
    const drawn = u1(p.replace === 1 ? degree !== 0 : degree > p.fanout);
    // Never so for a list that is taken whole: it has as many ids as beats, at the least.
    const single = u1(covered > p.fanout);
    readings.write({ beat: u28(begin >>> 4), beats: u7(single ? 1 : covered), single });
    plans.write({
      present: u7(drawn ? p.fanout : degree),
      offset,
      beats: u7(single ? p.fanout : covered),
      drawn,
    });
    // Without replacement the draws are j = d−k … d−1, each below j + 1.
    const start = p.replace === 1 ? hash : u32(hash + mulLow(u32(degree - p.fanout), golden, 32));
    const bound = p.replace === 1 ? degree : u32(degree - p.fanout + 1);
    if (drawn || end) {
      starts.write({ start, end });
      urns.write({ begin, bound, single, present: drawn, end });
    }
  }
}

/** The random number of each draw: one an iteration, across lists without a gap. */
export function hashDraws(p: P, count: u32, starts: Stream<Start>, randoms: Stream<u32>): void {
  let value = u32(0);
  let end = u1(0);
  let at = u6(0);
  let running = u1(count !== 0);
  while (running) {
    pipeline();
    if (at === 0) {
      const list = starts.read();
      value = list.start;
      end = list.end;
    } else {
      value = u32(value + golden);
    }
    randoms.write(mix(value));
    const last = at === p.fanout - 1;
    at = u6(last ? 0 : at + 1);
    running = u1(!(last && end));
  }
}

/**
 * One draw an iteration, across lists without a gap: Floyd's algorithm, or independent draws. All slots of
 * a list are handed on at once, at its last draw; where its beats are read singly, each beat at its draw.
 */
export function draw(
  p: P,
  count: u32,
  urns: Stream<Urn>,
  randoms: Stream<u32>,
  singles: Stream<u28>,
  picks: Stream<Vec<Int>>,
): void {
  const slot = slotOf(p);
  const lanes = Math.max(1, p.fanout - 1);
  let begin = u32(0);
  let bound = u32(0);
  let single = u1(0);
  let present = u1(0);
  let end = u1(0);
  let at = u6(0);
  let taken = vec(u32, lanes, () => absent);
  let slots = vec(slot, p.fanout, () => 0);
  let running = u1(count !== 0);
  while (running) {
    pipeline();
    const first = at === 0;
    if (first) {
      const urn = urns.read();
      begin = urn.begin;
      bound = urn.bound;
      single = urn.single;
      present = urn.present;
      end = urn.end;
    } else {
      bound = p.replace === 1 ? bound : u32(bound + 1);
    }
    const drawn = u32(mulHigh(randoms.read(), bound, 32));
    // `taken` shifts: the newest in lane 0. At a list's first draw nothing is taken yet, and no draw is as
    // large as `absent`.
    const clash =
      p.replace === 1 ? false : !first && any(vec(u1, lanes, (l) => taken[l] === drawn));
    const pick = u32(clash ? bound - 1 : drawn);
    taken = vec(u32, lanes, (l) => (l === 0 ? pick : first ? absent : taken[l - 1]));
    const position = u32(begin + pick);
    if (single) singles.write(u28(position >>> 4));
    // Beats that are read singly are numbered as the draws.
    const beat = single ? at : (position >>> 4) - (begin >>> 4);
    const now = slot((beat << 4) | (position & 15));
    slots = vec(slot, p.fanout, (l) => (l === p.fanout - 1 ? now : slots[l + 1]));
    const last = at === p.fanout - 1;
    if (last && present) picks.write(slots);
    at = u6(last ? 0 : at + 1);
    running = u1(!(last && end));
  }
}

/** Asks for what each list reads, in the order of the seeds and ahead of the draws where none are needed. */
export function requestLists(
  p: P,
  count: u32,
  readings: Stream<Reading>,
  singles: Stream<u28>,
  colIdx: ReadPort<u32>,
): void {
  let single = u1(0);
  let at = u6(0);
  let done = u32(0);
  let running = u1(count !== 0);
  while (running) {
    pipeline();
    let beat = u28(0);
    let beats = u7(1);
    if (at === 0) {
      const reading = readings.read();
      beat = reading.beat;
      beats = reading.beats;
      single = reading.single;
    }
    if (single) beat = singles.read();
    const last = !single || at === p.fanout - 1;
    at = u6(last ? 0 : at + 1);
    if (beats !== 0) colIdx.request(beat, beats);
    if (last) {
      running = u1(done !== count - 1);
      done = u32(done + 1);
    }
  }
}

/** Says of each beat which of its lanes goes where in the row: one beat an iteration, a row at the least. */
export function arrange(
  p: P,
  count: u32,
  plans: Stream<Plan>,
  picks: Stream<Vec<Int>>,
  moves: Stream<Move>,
): void {
  const slot = slotOf(p);
  let slots = vec(slot, p.fanout, () => 0);
  let present = u7(0);
  let beat = u6(0);
  let left = u7(0);
  let first = u1(1);
  let done = u32(0);
  let running = u1(count !== 0);
  while (running) {
    pipeline();
    const starts = first;
    if (starts) {
      const plan = plans.read();
      present = plan.present;
      left = plan.beats;
      if (plan.drawn) slots = picks.read();
      // A list that is taken whole keeps its order.
      else slots = vec(slot, p.fanout, (l) => plan.offset + l);
    }
    const last = left <= 1;
    moves.write({
      lanes: vec(u4, p.fanout, (l) => slots[l] & 15),
      hits: vec(u1, p.fanout, (l) => l < present && slots[l] >>> 4 === beat),
      receive: u1(left !== 0),
      first: starts,
      last: u1(last),
    });
    beat = u6(last ? 0 : beat + 1);
    left = u7(left - 1);
    first = u1(last);
    if (last) {
      running = u1(done !== count - 1);
      done = u32(done + 1);
    }
  }
}

/** Gathers the ids of each row out of its beats; a row is whole beats, filled up with 0xFFFFFFFF. */
export function collect(
  p: P,
  count: u32,
  colIdx: ReadPort<u32>,
  moves: Stream<Move>,
  rows: Stream<Vec<u32>>,
): void {
  const parts = Math.ceil(p.fanout / idsABeat);
  let row = vec(u32, p.fanout, () => absent);
  // A row of more than one beat leaves at its last move and in the iterations behind it.
  let part = u3(0);
  let done = u32(0);
  let running = u1(count !== 0);
  while (running) {
    pipeline();
    let ready = u1(1);
    if (part === 0) {
      const move = moves.read();
      ready = move.last;
      let beat = vec(u32, idsABeat, () => absent);
      if (move.receive) beat = colIdx.receive();
      row = vec(u32, p.fanout, (l) =>
        move.hits[l] ? beat[move.lanes[l]] : move.first ? absent : row[l],
      );
    } else {
      row = vec(u32, p.fanout, (l) => (l + idsABeat < p.fanout ? row[l + idsABeat] : absent));
    }
    if (ready) {
      rows.write(vec(u32, idsABeat, (l) => (l < p.fanout ? row[l] : absent)));
      const last = part === parts - 1;
      part = u3(last ? 0 : part + 1);
      if (last) {
        running = u1(done !== count - 1);
        done = u32(done + 1);
      }
    }
  }
}

export function requestSamples(p: Fanout, count: u32, samples: WritePort<u32>): void {
  const parts = Math.ceil(p.fanout / idsABeat);
  for (let row = 0; row < count; row++) {
    pipeline();
    samples.request(row * parts, parts);
  }
}

export function sendSamples(
  p: Fanout,
  count: u32,
  rows: Stream<Vec<u32>>,
  samples: WritePort<u32>,
): void {
  for (let beat = 0; beat < count * Math.ceil(p.fanout / idsABeat); beat++) {
    pipeline();
    samples.send(rows.read());
  }
}

export function confirmSamples(count: u32, samples: WritePort<u32>): void {
  for (let row = 0; row < count; row++) {
    pipeline();
    samples.response();
  }
}

/** A random graph with seeds and scalars for a workload, two nodes a seed. */
export function drawGraph(p: Fanout, random: Random, size: number) {
  const nodes = Math.max(1, 2 * size);
  const extent = new Uint32Array(2 * nodes);
  const columns: number[] = [];
  for (let node = 0; node < nodes; node++) {
    extent[2 * node] = columns.length;
    // Half of the lists are short; some cover more beats than there are draws.
    const most = (random.chance(0.5) ? 1 : random.chance(0.25) ? 2 * idsABeat : 4) * p.fanout;
    const degree = random.integer(0, most);
    for (let edge = 0; edge < degree; edge++) columns.push(random.integer(0, nodes - 1));
    extent[2 * node + 1] = columns.length;
  }
  const seeds = Uint32Array.from({ length: size }, () =>
    random.chance(1 / 16) ? absent : random.integer(0, nodes - 1),
  );
  return {
    nodes,
    seeds,
    extent,
    colIdx: Uint32Array.from(columns),
    samples: size * Math.ceil(p.fanout / idsABeat) * idsABeat,
    count: size,
    key: random.integer(0, absent),
    hop: random.integer(1, 4),
  };
}

/**
 * neighbor_sample: up to `fanout` neighbours of each seed, as the specification's "neighbor_sample"
 * says: a short list whole and in its order, a longer one by Floyd's algorithm, or with replacement.
 *
 * Shapes: seeds count × u32, packed; extent nodes × {begin, end}; colIdx edges × u32;
 * samples count × ⌈fanout/16⌉ beats, filled up with 0xFFFFFFFF. A seed of 0xFFFFFFFF has no neighbours.
 */
export default kernel({
  name: 'neighbor_sample',
  summary: 'samples up to fanout neighbours of each seed from a graph in CSR form',
  parameters,
  arguments: () => ({
    seeds: readMemory(u32),
    extent: readMemory(u32),
    colIdx: readMemory(u32, { outstanding: 128 }),
    samples: writeMemory(u32),
    count: scalar(u32),
    key: scalar(u32),
    hop: scalar(u32),
  }),
  dataflow(p, { seeds, extent, colIdx, samples, count, key, hop }) {
    const nodeIds = stream(u32);
    requestSeeds(count, seeds);
    unpackSeeds(count, seeds, nodeIds);
    const rows = sampleRows(p, 1, count, key, hop, nodeIds, extent, colIdx);
    requestSamples(p, count, samples);
    sendSamples(p, count, rows, samples);
    confirmSamples(count, samples);
  },
  rows: (p) => ({
    count: 'count',
    elements: { seeds: 1, samples: Math.ceil(p.fanout / idsABeat) * idsABeat },
    blank: { when: { seeds: absent }, gives: { samples: absent } },
  }),
  workload(p, random, size) {
    const { nodes: _, ...drawn } = drawGraph(p, random, size);
    return drawn;
  },
});
