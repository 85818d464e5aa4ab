/** A vector of one lane of one bit was a wire without a range, from which lanes were selected. */
import {
  kernel,
  type ReadPort,
  readMemory,
  type Stream,
  scalar,
  stream,
  u1,
  u16,
  u32,
  type Vec,
  vec,
  vecOf,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

function ask(rows: u16, input: ReadPort<u32>, output: WritePort<u32>): void {
  for (let row = 0; row < rows; row++) {
    input.request(row, 1);
    output.request(row, 1);
  }
}
function work(rows: u16, input: ReadPort<u32>, bits: Stream<Vec<u1>>): void {
  let kept = vec(u1, 1, () => 0);
  for (let row = 0; row < rows; row++) {
    const v = input.receive();
    const one = vec(u1, 1, () => v[0] & 1);
    kept = vec(u1, 1, (l) => kept[l] ^ one[l]);
    bits.write(kept);
  }
}
function collect(rows: u16, bits: Stream<Vec<u1>>, output: WritePort<u32>): void {
  for (let row = 0; row < rows; row++) {
    const b = bits.read();
    const at = u1(row);
    output.send(vec(u32, 16, (l) => b[0] + l * b[u1(0)] + at));
  }
}
function confirm(rows: u16, output: WritePort<u32>): void {
  for (let row = 0; row < rows; row++) output.response();
}
export default kernel({
  name: 'one_lane',
  summary: 'vectors of one lane of one bit',
  parameters: {},
  arguments: () => ({ input: readMemory(u32), output: writeMemory(u32), rows: scalar(u16) }),
  dataflow(_p, { input, output, rows }) {
    const bits = stream(vecOf(u1, 1));
    ask(rows, input, output);
    work(rows, input, bits);
    collect(rows, bits, output);
    confirm(rows, output);
  },
  workload(_p, random, size) {
    const input = Uint32Array.from({ length: size * 16 }, () => random.integer(0, 0xffffffff));
    return { input, output: size * 16, rows: size };
  },
});
