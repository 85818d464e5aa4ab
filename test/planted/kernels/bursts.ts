/** Bursts of all lengths, across the boundaries of pages, whose answers other processes take. */
import {
  kernel,
  pipeline,
  type ReadPort,
  readMemory,
  type Stream,
  scalar,
  shiftRight,
  stream,
  u8,
  u16,
  u32,
  u48,
  vec,
  vecOf,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

const beat = vecOf(u32, 16);

/** From beat 0 on without a gap, in lengths from 1 to 93. */
function plan(beats: u16, lengths: Stream<u8>, input: ReadPort<u32>): void {
  let first = u16(0);
  let length = u8(1);
  while (first < beats) {
    pipeline();
    const left = u16(beats - first);
    const now = u8(left < length ? left : length);
    input.request(first, now);
    lengths.write(now);
    first = u16(first + now);
    length = u8(length === 1 ? 64 : length > 60 ? 2 : length < 8 ? 93 : 1);
  }
  lengths.write(u8(0));
}

function add(
  beats: u16,
  base: u48,
  input: ReadPort<u32>,
  sums: Stream<{ readonly low: u32; readonly row: readonly u32[] }>,
): void {
  for (let at = 0; at < beats; at++) {
    pipeline();
    const v = input.receive();
    sums.write({ low: u32(base + at), row: vec(u32, 16, (l) => u32(v[l] + l)) });
  }
}

function announce(
  lengths: Stream<u8>,
  counts: Stream<u8>,
  tokens: Stream<u8>,
  output: WritePort<u32>,
): void {
  let first = u16(0);
  let length = lengths.read();
  while (length !== 0) {
    pipeline();
    output.request(first, length);
    counts.write(length);
    tokens.write(length);
    first = u16(first + length);
    length = lengths.read();
  }
  counts.write(u8(0));
  tokens.write(u8(0));
}

function send(
  base: u48,
  counts: Stream<u8>,
  sums: Stream<{ readonly low: u32; readonly row: readonly u32[] }>,
  output: WritePort<u32>,
): void {
  const upper = u16(shiftRight(base, 32));
  let left = counts.read();
  while (left !== 0) {
    pipeline();
    const { low, row } = sums.read();
    output.send(vec(u32, 16, (l) => (l === 0 ? low : l === 1 ? u32(row[1] ^ upper) : row[l])));
    left = u8(left - 1);
    if (left === 0) left = counts.read();
  }
}

function confirm(tokens: Stream<u8>, output: WritePort<u32>, count: WritePort<u32>): void {
  let answers = u32(0);
  let length = tokens.read();
  while (length !== 0) {
    output.response();
    answers = u32(answers + length);
    length = tokens.read();
  }
  count.request(0, 1);
  count.send(vec(u32, 16, (l) => u32(answers + l)));
  count.response();
}

export default kernel({
  name: 'bursts',
  summary: 'bursts of all lengths',
  parameters: {},
  arguments: () => ({
    input: readMemory(u32, { outstanding: 4 }),
    output: writeMemory(u32, { outstanding: 4 }),
    count: writeMemory(u32),
    base: scalar(u48),
    beats: scalar(u16),
  }),
  dataflow(_p, { input, output, count, base, beats }) {
    const lengths = stream(u8);
    const counts = stream(u8);
    const tokens = stream(u8, { depth: 8 });
    const sums = stream({ low: u32, row: beat });
    plan(beats, lengths, input);
    add(beats, base, input, sums);
    announce(lengths, counts, tokens, output);
    send(base, counts, sums, output);
    confirm(tokens, output, count);
  },
  workload(_p, random, size) {
    const beats = 70 * size;
    return {
      input: Uint32Array.from({ length: beats * 16 }, () => random.integer(0, 0xffffffff)),
      output: beats * 16,
      count: 16,
      base: random.integer(2 ** 33, 2 ** 48 - 1),
      beats,
    };
  },
});
