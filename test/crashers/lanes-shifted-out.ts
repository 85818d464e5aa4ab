// Times 0.75 with ties to even asks for the lowest bit of three times a lane, and narrowing leaves one bit of
// x << 1: always zero, in an always block that was sensitive to nothing. Icarus read it as undefined.
import {
  kernel,
  pipeline,
  type ReadPort,
  readMemory,
  scalar,
  u6,
  u16,
  u32,
  ufixed,
  vec,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

const q = ufixed(6, 3, 'half-even', 'wrap');

function ask(n: u16, input: ReadPort<u32>, output: WritePort<u32>): void {
  for (let at = 0; at < n; at++) {
    pipeline();
    input.request(at, 1);
    output.request(at, 1);
  }
}

function work(n: u16, input: ReadPort<u32>, output: WritePort<u32>): void {
  for (let at = 0; at < n; at++) {
    pipeline();
    const beat = input.receive();
    const x = vec(q, 16, (l) => q.fromRaw(u6(beat[l])));
    const y = vec(q, 16, (l) => q.product(x[l], 0.75));
    output.send(vec(u32, 16, (l) => q.raw(y[l])));
  }
}

function confirm(n: u16, output: WritePort<u32>): void {
  for (let at = 0; at < n; at++) {
    pipeline();
    output.response();
  }
}

export default kernel({
  name: 'lanes_shifted_out',
  summary: 'lanes of which no bit is left',
  parameters: {},
  arguments: () => ({ input: readMemory(u32), output: writeMemory(u32), n: scalar(u16) }),
  dataflow(_p, { input, output, n }) {
    ask(n, input, output);
    work(n, input, output);
    confirm(n, output);
  },
  workload(_p, random, size) {
    const input = Uint32Array.from({ length: 16 * size }, () => random.integer(0, 0xffffffff));
    return { input, output: 16 * size, n: size };
  },
});
