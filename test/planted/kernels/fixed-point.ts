/** Every rounding and overflow mode, on halves and at the ends of ranges; sums and products past 53 bits. */
import {
  fixed,
  i16,
  i64,
  kernel,
  pipeline,
  type ReadPort,
  readMemory,
  type Stream,
  scalar,
  shiftLeft,
  stream,
  u8,
  u16,
  u32,
  u54,
  ufixed,
  type Vec,
  vec,
  vecOf,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

const given = fixed(16, 8, 'floor', 'wrap');
const down = fixed(8, 4, 'floor', 'saturate');
const zero = fixed(12, 5, 'zero', 'wrap');
const up = fixed(10, 6, 'half-up', 'saturate');
const even = fixed(10, 6, 'half-even', 'saturate');
const positive = ufixed(7, 5, 'half-even', 'saturate');
const coarse = fixed(14, -2, 'half-up', 'wrap');
const big = fixed(64, 30, 'half-even', 'saturate');
const units = vecOf(u32, 16);

function ask(beats: u16, input: ReadPort<u32>, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    input.request(beat, 1);
    output.request(2 * beat, 2);
  }
}

function compute(
  beats: u16,
  input: ReadPort<u32>,
  narrow: Stream<Vec<u32>>,
  wide: Stream<Vec<u32>>,
): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline(2);
    const v = input.receive();
    const x = given.fromRaw(i16(v[0]));
    const y = given.fromRaw(i16(v[1]));
    const one = [
      down.raw(down(x)),
      zero.raw(zero(x)),
      up.raw(up(x)),
      even.raw(even(x)),
      positive.raw(positive(x)),
      coarse.raw(coarse(x * 64)),
      up.raw(up(x + y)),
      even.raw(even(x * y)),
      zero.raw(zero(x * y)),
      even.raw(even(x / 4 - y)),
      Math.round(x),
      Math.floor(x * y),
      Math.trunc(y),
      Math.ceil(x),
      x < y ? 1 : 0,
      down.raw(down(x > y ? x : 0.25)),
    ];
    narrow.write(vec(u32, 16, (l) => u32(one[l])));
    // Wide enough for products to need all of both factors' halves.
    const a = big.fromRaw(i64(u54(shiftLeft(v[2], 20)) * 256n - u54(shiftLeft(v[3], 10))));
    const b = big.fromRaw(i64(u54(v[4]) - u54(shiftLeft(v[5], 12))));
    const product = big.raw(big.product(a, b));
    const sum = big.raw(big(a + b));
    const difference = big.raw(big(a - b));
    const two = [product, product >> 32n, sum, sum >> 32n, difference, difference >> 32n];
    const most = even.raw(even.convert(a, big));
    wide.write(vec(u32, 16, (l) => u32(l < 6 ? two[l] : l < 8 ? most : u8(v[l]))));
  }
}

function send(
  beats: u16,
  narrow: Stream<Vec<u32>>,
  wide: Stream<Vec<u32>>,
  output: WritePort<u32>,
): void {
  for (let beat = 0; beat < beats; beat++) {
    output.send(narrow.read());
    output.send(wide.read());
  }
}

function confirm(beats: u16, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) output.response();
}

export default kernel({
  name: 'fixed_modes',
  summary: 'every rounding and overflow mode',
  parameters: {},
  arguments: () => ({ input: readMemory(u32), output: writeMemory(u32), beats: scalar(u16) }),
  dataflow(_p, { input, output, beats }) {
    const narrow = stream(units);
    const wide = stream(units);
    ask(beats, input, output);
    compute(beats, input, narrow, wide);
    send(beats, narrow, wide, output);
    confirm(beats, output);
  },
  workload(_p, random, size) {
    const beats = 24 * size;
    const corners = [0, 2, 6, 8, 0x7f, 0x7fff, 0x8000, 0xfff8, 0xfffc, 0x7fffffff];
    const word = () =>
      random.chance(0.7) ? corners[random.integer(0, 9)] : random.integer(0, 0xffffffff);
    return {
      input: Uint32Array.from({ length: beats * 16 }, word),
      output: beats * 32,
      beats,
    };
  },
});
