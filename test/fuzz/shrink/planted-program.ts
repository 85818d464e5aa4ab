/** A program of many parts, in one of which a pass with a bug shows. */
import {
  i5,
  i8,
  i9,
  kernel,
  pipeline,
  type ReadPort,
  readMemory,
  type Stream,
  scalar,
  shiftRight,
  stream,
  table,
  u4,
  u8,
  u16,
  u20,
  u32,
  vec,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

const noise = table(u8, 16, (i) => (i * 37) % 251);

function feed(n: u16, input: ReadPort<u32>, words: Stream<u32>): void {
  for (let at = 0; at < n; at++) {
    input.request(at, 1);
    const beat = input.receive();
    for (let lane = 0; lane < 2; lane++) {
      pipeline();
      words.write(beat[u4(lane)]);
    }
  }
}

function work(n: u16, knob: u8, words: Stream<u32>, results: Stream<u32>): void {
  let total = u20(0);
  let low = i5(knob);
  for (let at = 0; at < n; at++) {
    const a = words.read();
    const b = words.read();
    let left = u4(3);
    const lanes = vec(u8, 4, (l) => shiftRight(a, l * 8) & 255);
    const sums = vec(i9, 4, (l) => lanes[3 - l] - noise[u4(b)]);
    results.write(u32(lanes[0] + lanes[3]));
    if ((a & 1) === 0) {
      total = u20(total + lanes[2]);
      low = i5(b);
    } else {
      low = i5(low + 1);
    }
    while (left !== 0) {
      pipeline();
      total = u20(total + noise[left] + i8.saturate(low * 40));
      left = u4(left - 1);
    }
    results.write(u32(total + sums[1]));
    results.write(u32(a + low + sums[0]));
  }
}

function collect(n: u16, results: Stream<u32>, output: WritePort<u32>): void {
  for (let at = 0; at < n; at++) {
    let row = vec(u32, 16, () => 0);
    for (let lane = 0; lane < 3; lane++) row = row.with(u4(lane), results.read());
    output.request(at, 1);
    output.send(row);
    output.response();
  }
}

export default kernel({
  name: 'planted_program',
  summary: 'a program of many parts',
  parameters: {},
  arguments: () => ({
    input: readMemory(u32),
    output: writeMemory(u32),
    n: scalar(u16),
    knob: scalar(u8),
  }),
  dataflow(_p, { input, output, n, knob }) {
    const words = stream(u32);
    const results = stream(u32);
    feed(n, input, words);
    work(n, knob, words, results);
    collect(n, results, output);
  },
  workload(_p, random, size) {
    const input = Uint32Array.from({ length: size * 16 }, () => random.integer(0, 0xffffffff));
    return { input, output: size * 16, n: size, knob: random.integer(0, 255) };
  },
});
