import {
  kernel,
  pipeline,
  type ReadPort,
  readMemory,
  type Stream,
  scalar,
  shiftRight,
  stream,
  sum,
  u1,
  u3,
  u4,
  u7,
  u28,
  u29,
  u32,
  vec,
  vecOf,
  writeMemory,
} from 'tilewright/language';
import {
  absent,
  arrange,
  collect,
  confirmSamples,
  draw,
  drawGraph,
  hashDraws,
  hashNodes,
  idsABeat,
  type List,
  type Place,
  parameters,
  planLists,
  requestExtents,
  requestLists,
  requestSamples,
  requestSeeds,
  sendSamples,
  slotOf,
  unpackSeeds,
} from './neighbor-sample.ts';

const timesABeat = 16;
/** Beats of times asked for at once. */
const timeBurst = 16;

/** A seed's list, and the beats of edge times that it covers. */
type Range = {
  readonly begin: u32;
  readonly end: u32;
  readonly beats: u29;
  readonly limit: u32;
};

/** Joins each seed's extent with its time. */
function findRanges(
  count: u32,
  times: ReadPort<u32>,
  extent: ReadPort<u32>,
  places: Stream<Place>,
  ranges: Stream<Range>,
): void {
  let beat = vec(u32, timesABeat, () => 0);
  for (let i = 0; i < count; i++) {
    pipeline();
    if ((i & 15) === 0) beat = times.receive();
    const place = places.read();
    let begin = u32(0);
    let end = u32(0);
    if (place.present) {
      const pairs = extent.receive();
      const lane = place.lane * 2;
      begin = pairs[lane];
      end = pairs[u4(lane + 1)];
    }
    const beats = u29(begin === end ? 0 : shiftRight(end - 1, 4) - shiftRight(begin, 4) + 1);
    ranges.write({ begin, end, beats, limit: beat[i & 15] });
  }
}

/** Asks for the times of each list: one burst an iteration, across lists without a gap. */
function requestTimes(
  count: u32,
  ranges: Stream<Range>,
  edgeTime: ReadPort<u32>,
  scans: Stream<Range>,
): void {
  let beat = u29(0);
  let left = u29(0);
  let done = u32(0);
  while (done < count) {
    pipeline();
    if (left === 0) {
      const range = ranges.read();
      beat = u29(range.begin >>> 4);
      left = range.beats;
      scans.write(range);
    }
    const now = Math.min(left, timeBurst);
    if (left !== 0) edgeTime.request(beat, now);
    if (left <= timeBurst) done = u32(done + 1);
    beat = u29(beat + now);
    left = u29(left - now);
  }
}

/** Counts the edges of each list that are older than its seed: one beat of 16 times an iteration. */
function countOlder(
  count: u32,
  edgeTime: ReadPort<u32>,
  scans: Stream<Range>,
  hashes: Stream<u32>,
  lists: Stream<List>,
): void {
  let begin = u32(0);
  let end = u32(0);
  let limit = u32(0);
  let beat = u29(0);
  let left = u29(0);
  let older = u32(0);
  let done = u32(0);
  while (done < count) {
    pipeline();
    if (left === 0) {
      const scan = scans.read();
      begin = scan.begin;
      end = scan.end;
      limit = scan.limit;
      left = scan.beats;
      beat = u29(scan.begin >>> 4);
      older = u32(0);
    }
    if (left !== 0) {
      const times = edgeTime.receive();
      // The list's first and last beat may hold edges of its neighbours.
      const first = beat === begin >>> 4;
      const final = left === 1;
      const from = begin & 15;
      const to = u32(end - 1) & 15;
      const counts = vec(
        u1,
        timesABeat,
        (l) => times[l] < limit && (!first || l >= from) && (!final || l <= to),
      );
      older = u32(older + sum(counts));
      beat = u29(beat + 1);
    }
    if (left <= 1) {
      lists.write({ begin, degree: older, hash: hashes.read() });
      done = u32(done + 1);
    }
    left = u29(left === 0 ? 0 : left - 1);
  }
}

/**
 * temporal_sample: neighbor_sample over those edges of each seed that are strictly older than the
 * seed's time, so that nothing is drawn that lay in its future. The lists are sorted by time, hence the
 * older edges are the head of a list; how many there are is counted from whole beats of times.
 *
 * Shapes: as neighbor_sample's; times one u32 a seed; edgeTime one u32 an edge, beside colIdx.
 */
export default kernel({
  name: 'temporal_sample',
  summary: 'samples up to fanout neighbours of each seed among the edges older than it',
  parameters,
  arguments: () => ({
    seeds: readMemory(u32),
    times: readMemory(u32),
    extent: readMemory(u32),
    edgeTime: readMemory(u32),
    colIdx: readMemory(u32, { outstanding: 128 }),
    samples: writeMemory(u32),
    count: scalar(u32),
    key: scalar(u32),
    hop: scalar(u32),
  }),
  dataflow(p, { seeds, times, extent, edgeTime, colIdx, samples, count, key, hop }) {
    const range = { begin: u32, end: u32, beats: u29, limit: u32 };
    const nodeIds = stream(u32);
    const places = stream({ lane: u3, present: u1 });
    const nodes = stream(u32);
    const ranges = stream(range);
    const scans = stream(range);
    // Beside the round trips of the extents and of the times.
    const hashes = stream(u32, { depth: 136 });
    const lists = stream({ begin: u32, degree: u32, hash: u32 });
    requestSeeds(count, seeds);
    requestSeeds(count, times);
    unpackSeeds(count, seeds, nodeIds);
    requestExtents(count, nodeIds, extent, places, nodes);
    hashNodes(count, key, hop, nodes, hashes);
    findRanges(count, times, extent, places, ranges);
    requestTimes(count, ranges, edgeTime, scans);
    countOlder(count, edgeTime, scans, hashes, lists);
    const rows = stream(vecOf(u32, idsABeat));
    // A list that is read singly holds up those behind it until it is drawn from.
    const readings = stream({ beat: u28, beats: u7, single: u1 }, { depth: 32 });
    // Some lists ahead, so that the draws have work while short lists come, which need none.
    const starts = stream({ start: u32, end: u1 }, { depth: 16 });
    const urns = stream(
      { begin: u32, bound: u32, single: u1, present: u1, end: u1 },
      { depth: 16 },
    );
    // All rows whose beats are on the way, and some that wait for their draws.
    const plans = stream({ present: u7, offset: u4, beats: u7, drawn: u1 }, { depth: 192 });
    const randoms = stream(u32);
    const singles = stream(u28, { depth: 32 });
    // Rows drawn during a memory's latency of some 250 cycles.
    const picks = stream(vecOf(slotOf(p), p.fanout), { depth: 8 + Math.ceil(256 / p.fanout) });
    const moves = stream({
      lanes: vecOf(u4, p.fanout),
      hits: vecOf(u1, p.fanout),
      receive: u1,
      first: u1,
      last: u1,
    });
    planLists(p, count, lists, readings, starts, urns, plans);
    hashDraws(p, count, starts, randoms);
    draw(p, count, urns, randoms, singles, picks);
    requestLists(p, count, readings, singles, colIdx);
    arrange(p, count, plans, picks, moves);
    collect(p, count, colIdx, moves, rows);
    requestSamples(p, count, samples);
    sendSamples(p, count, rows, samples);
    confirmSamples(count, samples);
  },
  rows: (p) => ({
    count: 'count',
    elements: { seeds: 1, times: 1, samples: Math.ceil(p.fanout / idsABeat) * idsABeat },
    blank: { when: { seeds: absent }, gives: { samples: absent } },
  }),
  workload(p, random, size) {
    const { nodes, ...graph } = drawGraph(p, random, size);
    const { extent, colIdx } = graph;
    // A short span of time gives edges as old as a seed, which do not count.
    const latest = random.chance(0.5) ? 20 : absent;
    const edgeTime = Uint32Array.from(colIdx, () => random.integer(0, latest));
    for (let node = 0; node < nodes; node++) {
      edgeTime.subarray(extent[2 * node], extent[2 * node + 1]).sort();
    }
    const times = Uint32Array.from(graph.seeds, () => random.integer(0, latest));
    return { ...graph, times, edgeTime };
  },
});
