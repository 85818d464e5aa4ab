import {
  type Int,
  kernel,
  mulHigh,
  pipeline,
  type ReadPort,
  readMemory,
  type Stream,
  scalar,
  shiftRight,
  signed,
  stream,
  u1,
  u3,
  u5,
  u8,
  u16,
  u32,
  u35,
  type Vec,
  vec,
  vecOf,
  writeMemory,
} from 'tilewright/language';
import {
  absent,
  confirmResults,
  countIds,
  drawRows,
  type Group,
  idsABeat,
  type P,
  type Part,
  parameters,
  requestIds,
  requestResults,
  sendResults,
} from './mean-aggregate.ts';

const scalesABeat = 32;
/** Beats of row scales asked for at once. */
const scaleBurst = 16;

/** Requests the feature row of each id that is present, and the beat that holds its scale. */
function gatherScaled(
  p: P,
  rows: u32,
  parts: Stream<Part>,
  features: ReadPort<Int>,
  scale: ReadPort<u16>,
  lanes: Stream<u5>,
): void {
  const total = rows * Math.ceil(p.fanout / idsABeat);
  let ids = vec(u32, idsABeat, () => absent);
  let present = vec(u1, idsABeat, () => 0);
  let left = u5(0);
  let taken = u1(0);
  let done = u35(0);
  let running = u1(total !== 0);
  while (running) {
    pipeline();
    if (!taken) {
      const part = parts.read();
      ids = part.ids;
      present = part.present;
      left = part.count;
    }
    const here = present[0];
    if (here) {
      features.request(ids[0] * p.rowBeats, p.rowBeats);
      scale.request(ids[0] >>> 5, 1);
      lanes.write(u5(ids[0] & (scalesABeat - 1)));
    }
    const ends = left === 0 || (left === 1 && here);
    if (ends) {
      running = u1(done !== total - 1);
      done = u35(done + 1);
    }
    taken = u1(!ends);
    if (here) left = u5(left - 1);
    ids = vec(u32, idsABeat, (l) => (l < idsABeat - 1 ? ids[l + 1] : absent));
    present = vec(u1, idsABeat, (l) => (l < idsABeat - 1 ? present[l + 1] : 0));
  }
}

/** Adds up scaled rows beat by beat: one beat an iteration, across rows without a gap. */
function accumulateScaled(
  p: P,
  rows: u32,
  features: ReadPort<Int>,
  scale: ReadPort<u16>,
  lane: Stream<u5>,
  groups: Stream<Group>,
  sums: Stream<Vec<Int>>,
): void {
  const lanes = features.lanes;
  const total = signed(p.elementBits + 16 + 6);
  const rowLanes = p.rowBeats * lanes;
  // As in mean_aggregate the sums of a row's beats rotate.
  let partial = vec(total, rowLanes, () => 0);
  let left = u8(0);
  let receiving = u1(0);
  let last = u1(0);
  let factor = u16(0);
  let beat = u3(0);
  let done = u32(0);
  let running = u1(rows !== 0);
  while (running) {
    pipeline();
    if (left === 0) {
      const group = groups.read();
      left = group.beats;
      receiving = group.receiving;
      last = group.last;
    }
    if (left !== 0) {
      let row = vec(signed(p.elementBits), lanes, () => 0);
      if (receiving) {
        row = features.receive();
        if (beat === 0) factor = scale.receive()[lane.read()];
      }
      const head = vec(total, lanes, (l) => partial[l] + row[l] * factor);
      const emit = last && left <= p.rowBeats;
      if (emit) sums.write(head);
      partial = vec(total, rowLanes, (l) =>
        l < rowLanes - lanes ? partial[l + lanes] : emit ? 0 : head[l - (rowLanes - lanes)],
      );
      beat = u3(beat === p.rowBeats - 1 ? 0 : beat + 1);
      if (last && left === 1) {
        running = u1(done !== rows - 1);
        done = u32(done + 1);
      }
      left = u8(left - 1);
    }
  }
}

function requestRowScales(rows: u32, rowScale: ReadPort<u16>): void {
  const beats = shiftRight(rows + scalesABeat - 1, 5);
  for (let beat = 0; beat < beats; beat += scaleBurst) {
    pipeline();
    rowScale.request(beat, Math.min(beats - beat, scaleBurst));
  }
}

/** Scales each sum by its row and rounds it, once. */
function finish(
  p: P,
  rows: u32,
  lanes: number,
  rowScale: ReadPort<u16>,
  sums: Stream<Vec<Int>>,
  results: Stream<Vec<Int>>,
): void {
  const element = signed(p.elementBits);
  let scales = vec(u16, scalesABeat, () => 0);
  let row = u5(0);
  let beat = u3(0);
  for (let step = 0; step < rows * p.rowBeats; step++) {
    pipeline();
    if (row === 0 && beat === 0) scales = rowScale.receive();
    const sum = sums.read();
    const own = scales[row];
    // ⌊(⌊s / 2^29⌋ + 1) / 2⌋ = ⌊(s + 2^29) / 2^30⌋, without a product past 53 bits.
    results.write(
      vec(element, lanes, (l) => element.saturate(shiftRight(mulHigh(sum[l], own, 29) + 1, 1))),
    );
    if (beat === p.rowBeats - 1) {
      beat = u3(0);
      row = u5(row + 1);
    } else {
      beat = u3(beat + 1);
    }
  }
}

/**
 * gcn_aggregate: h(v) = Σ x(u) / √(d(u) · d(v)) over the ids u in the row of v. The weights come as
 * scales of 15 fraction bits, s(u) = round(2^15 / √d(u)), one a node and one a row (host/graph has
 * `degreeScales`): h(v) = ⌊(s(v) · Σ s(u) · x(u) + 2^29) / 2^30⌋, saturated. The sum is exact; the one
 * rounding comes last. A node's own row belongs to the sum where `ids` names it. No ids give 0.
 *
 * Shapes: ids, features and means as mean_aggregate's; scale one u16 a node, rowScale one u16 a row.
 */
export default kernel({
  name: 'gcn_aggregate',
  summary: 'degree-normalised sum (GCN) of the feature rows that each row of ids names',
  parameters,
  arguments: (p) => ({
    ids: readMemory(u32),
    features: readMemory(signed(p.elementBits), { outstanding: 128 }),
    scale: readMemory(u16, { outstanding: 128 }),
    rowScale: readMemory(u16),
    results: writeMemory(signed(p.elementBits)),
    rows: scalar(u32),
  }),
  dataflow(p, { ids, features, scale, rowScale, results, rows }) {
    const lanes = features.lanes;
    const parts = stream({ ids: vecOf(u32, idsABeat), present: vecOf(u1, idsABeat), count: u5 });
    const groups = stream({ count: u5, beats: u8, receiving: u1, last: u1 });
    const lane = stream(u5);
    const sums = stream(vecOf(signed(p.elementBits + 16 + 6), lanes));
    const beats = stream(vecOf(signed(p.elementBits), lanes));
    requestIds(p, rows, ids);
    countIds(p, rows, ids, parts, groups);
    gatherScaled(p, rows, parts, features, scale, lane);
    accumulateScaled(p, rows, features, scale, lane, groups, sums);
    requestRowScales(rows, rowScale);
    finish(p, rows, lanes, rowScale, sums, beats);
    requestResults(p, rows, results);
    sendResults(p, rows, beats, results);
    confirmResults(rows, results);
  },
  rows: (p) => ({
    count: 'rows',
    elements: {
      ids: Math.ceil(p.fanout / idsABeat) * idsABeat,
      rowScale: 1,
      results: p.rowBeats * (512 / p.elementBits),
    },
    blank: { when: { ids: absent }, gives: { results: 0 } },
  }),
  workload(p, random, size) {
    const { ids, features, nodes, lanes } = drawRows(p, random, size);
    // Degrees from 1, where a scale is largest, to 1,000.
    const draw = (count: number) =>
      Uint16Array.from({ length: count }, () =>
        Math.round(2 ** 15 / Math.sqrt(random.chance(0.2) ? 1 : random.integer(1, 1000))),
      );
    const results = size * p.rowBeats * lanes;
    return { ids, features, scale: draw(nodes), rowScale: draw(size), results, rows: size };
  },
});
