/**
 * A kernel of a few hundred LUTs whose processes have an area that is known: adders of 16 and of 32 bits,
 * four products, and one line that makes a path longer than any other.
 */
export const smallKernel = `
import {
  i16,
  i32,
  kernel,
  pipeline,
  type ReadPort,
  readMemory,
  type Stream,
  scalar,
  stream,
  u8,
  type WritePort,
  writeMemory,
  vec,
} from 'tilewright/language';

function request(beats: u8, input: ReadPort<i32>, output: WritePort<i32>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    input.request(beat, 1);
    output.request(beat, 1);
  }
}

function feed(beats: u8, input: ReadPort<i32>, halves: Stream<i16>, words: Stream<i32>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    const values = input.receive();
    halves.write(i16(values[0]));
    words.write(values[1]);
  }
}

function narrow(beats: u8, a: i16, halves: Stream<i16>, moved: Stream<i16>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    moved.write(i16(halves.read() + a));
  }
}

function wide(beats: u8, b: i32, words: Stream<i32>, sums: Stream<i32>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    sums.write(i32(words.read() + b));
  }
}

function multiply(beats: u8, a: i16, moved: Stream<i16>, products: Stream<i32>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    const x = moved.read();
    const square = i32(x * x);
    const scaled = i32(x * a);
    const both = i32(i16(square >> 16) * i16(scaled));
    products.write(i32(i16(both >> 8) * i16(square)));
  }
}

function chain(
  beats: u8,
  b: i32,
  sums: Stream<i32>,
  products: Stream<i32>,
  output: WritePort<i32>,
): void {
  let total = i32(0);
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    const x = sums.read();
    const y = products.read();
    total = i32(i32(i32(i32(total + x) ^ b) + y) ^ i32(total - b)) > x ? i32(total + y) : x; // long
    output.send(vec(i32, 16, () => total));
  }
}

function confirm(beats: u8, output: WritePort<i32>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    output.response();
  }
}

export default kernel({
  name: 'small',
  summary: 'operators of known size',
  parameters: {},
  arguments: () => ({
    input: readMemory(i32),
    output: writeMemory(i32),
    a: scalar(i16),
    b: scalar(i32),
    beats: scalar(u8),
  }),
  dataflow(_p, { input, output, a, b, beats }) {
    const halves = stream(i16);
    const words = stream(i32);
    const moved = stream(i16);
    const sums = stream(i32);
    const products = stream(i32);
    request(beats, input, output);
    feed(beats, input, halves, words);
    narrow(beats, a, halves, moved);
    wide(beats, b, words, sums);
    multiply(beats, a, moved, products);
    chain(beats, b, sums, products, output);
    confirm(beats, output);
  },
  workload(_p, random, size) {
    const beats = Math.min(size, 255);
    const input = Int32Array.from({ length: beats * 16 }, () => random.integer(-1e9, 1e9));
    return { input, output: beats * 16, a: 3, b: 77777, beats };
  },
});
`;
