/**
 * Names that are apart in the source and met as wires of the Verilog: of streams and memories (`input_data`),
 * of streams and registers of the host (`arg_n`, `n_full`), of streams and queues (`fifo`, `push`), and of
 * streams and values of a process (`r` and `full`, `s0` and `push`).
 */
import {
  kernel,
  pipeline,
  type ReadPort,
  readMemory,
  type Stream,
  scalar,
  stream,
  u16,
  u32,
  vec,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

function take(n_full: u16, input: ReadPort<u32>, first: Stream<u32>): void {
  for (let i = 0; i < n_full; i++) {
    input.request(i, 1);
    first.write(input.receive()[0]);
  }
}

function total(n: u16, r: Stream<u32>, out: Stream<u32>): void {
  let full = u32(1);
  for (let i = 0; i < n; i++) {
    pipeline();
    full = u32(full + r.read());
    out.write(full);
  }
}

function triple(n: u16, s0: Stream<u32>, out: Stream<u32>): void {
  for (let i = 0; i < n; i++) {
    pipeline();
    const dout = s0.read();
    const push = u32(dout * 3);
    const pop = u32(push + dout);
    out.write(u32(push ^ pop));
  }
}

function add(n: u16, a: Stream<u32>, b: Stream<u32>): void {
  for (let i = 0; i < n; i++) {
    pipeline();
    b.write(u32(a.read() + 1));
  }
}

function give(n: u16, last: Stream<u32>, output: WritePort<u32>): void {
  for (let i = 0; i < n; i++) {
    output.request(i, 1);
    const word = last.read();
    output.send(vec(u32, 16, (l) => u32(word + l)));
    output.response();
  }
}

export default kernel({
  name: 'names_that_meet',
  summary: 'names that are apart in the source',
  parameters: {},
  arguments: () => ({ input: readMemory(u32), output: writeMemory(u32), n_full: scalar(u16) }),
  dataflow(_p, { input: from, output: to, n_full }) {
    const r = stream(u32);
    const s0 = stream(u32);
    const input_data = stream(u32);
    const input_req = stream(u32);
    const output_resp = stream(u32);
    const arg_n = stream(u32);
    const fifo = stream(u32);
    const push = stream(u32);
    take(n_full, from, r);
    total(n_full, r, s0);
    triple(n_full, s0, input_data);
    add(n_full, input_data, input_req);
    add(n_full, input_req, output_resp);
    add(n_full, output_resp, arg_n);
    add(n_full, arg_n, fifo);
    add(n_full, fifo, push);
    give(n_full, push, to);
  },
  workload(_p, random, size) {
    return {
      input: Uint32Array.from({ length: 16 * size }, () => random.integer(0, 2 ** 32 - 1)),
      output: 16 * size,
      n_full: size,
    };
  },
});
