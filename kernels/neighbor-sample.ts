import {
  any,
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
  u7,
  u32,
  type Vec,
  vec,
  vecOf,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

export const absent = 0xffffffff;
export const idsABeat = 16;
/** Beats of seeds asked for at once: 1 KiB. */
const seedBurst = 16;

export const parameters = {
  fanout: { default: 16, min: 1, max: 64, help: 'neighbours drawn for each seed' },
  replace: { default: 0, values: [0, 1], help: '1 draws with replacement' },
} satisfies Parameters;

export type P = ParameterValues<typeof parameters>;
/** A seed's neighbour list, and how many draws it takes. */
export type List = {
  readonly begin: u32;
  readonly degree: u32;
  readonly hash: u32;
  readonly draws: u7;
};
/** One draw: the lane of its beat. A seed without neighbours sends one that is not present. */
export type Pick = { readonly lane: u4; readonly present: u1; readonly last: u1 };

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

/** Unpacks the seeds and asks for the extent of each: 8 nodes a beat. */
export function requestExtents(
  count: u32,
  seeds: ReadPort<u32>,
  extent: ReadPort<u32>,
  nodes: Stream<u32>,
): void {
  let beat = vec(u32, idsABeat, () => 0);
  for (let i = 0; i < count; i++) {
    pipeline();
    if ((i & 15) === 0) beat = seeds.receive();
    const node = beat[i & 15];
    if (node !== absent) extent.request(node >>> 3, 1);
    nodes.write(node);
  }
}

/** Turns each extent into a list: where it begins, its degree, its hash, its number of draws. */
export function planLists(
  p: P,
  count: u32,
  key: u32,
  hop: u32,
  extent: ReadPort<u32>,
  nodes: Stream<u32>,
  lists: Stream<List>,
): void {
  for (let i = 0; i < count; i++) {
    pipeline();
    const node = nodes.read();
    let begin = u32(0);
    let degree = u32(0);
    if (node !== absent) {
      const pairs = extent.receive();
      const lane = (node & 7) * 2;
      begin = pairs[lane];
      degree = u32(pairs[u4(lane + 1)] - pairs[lane]);
    }
    const many = p.replace === 1 ? degree !== 0 : degree > p.fanout;
    const draws = u7(many ? p.fanout : degree);
    const hash = mix(u32(mix(u32(node ^ key)) + mulLow(hop, 0x9e3779b1, 32)));
    lists.write({ begin, degree, hash, draws });
  }
}

/** One draw an iteration, across seeds without a gap: Floyd's algorithm, or independent draws. */
export function draw(
  p: P,
  count: u32,
  lists: Stream<List>,
  colIdx: ReadPort<u32>,
  picks: Stream<Pick>,
): void {
  let begin = u32(0);
  let degree = u32(0);
  let hash = u32(0);
  let all = u1(0);
  let left = u7(0);
  let j = u32(0);
  let taken = vec(u32, p.fanout, () => absent);
  let done = u32(0);
  let running = u1(count !== 0);
  while (running) {
    pipeline();
    const first = left === 0;
    if (first) {
      const list = lists.read();
      begin = list.begin;
      degree = list.degree;
      hash = list.hash;
      left = list.draws;
      // Without replacement the draws are j = d−k … d−1; a list that is taken whole has d = k.
      j = p.replace === 1 ? u32(0) : u32(list.degree - list.draws);
      all = p.replace === 1 ? u1(0) : u1(list.degree <= p.fanout);
    }
    const present = left !== 0;
    const random = mix(u32(hash + mulLow(j, 0x9e3779b1, 32)));
    const bound = p.replace === 1 ? degree : u32(j + 1);
    const drawn = u32(all ? j : mulHigh(random, bound, 32));
    // `taken` shifts: the newest in lane 0. At a seed's first draw nothing is taken yet.
    const clash =
      p.replace === 1 ? false : !first && any(vec(u1, p.fanout, (l) => taken[l] === drawn));
    const pick = u32(clash ? j : drawn);
    taken = vec(u32, p.fanout, (l) => (l === 0 ? pick : first ? absent : taken[l - 1]));
    const position = u32(begin + pick);
    const last = left <= 1;
    picks.write({ lane: u4(position & 15), present: u1(present), last: u1(last) });
    if (present) {
      colIdx.request(position >>> 4, 1);
      left = u7(left - 1);
      j = u32(j + 1);
    }
    if (last) {
      running = u1(done !== count - 1);
      done = u32(done + 1);
    }
  }
}

/** Gathers the drawn ids into rows of whole beats, filled up with 0xFFFFFFFF. */
export function collect(
  p: P,
  count: u32,
  colIdx: ReadPort<u32>,
  picks: Stream<Pick>,
  rows: Stream<Vec<u32>>,
): void {
  const parts = Math.ceil(p.fanout / idsABeat);
  let row = vec(u32, idsABeat, () => absent);
  let slot = u4(0);
  let part = u3(0);
  let padding = u1(0);
  let done = u32(0);
  let running = u1(count !== 0);
  while (running) {
    pipeline();
    let last = padding;
    if (!padding) {
      const pick = picks.read();
      last = pick.last;
      if (pick.present) {
        const id = colIdx.receive()[pick.lane];
        row = vec(u32, idsABeat, (l) => (slot === l ? id : row[l]));
      }
    }
    if (last || slot === idsABeat - 1) {
      rows.write(row);
      row = vec(u32, idsABeat, () => absent);
      slot = u4(0);
      const rowEnds = part === parts - 1;
      padding = u1(last && !rowEnds);
      part = u3(rowEnds ? 0 : part + 1);
      if (rowEnds) {
        running = u1(done !== count - 1);
        done = u32(done + 1);
      }
    } else {
      slot = u4(slot + 1);
    }
  }
}

export function requestSamples(p: P, count: u32, samples: WritePort<u32>): void {
  const parts = Math.ceil(p.fanout / idsABeat);
  for (let row = 0; row < count; row++) {
    pipeline();
    samples.request(row * parts, parts);
  }
}

export function sendSamples(
  p: P,
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
export function drawGraph(p: { readonly fanout: number }, random: Random, size: number) {
  const nodes = Math.max(1, 2 * size);
  const extent = new Uint32Array(2 * nodes);
  const columns: number[] = [];
  for (let node = 0; node < nodes; node++) {
    extent[2 * node] = columns.length;
    // Degrees from none to four times the fanout, half of them short.
    const most = random.chance(0.5) ? p.fanout : 4 * p.fanout;
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
    const nodes = stream(u32);
    const lists = stream({ begin: u32, degree: u32, hash: u32, draws: u7 });
    const picks = stream({ lane: u4, present: u1, last: u1 });
    const rows = stream(vecOf(u32, idsABeat));
    requestSeeds(count, seeds);
    requestExtents(count, seeds, extent, nodes);
    planLists(p, count, key, hop, extent, nodes, lists);
    draw(p, count, lists, colIdx, picks);
    collect(p, count, colIdx, picks, rows);
    requestSamples(p, count, samples);
    sendSamples(p, count, rows, samples);
    confirmSamples(count, samples);
  },
  workload(p, random, size) {
    const { nodes: _, ...drawn } = drawGraph(p, random, size);
    return drawn;
  },
});
