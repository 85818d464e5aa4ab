/**
 * An element of a table in a cast in a cast, shifted: `(ap_int<64>(ap_uint<53>(ap_int<7>(near[ap_uint<2>(k)]))) << 2)`
 * is first read as a type in parentheses, a function with an array as its parameter, and g++ stopped at its length.
 */
import {
  i7,
  i23,
  i62,
  i63,
  i64,
  kernel,
  type ReadPort,
  readMemory,
  scalar,
  table,
  u2,
  u8,
  u16,
  u53,
  u57,
  u64,
  vec,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

const near = table(i23, 4, (i) => 4194303 - i * 5);

function work(rows: u16, knob: u8, input: ReadPort<u64>, output: WritePort<u64>): void {
  for (let row = 0; row < rows; row++) {
    input.request(row, 1);
    output.request(row, 1);
    const v = input.receive();
    const one = i63((i62(i64(u53(i7(near[u2(knob)])))) << 2n) + ~u57(65535));
    output.send(vec(u64, 8, (l) => u64(v[l] ^ u64(one))));
    output.response();
  }
}

export default kernel({
  name: 'element_in_a_cast',
  summary: 'an element of a table, cast and shifted',
  parameters: {},
  arguments: () => ({
    input: readMemory(u64),
    output: writeMemory(u64),
    rows: scalar(u16),
    knob: scalar(u8),
  }),
  dataflow(_p, { input, output, rows, knob }) {
    work(rows, knob, input, output);
  },
  workload(_p, random, size) {
    const word = () => BigInt(random.integer(0, 0xffffffff));
    const input = BigUint64Array.from({ length: size * 8 }, word);
    return { input, output: size * 8, rows: size, knob: random.integer(0, 255) };
  },
});
