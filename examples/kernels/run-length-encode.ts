import {
  kernel,
  pipeline,
  type ReadPort,
  readMemory,
  type Stream,
  scalar,
  shiftRight,
  stream,
  u1,
  u3,
  u4,
  u32,
  type Vec,
  vec,
  vecOf,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

const lanes = 16;
const pairs = lanes / 2;
const burst = 16;

/** One step of the encoder, and the run that ends with it, if one does. */
type Step = { readonly ends: u1; readonly value: u32; readonly length: u32; readonly last: u1 };
/** A beat of runs; or none, where the values end with a beat already sent. */
type Beat = { readonly runs: Vec<u32>; readonly present: u1; readonly last: u1 };
type Sent = { readonly present: u1; readonly last: u1 };

function request(length: u32, values: ReadPort<u32>): void {
  const beats = shiftRight(length + lanes - 1, 4);
  for (let beat = 0; beat < beats; beat += burst) {
    pipeline();
    values.request(beat, Math.min(beats - beat, burst));
  }
}

/** One value an iteration. A run ends when the next value differs, or after the last one. */
function findRuns(length: u32, values: ReadPort<u32>, steps: Stream<Step>): void {
  let beat = vec(u32, lanes, () => 0);
  let lane = u4(0);
  let value = u32(0);
  let count = u32(0);
  for (let i = 0; i <= length; i++) {
    pipeline();
    const last = i === length;
    if (!last && lane === 0) beat = values.receive();
    const next = beat[lane];
    const same = !last && (i === 0 || next === value);
    steps.write({ ends: u1(!same && i !== 0), value, length: count, last: u1(last) });
    count = u32(same ? count + 1 : 1);
    value = next;
    lane = u4(lane + 1);
  }
}

/** Gathers runs into beats. */
function pack(steps: Stream<Step>, beats: Stream<Beat>, total: WritePort<u32>): void {
  let row = vec(u32, lanes, () => 0);
  let slot = u3(0);
  let found = u32(0);
  let running = u1(1);
  total.request(0, 1);
  while (running) {
    pipeline();
    const { ends, value, length, last } = steps.read();
    if (ends) {
      row = vec(u32, lanes, (l) => (l >> 1 !== slot ? row[l] : (l & 1) === 0 ? value : length));
      found = u32(found + 1);
    }
    const full = ends && slot === pairs - 1;
    if (full || last) {
      beats.write({ runs: row, present: u1(ends || slot !== 0), last });
      row = vec(u32, lanes, () => 0);
      slot = u3(0);
    } else if (ends) {
      slot = u3(slot + 1);
    }
    running = u1(!last);
  }
  total.send(vec(u32, lanes, (l) => (l === 0 ? found : 0)));
  total.response();
}

/** How many beats there are is known only when they are there, so each is a burst of its own. */
function store(beats: Stream<Beat>, runs: WritePort<u32>, sent: Stream<Sent>): void {
  let beat = u32(0);
  let running = u1(1);
  while (running) {
    pipeline();
    const now = beats.read();
    if (now.present) {
      runs.request(beat, 1);
      runs.send(now.runs);
      beat = u32(beat + 1);
    }
    sent.write({ present: now.present, last: now.last });
    running = u1(!now.last);
  }
}

function confirm(sent: Stream<Sent>, runs: WritePort<u32>): void {
  let running = u1(1);
  while (running) {
    pipeline();
    const now = sent.read();
    if (now.present) runs.response();
    running = u1(!now.last);
  }
}

/**
 * run_length_encode: `runs` holds {value, length} of each run of equal values, 8 pairs a beat, and
 * total[0] says how many there are. Shows an output whose length only the data decide: streams carry
 * `last` in place of a count.
 */
export default kernel({
  name: 'run_length_encode',
  summary: 'runs of equal values as {value, length} pairs',
  parameters: {},
  arguments: () => ({
    values: readMemory(u32),
    runs: writeMemory(u32),
    total: writeMemory(u32),
    length: scalar(u32),
  }),
  dataflow(_p, { values, runs, total, length }) {
    const steps = stream({ ends: u1, value: u32, length: u32, last: u1 });
    const beats = stream({ runs: vecOf(u32, lanes), present: u1, last: u1 });
    const sent = stream({ present: u1, last: u1 });
    request(length, values);
    findRuns(length, values, steps);
    pack(steps, beats, total);
    store(beats, runs, sent);
    confirm(sent, runs);
  },
  workload(_p, random, size) {
    const repeat = random.unit();
    const values = new Uint32Array(size);
    for (let i = 0; i < size; i++) {
      // Now and then the value before comes back by chance too: neighbours from a small range.
      values[i] = i > 0 && random.chance(repeat) ? values[i - 1] : random.integer(0, 7);
    }
    // Every value may be a run of its own; what lies past the last run is not written.
    return { values, runs: 2 * size, total: 1, length: size };
  },
});
