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
  u8,
  u32,
  type Vec,
  vec,
  vecOf,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

/**
 * Loops over rows without a gap: counters that go down from any number and up to the same one, and truth values
 * that hold for many turns, so that most turns of a row are alike.
 */

const rowBeats = 3;
const word = signed(16);
const total = signed(18);
const place = signed(4);

function requestLengths(rows: u32, lengths: ReadPort<u32>): void {
  for (let row = 0; row < rows; row++) {
    pipeline();
    lengths.request(row, 1);
  }
}

/** How many bursts a row has; lane 1 says whether it takes them, lane 2 where they lie. */
function announce(
  rows: u32,
  lengths: ReadPort<u32>,
  asked: Stream<{ readonly count: u8; readonly place: u32 }>,
  counts: Stream<{ readonly beats: u8; readonly taking: u1 }>,
): void {
  for (let row = 0; row < rows; row++) {
    pipeline();
    const beat = lengths.receive();
    const taking = u1(beat[1]);
    const count = u8(beat[0]);
    asked.write({ count: u8(taking ? count : 0), place: beat[2] });
    counts.write({ beats: u8(count * rowBeats), taking });
  }
}

/** A burst a turn, every third of a place that is told by its number only. */
function ask(
  rows: u32,
  asked: Stream<{ readonly count: u8; readonly place: u32 }>,
  words: ReadPort<Int>,
): void {
  let left = u8(0);
  let place = u32(0);
  let busy = u1(0);
  let done = u32(0);
  let running = u1(rows !== 0);
  while (running) {
    pipeline();
    if (!busy) {
      const row = asked.read();
      left = row.count;
      place = row.place;
    }
    const here = left !== 0;
    if (here) words.request(place, rowBeats);
    const ends = left <= 1;
    if (ends) {
      running = u1(done !== rows - 1);
      done = u32(done + 1);
    }
    busy = u1(!ends);
    if (here) left = u8(left - 1);
    place = u32(place + rowBeats);
  }
}

/** Adds up the beats of a row; 18 bits run over on purpose. */
function add(
  rows: u32,
  words: ReadPort<Int>,
  counts: Stream<{ readonly beats: u8; readonly taking: u1 }>,
  sums: Stream<Vec<Int>>,
): void {
  const lanes = words.lanes;
  let partial = vec(total, rowBeats * lanes, () => 0);
  let left = u8(0);
  let taking = u1(0);
  let done = u32(0);
  let running = u1(rows !== 0);
  while (running) {
    pipeline();
    let empty = u1(0);
    if (left === 0) {
      const row = counts.read();
      left = row.beats;
      taking = row.taking;
      empty = u1(row.beats === 0);
    }
    let beat = vec(word, lanes, () => 1);
    if (taking && !empty) beat = words.receive();
    const head = vec(total, lanes, (l) => partial[l] + beat[l]);
    const ends = left <= 1;
    if (left <= rowBeats) sums.write(head);
    partial = vec(total, rowBeats * lanes, (l) =>
      l < (rowBeats - 1) * lanes ? partial[l + lanes] : ends ? 0 : head[l - (rowBeats - 1) * lanes],
    );
    if (ends) {
      running = u1(done !== rows - 1);
      done = u32(done + 1);
    }
    if (!empty) left = u8(left - 1);
  }
}

/** Seven marks for each row, counted down past 0, the first and the last of another kind. */
function mark(rows: u32, marks: Stream<u32>): void {
  let value = u32(1);
  let at = place(3);
  let row = u32(0);
  let running = u1(rows !== 0);
  while (running) {
    pipeline();
    const first = at === 3;
    const last = at === -3;
    value = u32(first ? row + 0x1234567 : value * 5 + 1);
    marks.write(u32(last ? ~value : value));
    at = place(last ? 3 : at - 1);
    if (last) {
      running = u1(row !== rows - 1);
      row = u32(row + 1);
    }
  }
}

/** One beat for each sum, and one at the end with all marks folded. */
function store(
  results: u32,
  rows: u32,
  sums: Stream<Vec<Int>>,
  marks: Stream<u32>,
  output: WritePort<Int>,
): void {
  for (let beat = 0; beat < results; beat++) {
    pipeline();
    output.request(beat, 1);
    const sum = sums.read();
    output.send(vec(word, output.lanes, (l) => word(sum[l])));
    output.response();
  }
  let folded = u32(0);
  for (let at = 0; at < rows * 7; at++) {
    pipeline();
    const mark = marks.read();
    // What counts the turns is asked here as well.
    folded = u32((at < 3 ? 7 : folded * 3) + mark);
  }
  output.request(results, 1);
  output.send(vec(word, output.lanes, (l) => word(l === 0 ? folded : folded >>> 16)));
  output.response();
}

export default kernel({
  name: 'countdown',
  summary: 'rows of any length without a gap between them',
  parameters: {},
  arguments: () => ({
    lengths: readMemory(u32),
    words: readMemory(word),
    output: writeMemory(word),
    rows: scalar(u32),
    results: scalar(u32),
  }),
  dataflow(_p, { lengths, words, output, rows, results }) {
    const asked = stream({ count: u8, place: u32 });
    const counts = stream({ beats: u8, taking: u1 });
    const sums = stream(vecOf(total, 32));
    const marks = stream(u32, { depth: 4096 });
    requestLengths(rows, lengths);
    announce(rows, lengths, asked, counts);
    ask(rows, asked, words);
    add(rows, words, counts, sums);
    mark(rows, marks);
    store(results, rows, sums, marks, output);
  },
  workload(_p, random, size) {
    const lengths = new Uint32Array(16 * Math.max(1, size));
    let results = 0;
    for (let row = 0; row < size; row++) {
      const count = random.chance(0.3) ? random.integer(0, 4) : random.integer(0, 85);
      const taking = random.chance(0.7);
      lengths.set([count, taking ? 1 : 0, random.integer(0, 999)], 16 * row);
      results += count === 0 ? 1 : rowBeats;
    }
    const words = Int16Array.from({ length: 32 * 1300 }, () => random.integer(-32768, 32767));
    return { lengths, words, output: 32 * (results + 1), rows: size, results };
  },
});
