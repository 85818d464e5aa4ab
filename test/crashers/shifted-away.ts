/**
 * Lanes shifted right by all their bits: the Verilog had an `always @*` over no signal, which a simulator that goes by
 * events never runs, so that Icarus saw undefined bits in the output.
 */
import {
  kernel,
  pipeline,
  type Stream,
  scalar,
  shiftRight,
  stream,
  u9,
  u16,
  u32,
  type Vec,
  vec,
  vecOf,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

function work(n: u16, lanes: Stream<Vec<u32>>): void {
  let some = vec(u9, 2, () => 0);
  for (let at = 0; at < n; at++) {
    pipeline();
    some = vec(u9, 2, (l) => at + l);
    lanes.write(vec(u32, 16, (l) => (l % 2 === 0 ? shiftRight(some[l % 2], 20) : some[l % 2])));
    lanes.write(vec(u32, 16, (l) => shiftRight(some[l % 2], 9)));
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
  name: 'shifted_away',
  summary: 'lanes shifted right by all their bits',
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
