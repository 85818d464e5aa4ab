/**
 * A call in a cast in a cast, shifted: `(ap_uint<4>(ap_uint<2>(shift(ap_int<2>(x), ap_uint<2>(x)))) << 2)` is first
 * read as a type in parentheses, a function with two parameters x, and g++ stopped at the second.
 */
import {
  array,
  i25,
  kernel,
  type ReadPort,
  readMemory,
  scalar,
  shiftLeft,
  u2,
  u4,
  u8,
  u14,
  u16,
  u64,
  vec,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

function work(rows: u16, knob: u8, input: ReadPort<u64>, output: WritePort<u64>): void {
  const near = array(u14, 16, { initial: (i) => i * 7 });
  let x = i25(knob);
  for (let row = 0; row < rows; row++) {
    input.request(row, 1);
    output.request(row, 1);
    const v = input.receive();
    const one = near[u4(u2(shiftLeft(x, u2(x))) * 4 + u2(x))];
    x = i25(x + row);
    output.send(vec(u64, 8, (l) => u64(v[l] ^ u64(one) ^ u64(x))));
    output.response();
  }
}

export default kernel({
  name: 'call_in_a_cast',
  summary: 'a call, cast and shifted',
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
