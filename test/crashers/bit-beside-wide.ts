/**
 * A value of which one bit matters, joined to wider ones: Verilator 5.006, told not to expand wide values word by
 * word, took it for as wide as that bit (its optimisation of trees of bits), and shifted all that stood above it.
 */
import {
  kernel,
  pipeline,
  type Stream,
  scalar,
  stream,
  sum,
  u8,
  u16,
  u24,
  u32,
  type Vec,
  vec,
  vecOf,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

function work(n: u16, knob: u8, lanes: Stream<Vec<u32>>): void {
  // biome-ignore lint/style/useConst: a variable lives in a register
  let some = vec(u24, 4, (l) => Math.min(knob, l + 1));
  for (let at = 0; at < n; at++) {
    pipeline();
    lanes.write(vec(u32, 16, (l) => sum(some) + l));
  }
}

function send(n: u16, lanes: Stream<Vec<u32>>, output: WritePort<u32>): void {
  for (let at = 0; at < n; at++) {
    pipeline();
    output.request(at, 1);
    output.send(lanes.read());
  }
}

function confirm(n: u16, output: WritePort<u32>): void {
  for (let at = 0; at < n; at++) {
    pipeline();
    output.response();
  }
}

export default kernel({
  name: 'bit_beside_wide',
  summary: 'the least of a number and each lane, added up',
  parameters: {},
  arguments: () => ({ output: writeMemory(u32), n: scalar(u16), knob: scalar(u8) }),
  dataflow(_p, { output, n, knob }) {
    const lanes = stream(vecOf(u32, 16));
    work(n, knob, lanes);
    send(n, lanes, output);
    confirm(n, output);
  },
  workload(_p, random, size) {
    return { output: 16 * size, n: size, knob: random.integer(1, 255) };
  },
});
