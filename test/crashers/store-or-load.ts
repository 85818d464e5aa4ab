/**
 * A store in one arm and a load in the other, of one array: the load was to come after the store and the store after the
 * load, and the compiler moved both on for ever.
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
  const kept = array(u64, 8, { storage: 'block' });
  for (let row = 0; row < rows; row++) {
    pipeline();
    input.request(row, 1);
    output.request(row, 1);
    const v = input.receive();
    let one = u64(1n);
    if ((v[0] & 1n) === 0n) {
      kept[u3(v[1])] = v[2];
    } else {
      one = kept[u3(v[3])];
    }
    output.send(vec(u64, 8, (l) => u64(v[l] ^ one)));
    output.response();
  }
}

export default kernel({
  name: 'store_or_load',
  summary: 'an array that each element stores into or loads from',
  parameters: {},
  arguments: () => ({ input: readMemory(u64), output: writeMemory(u64), rows: scalar(u16) }),
  dataflow(_p, { input, output, rows }) {
    work(rows, input, output);
  },
  workload(_p, random, size) {
    const rows = 8 * size;
    const word = () => BigInt(random.integer(0, 0xffffffff));
    return { input: BigUint64Array.from({ length: rows * 8 }, word), output: rows * 8, rows };
  },
});
