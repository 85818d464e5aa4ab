/**
 * One loop loads by what it received, another asks the memory for what it loaded: a port and an array have one stage in
 * all blocks of a process, and the compiler moved each behind the other for ever. Now the second loop has a block more.
 */
import {
  array,
  kernel,
  pipeline,
  type ReadPort,
  readMemory,
  scalar,
  u3,
  u16,
  u64,
  vec,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

function work(rows: u16, input: ReadPort<u64>, output: WritePort<u64>): void {
  const kept = array(u64, 8, { storage: 'block', initial: (i) => i });
  for (let row = 0; row < rows; row++) {
    pipeline();
    input.request(row, 1);
    output.request(row, 1);
    const v = input.receive();
    const one = kept[u3(v[3])];
    output.send(vec(u64, 8, (l) => u64(v[l] ^ one)));
    output.response();
  }
  for (let row = 0; row < rows; row++) {
    pipeline();
    const at = kept[u3(row)];
    input.request(u16(at), 1);
    output.request(rows + row, 1);
    const v = input.receive();
    output.send(vec(u64, 8, (l) => u64(v[l] + at)));
    output.response();
  }
}

export default kernel({
  name: 'opposed_accesses',
  summary: 'loads by what was received, requests by what was loaded',
  parameters: {},
  arguments: () => ({ input: readMemory(u64), output: writeMemory(u64), rows: scalar(u16) }),
  dataflow(_p, { input, output, rows }) {
    work(rows, input, output);
  },
  workload(_p, random, size) {
    const rows = 8 * size;
    const word = () => BigInt(random.integer(0, 0xffffffff));
    return { input: BigUint64Array.from({ length: rows * 8 }, word), output: rows * 16, rows };
  },
});
