/**
 * Lanes chosen by a condition that is known once blocks are formed: the Verilog had an `always @*` in which nothing
 * could change any more, which Icarus never runs, so that it saw undefined bits in the output.
 */
import {
  i8,
  i9,
  kernel,
  pipeline,
  type Stream,
  scalar,
  stream,
  u8,
  u16,
  u32,
  type Vec,
  vec,
  vecOf,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

function work(n: u16, lanes: Stream<Vec<u32>>): void {
  // biome-ignore lint/style/useConst: a constant would be known before
  let zeros = vec(i9, 2, () => 0);
  let some = vec(i8, 2, (l) => (zeros[l % 2] >= 1 ? n : i9(0)));
  for (let at = 0; at < n; at++) {
    pipeline();
    lanes.write(vec(u32, 16, (l) => u8(some[l % 2])));
    lanes.write(vec(u32, 16, (l) => u8(some[(l + 1) % 2])));
    some = some.with(0, i8(1));
  }
}

function send(n: u16, lanes: Stream<Vec<u32>>, output: WritePort<u32>): void {
  for (let at = 0; at < 2 * n; at++) {
    pipeline();
    output.request(at, 1);
    output.send(lanes.read());
  }
}

function confirm(n: u16, output: WritePort<u32>): void {
  for (let at = 0; at < 2 * n; at++) {
    pipeline();
    output.response();
  }
}

export default kernel({
  name: 'choice_of_constants',
  summary: 'lanes chosen by a condition that is known',
  parameters: {},
  arguments: () => ({ output: writeMemory(u32), n: scalar(u16) }),
  dataflow(_p, { output, n }) {
    const lanes = stream(vecOf(u32, 16));
    work(n, lanes);
    send(n, lanes, output);
    confirm(n, output);
  },
  workload(_p, _random, size) {
    return { output: 32 * size, n: size };
  },
});
