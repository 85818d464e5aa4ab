import {
  type Int,
  kernel,
  type Parameters,
  type ParameterValues,
  pipeline,
  type Random,
  type ReadPort,
  readMemory,
  type Stream,
  scalar,
  shiftRight,
  signed,
  stream,
  sum,
  table,
  u1,
  u3,
  u5,
  u7,
  u8,
  u17,
  u32,
  u35,
  type Vec,
  vec,
  vecOf,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

export const absent = 0xffffffff;
export const idsABeat = 16;
/** Beats of ids asked for at once: 1 KiB. */
const idBurst = 16;

export const parameters = {
  fanout: { default: 16, min: 1, max: 64, help: 'ids in a row' },
  elementBits: { default: 16, values: [8, 16], help: 'bits of one feature' },
  rowBeats: { default: 2, min: 1, max: 8, help: '64-byte beats of one feature row' },
} satisfies Parameters;

export type P = ParameterValues<typeof parameters>;
/** A beat of ids, which of them are present, and how many. */
export type Part = { readonly ids: Vec<u32>; readonly present: Vec<u1>; readonly count: u5 };
/**
 * What one beat of ids means for its row: present ids, the feature beats to add up (or to send only, where
 * a row ends without another id), and whether the row ends here.
 */
export type Group = {
  readonly count: u5;
  readonly beats: u8;
  readonly receiving: u1;
  readonly last: u1;
};
/** One beat of a row's sum, and the number of rows in it. */
export type Sum = { readonly total: Vec<Int>; readonly count: u7 };

export function requestIds(p: P, rows: u32, ids: ReadPort<u32>): void {
  const beats = rows * Math.ceil(p.fanout / idsABeat);
  for (let beat = 0; beat < beats; beat += idBurst) {
    pipeline();
    ids.request(beat, Math.min(beats - beat, idBurst));
  }
}

/** Counts the present ids of each beat. The counts go ahead, so that nothing waits for the rows themselves. */
export function countIds(
  p: P,
  rows: u32,
  ids: ReadPort<u32>,
  parts: Stream<Part>,
  groups: Stream<Group>,
): void {
  const rowParts = Math.ceil(p.fanout / idsABeat);
  let part = u3(0);
  for (let beat = 0; beat < rows * rowParts; beat++) {
    pipeline();
    const received = ids.receive();
    const present = vec(u1, idsABeat, (l) => received[l] !== absent);
    const count = u5(sum(present));
    const last = part === rowParts - 1;
    const receiving = count !== 0;
    parts.write({ ids: received, present, count });
    groups.write({
      count,
      beats: u8(receiving ? count * p.rowBeats : last ? p.rowBeats : 0),
      receiving: u1(receiving),
      last: u1(last),
    });
    part = u3(last ? 0 : part + 1);
  }
}

/** Requests the feature row of each id that is present: one lane an iteration, the next beat without a gap. */
export function gather(p: P, rows: u32, parts: Stream<Part>, features: ReadPort<Int>): void {
  const total = rows * Math.ceil(p.fanout / idsABeat);
  let ids = vec(u32, idsABeat, () => absent);
  let present = vec(u1, idsABeat, () => 0);
  let left = u5(0);
  let taken = u1(0);
  let done = u35(0);
  let running = u1(total !== 0);
  // What the next iteration needs first is ready in a bit of its own: nothing is counted or compared before.
  while (running) {
    pipeline();
    if (!taken) {
      const part = parts.read();
      ids = part.ids;
      present = part.present;
      left = part.count;
    }
    const here = present[0];
    if (here) features.request(ids[0] * p.rowBeats, p.rowBeats);
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

/** Adds up rows beat by beat: one beat an iteration, from the first to the last, across rows without a gap. */
export function accumulate(
  p: P,
  rows: u32,
  features: ReadPort<Int>,
  groups: Stream<Group>,
  sums: Stream<Sum>,
): void {
  const lanes = features.lanes;
  const total = signed(p.elementBits + 6);
  const rowLanes = p.rowBeats * lanes;
  // The sums of a row's beats rotate: the beat being received is always in the lowest lanes.
  let partial = vec(total, rowLanes, () => 0);
  let count = u7(0);
  let left = u8(0);
  let receiving = u1(0);
  let last = u1(0);
  let done = u32(0);
  let running = u1(rows !== 0);
  while (running) {
    pipeline();
    if (left === 0) {
      const group = groups.read();
      count = u7(count + group.count);
      left = group.beats;
      receiving = group.receiving;
      last = group.last;
    }
    if (left !== 0) {
      let row = vec(signed(p.elementBits), lanes, () => 0);
      if (receiving) row = features.receive();
      const head = vec(total, lanes, (l) => partial[l] + row[l]);
      const emit = last && left <= p.rowBeats;
      if (emit) sums.write({ total: head, count });
      partial = vec(total, rowLanes, (l) =>
        l < rowLanes - lanes ? partial[l + lanes] : emit ? 0 : head[l - (rowLanes - lanes)],
      );
      if (last && left === 1) {
        count = u7(0);
        running = u1(done !== rows - 1);
        done = u32(done + 1);
      }
      left = u8(left - 1);
    }
  }
}

/** 2^(16+k) / n rounded, k = ⌈log2 n⌉: 17 bits, so that one DSP a lane divides. */
function reciprocal(n: number): number {
  return n === 0 ? 0 : Math.round(2 ** (16 + log2Ceil(n)) / n);
}

function log2Ceil(n: number): number {
  return n <= 1 ? 0 : Math.ceil(Math.log2(n));
}

/**
 * ⌊(s·r + 2^(15+k)) / 2^(16+k)⌋. The half is added last, to the one bit below the point: (x + 1) >> 1 with
 * x = s·r >> (15+k), so that neither adder nor shifter is wider than the result. Nothing can overflow:
 * |s| ≤ n · 2^15 and r ≤ 2^(16+k)/n + ½, so the quotient is at most ¼ beyond the elements' range, and
 * rounds into it; so it is narrowed without saturation.
 */
export function divide(
  p: P,
  rows: u32,
  lanes: number,
  sums: Stream<Sum>,
  results: Stream<Vec<Int>>,
): void {
  const element = signed(p.elementBits);
  const doubled = signed(p.elementBits + 1);
  const reciprocals = table(u17, p.fanout + 1, reciprocal);
  const shifts = table(u3, p.fanout + 1, log2Ceil);
  for (let beat = 0; beat < rows * p.rowBeats; beat++) {
    pipeline();
    const { total, count } = sums.read();
    const factor = reciprocals[count];
    const shift = shifts[count];
    results.write(
      vec(element, lanes, (l) => {
        const twice = doubled(shiftRight(shiftRight(total[l] * factor, 15), shift));
        return element(shiftRight(twice + 1, 1));
      }),
    );
  }
}

export function requestResults(p: P, rows: u32, results: WritePort<Int>): void {
  for (let row = 0; row < rows; row++) {
    pipeline();
    results.request(row * p.rowBeats, p.rowBeats);
  }
}

export function sendResults(
  p: P,
  rows: u32,
  beats: Stream<Vec<Int>>,
  results: WritePort<Int>,
): void {
  for (let beat = 0; beat < rows * p.rowBeats; beat++) {
    pipeline();
    results.send(beats.read());
  }
}

export function confirmResults(rows: u32, results: WritePort<Int>): void {
  for (let row = 0; row < rows; row++) {
    pipeline();
    results.response();
  }
}

/** Random rows of ids and features for a workload. A third of the rows are short, some of them empty. */
export function drawRows(p: P, random: Random, size: number) {
  const nodes = Math.max(1, 2 * size);
  const rowIds = Math.ceil(p.fanout / idsABeat) * idsABeat;
  const ids = new Uint32Array(size * rowIds).fill(absent);
  for (let row = 0; row < size; row++) {
    const count = random.chance(1 / 3) ? random.integer(0, p.fanout) : p.fanout;
    for (let j = 0; j < count; j++) ids[row * rowIds + j] = random.integer(0, nodes - 1);
  }
  const lanes = 512 / p.elementBits;
  const limit = 2 ** (p.elementBits - 1);
  const features = Int16Array.from({ length: nodes * p.rowBeats * lanes }, () =>
    random.integer(-limit, limit - 1),
  );
  return { ids, features, nodes, lanes };
}

/**
 * mean_aggregate: row r of `means` is the mean of the feature rows named in row r of `ids`, rounded
 * once as the specification's "mean_aggregate" says. 0xFFFFFFFF is no id; no ids give 0.
 *
 * Shapes: ids rows × ⌈fanout/16⌉ beats of u32; features nodes × rowBeats beats; means rows × rowBeats.
 */
export default kernel({
  name: 'mean_aggregate',
  summary: 'mean of the feature rows that each row of ids names',
  parameters,
  arguments: (p) => ({
    ids: readMemory(u32),
    features: readMemory(signed(p.elementBits), { outstanding: 128 }),
    means: writeMemory(signed(p.elementBits)),
    rows: scalar(u32),
  }),
  dataflow(p, { ids, features, means, rows }) {
    const lanes = features.lanes;
    const parts = stream({ ids: vecOf(u32, idsABeat), present: vecOf(u1, idsABeat), count: u5 });
    const groups = stream({ count: u5, beats: u8, receiving: u1, last: u1 });
    const sums = stream({ total: vecOf(signed(p.elementBits + 6), lanes), count: u7 });
    const results = stream(vecOf(signed(p.elementBits), lanes));
    requestIds(p, rows, ids);
    countIds(p, rows, ids, parts, groups);
    gather(p, rows, parts, features);
    accumulate(p, rows, features, groups, sums);
    divide(p, rows, lanes, sums, results);
    requestResults(p, rows, means);
    sendResults(p, rows, results, means);
    confirmResults(rows, means);
  },
  rows: (p) => ({
    count: 'rows',
    elements: {
      ids: Math.ceil(p.fanout / idsABeat) * idsABeat,
      means: p.rowBeats * (512 / p.elementBits),
    },
    blank: { when: { ids: absent }, gives: { means: 0 } },
  }),
  workload(p, random, size) {
    const { ids, features, lanes } = drawRows(p, random, size);
    return { ids, features, means: size * p.rowBeats * lanes, rows: size };
  },
});
