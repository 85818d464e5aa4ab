/**
 * One block sends and takes the response, another takes one before it asks and sends: a port's accesses have one stage
 * in all blocks of a process, and no order was found. Now the second has a block more.
 */
import {
  kernel,
  pipeline,
  type ReadPort,
  readMemory,
  scalar,
  u16,
  u32,
  vec,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

function ask(rows: u16, input: ReadPort<u32>): void {
  for (let row = 0; row < rows; row++) input.request(row, 1);
}
function work(rows: u16, input: ReadPort<u32>, output: WritePort<u32>): void {
  output.request(0, 1);
  output.request(1, 1);
  output.send(vec(u32, 16, () => 1));
  output.response();
  output.send(vec(u32, 16, (l) => l));
  for (let row = 0; row < rows; row++) {
    pipeline();
    const words = input.receive();
    output.response();
    output.request(row + 2, 1);
    output.send(vec(u32, 16, (l) => u32(words[l] + row)));
  }
  output.response();
}
export default kernel({
  name: 'opposed_orders',
  summary: 'takes the response of the row before, and once that of the same row',
  parameters: {},
  arguments: () => ({ input: readMemory(u32), output: writeMemory(u32), rows: scalar(u16) }),
  dataflow(_p, { input, output, rows }) {
    ask(rows, input);
    work(rows, input, output);
  },
  workload(_p, random, size) {
    const input = Uint32Array.from({ length: size * 16 }, () => random.integer(0, 0xffffffff));
    return { input, output: (size + 2) * 16, rows: size };
  },
});
