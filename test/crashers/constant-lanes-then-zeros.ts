/**
 * Lanes of one number, zeros behind them. GCC 12.2 with AVX-512 stored 32 such bytes as if no zero were there: it takes
 * a constant that is copied for one integer, drops the integer's upper words where they are zero, and then sees
 * nothing but words that are alike. Verilator 5.006 wrote the zeros above the words of a constant of 512 bits behind the
 * variable's end, over its neighbour (sim/cpp/wide-constants.hpp). Soak 77000, program 77759.
 */
import {
  i16,
  kernel,
  pipeline,
  type Stream,
  scalar,
  stream,
  u16,
  u32,
  u64,
  type Vec,
  vec,
  vecOf,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

/** Three, two and one words of 8 bytes that are alike, also where they are made of shorter lanes. */
function work(
  rows: u16,
  words: Stream<Vec<u32>>,
  halves: Stream<{ readonly low: Vec<i16>; readonly high: Vec<i16> }>,
): void {
  for (let row = 0; row < rows; row++) {
    pipeline();
    words.write(vec(u32, 16, (l) => (l < 6 ? 5 : l < 8 ? 0 : l < 12 ? 0xffffffff : 0)));
    halves.write({
      low: vec(i16, 16, (l) => (l < 12 ? -7 : 0)),
      high: vec(i16, 16, (l) => (l < 4 ? 0x1234 : l < 12 ? -7 : -1)),
    });
  }
}

function send(
  rows: u16,
  words: Stream<Vec<u32>>,
  halves: Stream<{ readonly low: Vec<i16>; readonly high: Vec<i16> }>,
  output: WritePort<u32>,
): void {
  for (let row = 0; row < rows; row++) {
    pipeline();
    output.request(row * 2, 2);
    output.send(words.read());
    const { low, high } = halves.read();
    output.send(vec(u32, 16, (l) => u32((low[l] & 0xffff) | (high[l] << 16))));
    output.response();
  }
}

function constants(rows: u16, long: WritePort<u64>): void {
  for (let row = 0; row < rows; row++) {
    pipeline();
    long.request(row, 1);
    long.send(vec(u64, 8, (l) => (l < 3 ? 1 : l === 3 ? 0 : l < 6 ? 9 : 0)));
    long.response();
  }
}

export default kernel({
  name: 'constant_lanes',
  summary: 'lanes of one number, zeros behind them',
  parameters: {},
  arguments: () => ({ output: writeMemory(u32), long: writeMemory(u64), rows: scalar(u16) }),
  dataflow(_p, { output, long, rows }) {
    const words = stream(vecOf(u32, 16));
    const halves = stream({ low: vecOf(i16, 16), high: vecOf(i16, 16) });
    work(rows, words, halves);
    send(rows, words, halves, output);
    constants(rows, long);
  },
  workload(_p, _random, size) {
    return { output: 32 * size, long: 8 * size, rows: size };
  },
});
