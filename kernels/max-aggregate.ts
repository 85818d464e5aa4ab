import {
  type Int,
  kernel,
  pipeline,
  type ReadPort,
  readMemory,
  type Stream,
  scalar,
  signed,
  stream,
  u1,
  u5,
  u7,
  u8,
  u32,
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
  gather,
  idsABeat,
  type P,
  parameters,
  requestIds,
  requestResults,
  sendResults,
} from './mean-aggregate.ts';

/** The maxima of rows, beat by beat: one beat an iteration, across rows without a gap. */
function maximise(
  p: P,
  rows: u32,
  features: ReadPort<Int>,
  groups: Stream<Group>,
  results: Stream<Vec<Int>>,
): void {
  const lanes = features.lanes;
  const element = signed(p.elementBits);
  const smallest = -(2 ** (p.elementBits - 1));
  const rowLanes = p.rowBeats * lanes;
  // As in mean_aggregate the beats of a row rotate.
  let partial = vec(element, rowLanes, () => smallest);
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
      let row = vec(element, lanes, () => smallest);
      if (receiving) row = features.receive();
      const head = vec(element, lanes, (l) => Math.max(partial[l], row[l]));
      const emit = last && left <= p.rowBeats;
      const none = count === 0;
      if (emit) results.write(vec(element, lanes, (l) => (none ? 0 : head[l])));
      partial = vec(element, rowLanes, (l) =>
        l < rowLanes - lanes ? partial[l + lanes] : emit ? smallest : head[l - (rowLanes - lanes)],
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

/**
 * max_aggregate: row r of `maxima` is the element-wise maximum of the feature rows named in row r of
 * `ids`; no ids give 0. Shapes as mean_aggregate's.
 */
export default kernel({
  name: 'max_aggregate',
  summary: 'element-wise maximum of the feature rows that each row of ids names',
  parameters,
  arguments: (p) => ({
    ids: readMemory(u32),
    features: readMemory(signed(p.elementBits), { outstanding: 128 }),
    maxima: writeMemory(signed(p.elementBits)),
    rows: scalar(u32),
  }),
  dataflow(p, { ids, features, maxima, rows }) {
    const parts = stream({ ids: vecOf(u32, idsABeat), present: vecOf(u1, idsABeat), count: u5 });
    const groups = stream({ count: u5, beats: u8, receiving: u1, last: u1 });
    const results = stream(vecOf(signed(p.elementBits), features.lanes));
    requestIds(p, rows, ids);
    countIds(p, rows, ids, parts, groups);
    gather(p, rows, parts, features);
    maximise(p, rows, features, groups, results);
    requestResults(p, rows, maxima);
    sendResults(p, rows, results, maxima);
    confirmResults(rows, maxima);
  },
  rows: (p) => ({
    count: 'rows',
    elements: {
      ids: Math.ceil(p.fanout / idsABeat) * idsABeat,
      maxima: p.rowBeats * (512 / p.elementBits),
    },
    blank: { when: { ids: absent }, gives: { maxima: 0 } },
  }),
  workload(p, random, size) {
    const { ids, features, lanes } = drawRows(p, random, size);
    return { ids, features, maxima: size * p.rowBeats * lanes, rows: size };
  },
});
