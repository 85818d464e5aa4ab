import {
  type Int,
  kernel,
  pipeline,
  readMemory,
  type Stream,
  scalar,
  shiftRight,
  signed,
  stream,
  u1,
  u4,
  u5,
  u7,
  u8,
  u32,
  vec,
  vecOf,
  type WritePort,
  writeMemory,
} from 'tilewright/language';
import {
  absent,
  accumulate,
  countIds,
  drawRows,
  gather,
  idsABeat,
  type P,
  parameters,
  requestIds,
  type Sum,
} from './mean-aggregate.ts';

/** A sum has twice the bits of an element, so a row of sums has twice the beats. */
export function requestSums(p: P, rows: u32, sums: WritePort<Int>): void {
  for (let row = 0; row < rows; row++) {
    pipeline();
    sums.request(row * (2 * p.rowBeats), 2 * p.rowBeats);
  }
}

/** The lower and the upper half of each beat of sums, one an iteration; a row's count goes along. */
export function sendSums(
  p: P,
  rows: u32,
  totals: Stream<Sum>,
  found: Stream<u7>,
  sums: WritePort<Int>,
): void {
  const wide = signed(2 * p.elementBits);
  const lanes = sums.lanes;
  let upper = vec(wide, lanes, () => 0);
  let half = u1(0);
  let beat = u4(0);
  for (let step = 0; step < rows * (2 * p.rowBeats); step++) {
    pipeline();
    let now = upper;
    if (half === 0) {
      const { total, count } = totals.read();
      now = vec(wide, lanes, (l) => total[l]);
      upper = vec(wide, lanes, (l) => total[lanes + l]);
      if (beat === 0) found.write(count);
    }
    sums.send(now);
    if (half === 1) beat = u4(beat === p.rowBeats - 1 ? 0 : beat + 1);
    half = u1(half === 0);
  }
}

export function confirmSums(rows: u32, sums: WritePort<Int>): void {
  for (let row = 0; row < rows; row++) {
    pipeline();
    sums.response();
  }
}

/** Packs the counts of 16 rows into a beat. */
export function storeCounts(rows: u32, found: Stream<u7>, counts: WritePort<u32>): void {
  let beat = vec(u32, 16, () => 0);
  let slot = u4(0);
  for (let row = 0; row < rows; row++) {
    pipeline();
    const count = found.read();
    beat = vec(u32, 16, (l) => (l === slot ? count : slot === 0 ? 0 : beat[l]));
    if (slot === 15 || row === rows - 1) {
      counts.request(shiftRight(row, 4), 1);
      counts.send(beat);
    }
    slot = u4(slot + 1);
  }
}

export function confirmCounts(rows: u32, counts: WritePort<u32>): void {
  for (let row = 0; row < rows; row += 16) {
    pipeline();
    counts.response();
  }
}

/**
 * sum_aggregate: row r of `sums` is the exact sum of the feature rows named in row r of `ids`, and
 * counts[r] is how many there were. Nothing is rounded, so the sums of parts of a list may be added up
 * (graph tiles), and divided once at the end.
 *
 * Shapes: ids and features as mean_aggregate's; sums rows × 2 · rowBeats beats of 2 · elementBits bits,
 * the lanes in the order of the features; counts one u32 a row.
 */
export default kernel({
  name: 'sum_aggregate',
  summary: 'exact sum and count of the feature rows that each row of ids names',
  parameters,
  arguments: (p) => ({
    ids: readMemory(u32),
    features: readMemory(signed(p.elementBits), { outstanding: 128 }),
    sums: writeMemory(signed(2 * p.elementBits)),
    counts: writeMemory(u32),
    rows: scalar(u32),
  }),
  dataflow(p, { ids, features, sums, counts, rows }) {
    const parts = stream({ ids: vecOf(u32, idsABeat), present: vecOf(u1, idsABeat), count: u5 });
    const groups = stream({ count: u5, beats: u8, receiving: u1, last: u1 });
    const totals = stream({ total: vecOf(signed(p.elementBits + 6), features.lanes), count: u7 });
    const found = stream(u7);
    requestIds(p, rows, ids);
    countIds(p, rows, ids, parts, groups);
    gather(p, rows, parts, features);
    accumulate(p, rows, features, groups, totals);
    requestSums(p, rows, sums);
    sendSums(p, rows, totals, found, sums);
    confirmSums(rows, sums);
    storeCounts(rows, found, counts);
    confirmCounts(rows, counts);
  },
  rows: (p) => ({
    count: 'rows',
    elements: {
      ids: Math.ceil(p.fanout / idsABeat) * idsABeat,
      sums: p.rowBeats * (512 / p.elementBits),
      counts: 1,
    },
    blank: { when: { ids: absent }, gives: { sums: 0, counts: 0 } },
  }),
  workload(p, random, size) {
    const { ids, features, lanes } = drawRows(p, random, size);
    return { ids, features, sums: size * p.rowBeats * lanes, counts: size, rows: size };
  },
});
