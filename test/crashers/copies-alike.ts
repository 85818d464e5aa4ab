/** Copies of an unrolled body in which nothing differs were the same statements: each declared the variable. */
import {
  kernel,
  type ReadPort,
  readMemory,
  scalar,
  u3,
  u16,
  u32,
  unroll,
  vec,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

function ask(rows: u16, input: ReadPort<u32>, output: WritePort<u32>): void {
  for (let row = 0; row < rows; row++) {
    input.request(row, 1);
    output.request(row, 1);
  }
}
function work(rows: u16, input: ReadPort<u32>, output: WritePort<u32>): void {
  for (let row = 0; row < rows; row++) {
    const words = input.receive();
    let sum = u32(words[0]);
    for (let round = 0; round < 2; round++) {
      unroll(2);
      let left = u3(5);
      while (left !== 0) {
        sum = u32(sum + (words[1] ^ left));
        left = u3(left - 1);
      }
    }
    output.send(vec(u32, 16, (l) => u32(sum + l)));
  }
}
function confirm(rows: u16, output: WritePort<u32>): void {
  for (let row = 0; row < rows; row++) output.response();
}
export default kernel({
  name: 'copies_alike',
  summary: 'a loop within an unrolled loop whose counter it does not look at',
  parameters: {},
  arguments: () => ({ input: readMemory(u32), output: writeMemory(u32), rows: scalar(u16) }),
  dataflow(_p, { input, output, rows }) {
    ask(rows, input, output);
    work(rows, input, output);
    confirm(rows, output);
  },
  workload(_p, random, size) {
    const input = Uint32Array.from({ length: size * 16 }, () => random.integer(0, 0xffffffff));
    return { input, output: size * 16, rows: size };
  },
});
