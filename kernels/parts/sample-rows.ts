import {
  type Int,
  pipeline,
  type ReadPort,
  type Stream,
  stream,
  u1,
  u3,
  u4,
  u6,
  u7,
  u28,
  u32,
  unroll,
  type Vec,
  vec,
  vecOf,
} from 'tilewright/language';
import {
  arrange,
  collect,
  draw,
  hashDraws,
  hashNodes,
  idsABeat,
  type List,
  type P,
  planLists,
  readExtents,
  requestExtents,
  requestLists,
  type Start,
  slotOf,
  type Urn,
} from '../neighbor-sample.ts';

/** A list that is drawn from: whether its beats are read singly. The last may be none. */
type Turn = { readonly single: u1; readonly present: u1; readonly end: u1 };

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
  p: P,
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
  p: P,
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

/**
 * What is drawn from each list, in rows of ids, `engines` draws a cycle. The lists come with the hash of
 * their node.
 */
export function sampleLists(
  p: P,
  engines: number,
  count: u32,
  lists: Stream<List>,
  colIdx: ReadPort<u32>,
): Stream<Vec<u32>> {
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
  const rows = stream(vecOf(u32, idsABeat));
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
  collect(p, count, colIdx, moves, rows);
  return rows;
}

/**
 * The sampler without its memories at the ends: nodes in, rows of ids out, `engines` draws a cycle.
 */
export function sampleRows(
  p: P,
  engines: number,
  count: u32,
  key: u32,
  hop: u32,
  nodeIds: Stream<u32>,
  extent: ReadPort<u32>,
  colIdx: ReadPort<u32>,
): Stream<Vec<u32>> {
  const places = stream({ lane: u3, present: u1 });
  const nodes = stream(u32);
  // Beside the extents' round trip, of which 64 are in flight.
  const hashes = stream(u32, { depth: 64 });
  const lists = stream({ begin: u32, degree: u32, hash: u32 });
  requestExtents(count, nodeIds, extent, places, nodes);
  hashNodes(count, key, hop, nodes, hashes);
  readExtents(count, extent, places, hashes, lists);
  return sampleLists(p, engines, count, lists, colIdx);
}
