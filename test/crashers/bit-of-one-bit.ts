/**
 * `(x & 1) & 4`: the result has one bit, and the constant was taken for a truth value, 4 for true, where only its
 * lowest bit counts. On every target the test of a bit that is never set held whenever x was odd.
 */
import {
  kernel,
  pipeline,
  type Stream,
  scalar,
  stream,
  u4,
  u16,
  u32,
  u48,
  type Vec,
  vec,
  vecOf,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

function work(n: u16, lanes: Stream<Vec<u32>>): void {
  let x = u32(3);
  for (let at = 0; at < n; at++) {
    pipeline();
    x = u32(x + at);
    const never = (x & u32(u48(1)) & 4) === 0 ? 7 : 9;
    const left = (u4(6) & (x & 1)) === 0 ? 5 : 3;
    const both = (x & 1 & 7) === 0 ? 1 : 2;
    lanes.write(vec(u32, 16, (l) => (l < 4 ? never : l < 9 ? left : both)));
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
  name: 'bit_of_one_bit',
  summary: 'a bit of a value that has one',
  parameters: {},
  arguments: () => ({ output: writeMemory(u32), n: scalar(u16) }),
  dataflow(_p, { output, n }) {
    const lanes = stream(vecOf(u32, 16));
    work(n, lanes);
    send(n, lanes, output);
    confirm(n, output);
  },
  workload(_p, _random, size) {
    return { output: 16 * size, n: size };
  },
});
