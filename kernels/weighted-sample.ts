import {
  kernel,
  mulHigh,
  mulLow,
  type Parameters,
  type ParameterValues,
  pipeline,
  type ReadPort,
  readMemory,
  type Stream,
  scalar,
  stream,
  u1,
  u3,
  u4,
  u6,
  u32,
  type Vec,
  vec,
  vecOf,
  writeMemory,
} from 'tilewright/language';
import {
  absent,
  confirmSamples,
  drawGraph,
  hashNodes,
  idsABeat,
  type List,
  mix,
  readExtents,
  requestExtents,
  requestSamples,
  requestSeeds,
  sendSamples,
  unpackSeeds,
} from './neighbor-sample.ts';

const parameters = {
  fanout: { default: 16, min: 1, max: 64, help: 'neighbours drawn for each seed' },
} satisfies Parameters;

type P = ParameterValues<typeof parameters>;
/** One draw: its slot's lane, and the coin that chooses between the slot's neighbour and its alias. */
type Toss = { readonly lane: u4; readonly coin: u32; readonly present: u1; readonly last: u1 };

/** One draw an iteration, across seeds without a gap: a uniform slot and an independent coin. */
function toss(
  p: P,
  count: u32,
  lists: Stream<List>,
  colIdx: ReadPort<u32>,
  alias: ReadPort<u32>,
  tosses: Stream<Toss>,
): void {
  let begin = u32(0);
  let degree = u32(0);
  let hash = u32(0);
  let at = u6(0);
  let done = u32(0);
  let running = u1(count !== 0);
  while (running) {
    pipeline();
    if (at === 0) {
      const list = lists.read();
      begin = list.begin;
      degree = list.degree;
      hash = list.hash;
    }
    const present = degree !== 0;
    const random = mix(u32(hash + mulLow(at, 0x9e3779b1, 32)));
    const position = u32(begin + mulHigh(random, degree, 32));
    const last = !present || at === p.fanout - 1;
    at = u6(last ? 0 : at + 1);
    const lane = u4(position & 15);
    tosses.write({ lane, coin: mix(random), present: u1(present), last: u1(last) });
    if (present) {
      colIdx.request(position >>> 4, 1);
      alias.request(position >>> 3, 1);
    }
    if (last) {
      running = u1(done !== count - 1);
      done = u32(done + 1);
    }
  }
}

/** Decides each draw, and gathers the ids into rows of whole beats, filled up with 0xFFFFFFFF. */
function decide(
  p: P,
  count: u32,
  colIdx: ReadPort<u32>,
  alias: ReadPort<u32>,
  tosses: Stream<Toss>,
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
      const now = tosses.read();
      last = now.last;
      if (now.present) {
        const neighbour = colIdx.receive()[now.lane];
        const pairs = alias.receive();
        const pair = (now.lane & 7) * 2;
        const id = now.coin < pairs[pair] ? neighbour : pairs[u4(pair + 1)];
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

/**
 * weighted_sample: `fanout` neighbours of each seed, with replacement, each as likely as its weight
 * says. A draw takes a slot e of the list with t = (hash32 · d) >> 32, then its neighbour where
 * mix(hash32) < probability[e], else alias[e]: Walker's alias method, one draw a cycle whatever the
 * weights. host/graph builds the table (`buildAliasTable`).
 *
 * Shapes: as neighbor_sample's; alias edges × {probability of 32 fraction bits, neighbour}, beside
 * colIdx. A seed of 0xFFFFFFFF, or without neighbours, gives an empty row.
 */
export default kernel({
  name: 'weighted_sample',
  summary: 'samples fanout neighbours of each seed with given weights (alias method)',
  parameters,
  arguments: () => ({
    seeds: readMemory(u32),
    extent: readMemory(u32),
    colIdx: readMemory(u32, { outstanding: 128 }),
    alias: readMemory(u32, { outstanding: 128 }),
    samples: writeMemory(u32),
    count: scalar(u32),
    key: scalar(u32),
    hop: scalar(u32),
  }),
  dataflow(p, { seeds, extent, colIdx, alias, samples, count, key, hop }) {
    const nodeIds = stream(u32);
    const places = stream({ lane: u3, present: u1 });
    const nodes = stream(u32);
    // Beside the extents' round trip, of which 64 are in flight.
    const hashes = stream(u32, { depth: 64 });
    const lists = stream({ begin: u32, degree: u32, hash: u32 });
    const tosses = stream({ lane: u4, coin: u32, present: u1, last: u1 });
    const rows = stream(vecOf(u32, idsABeat));
    requestSeeds(count, seeds);
    unpackSeeds(count, seeds, nodeIds);
    requestExtents(count, nodeIds, extent, places, nodes);
    hashNodes(count, key, hop, nodes, hashes);
    readExtents(count, extent, places, hashes, lists);
    toss(p, count, lists, colIdx, alias, tosses);
    decide(p, count, colIdx, alias, tosses, rows);
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
    const graph = drawGraph(p, random, size);
    // Any words are a table; the extremes of a probability are among them.
    const alias = Uint32Array.from({ length: 2 * graph.colIdx.length }, (_, at) =>
      at % 2 === 1
        ? random.integer(0, graph.nodes - 1)
        : random.chance(0.2)
          ? absent
          : random.integer(0, absent),
    );
    const { nodes: _, ...shared } = graph;
    return { ...shared, alias };
  },
});
