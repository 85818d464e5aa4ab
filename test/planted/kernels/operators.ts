/** Operators of many widths and signs, scalars and lanes, one beat of results for each beat. */
import {
  all,
  any,
  i1,
  i8,
  i16,
  i32,
  kernel,
  mulHigh,
  pipeline,
  type ReadPort,
  readMemory,
  type Stream,
  scalar,
  shiftLeft,
  shiftRight,
  stream,
  sum,
  table,
  u1,
  u3,
  u4,
  u5,
  u6,
  u8,
  u16,
  u32,
  u40,
  type Vec,
  vec,
  vecOf,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

const results = vecOf(u32, 16);
const primes = table(u8, 8, (i) => [2, 3, 5, 7, 11, 13, 17, 19][i]);

function ask(beats: u16, input: ReadPort<u32>, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    input.request(beat, 1);
    output.request(3 * beat, 3);
  }
}

function compute(
  beats: u16,
  wide: u40,
  input: ReadPort<u32>,
  scalars: Stream<Vec<u32>>,
  lanes: Stream<Vec<u32>>,
  products: Stream<Vec<u32>>,
): void {
  let before = u32(0);
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    const v = input.receive();
    const [a, b, c] = [i8(v[0]), u8(v[1]), i16(v[2])];
    const [n, m] = [u3(v[3]), u5(v[3])];
    const word = v[4];
    const signed = i32(v[5]);
    const one = [
      a + b + shiftRight(b ^ a, 1),
      i16(a * b) + ((a & 0x3ff) > 500 ? 1 : 0),
      !(a < b) ? 1 : 2,
      a > i8(v[6]) ? b : a,
      shiftRight(a, n),
      shiftRight(word & 0xffff0000, 3),
      signed >>> 7,
      word >>> m,
      signed >> m,
      shiftRight(~b, n),
      u8.saturate(a) + u8.saturate(c),
      i8.saturate(c),
      primes[u3(v[7])],
      shiftLeft(b, n),
      b * 7 + 10 * word + (u8(b + 200) + 100),
      u4(a - c) === 0 ? 3 : 4,
    ];
    scalars.write(vec(u32, 16, (l) => u32(one[l])));
    const x = vec(i16, 16, (l) => i16(v[l]));
    const y = vec(i8, 16, (l) => i8(shiftRight(v[l], 16)));
    const turned = vec(i16, 16, (l) => x[15 - l]);
    const z = vec(u8, 16, (l) => u8(shiftRight(v[l], 8)));
    const less = vec(u1, 16, (l) => u1(x[l] < y[l]));
    lanes.write(
      vec(u32, 16, (l) => {
        const chosen = less[l] === 1 ? turned[l] : y[l];
        return u32(
          i8.saturate(chosen) +
            z[l] * ((l & 1) === 1 ? 300 : -3) +
            (l < 8 ? shiftRight(x[l], 3) : y[l] * y[l]),
        );
      }),
    );
    const far = shiftRight(mulHigh(i32(word), signed, 12), 1);
    const mixed = mulHigh(word, i32(v[8]), 13);
    const two = [
      far,
      shiftRight(far, 20),
      mixed,
      shiftRight(mixed, 22),
      sum(x),
      sum(y),
      Math.min(x[0], x[1], y[2]),
      Math.max(a, i8(v[9]), i8(v[10])),
      (any(less) ? 1 : 0) + (all(less) ? 2 : 0),
      shiftRight(b, u4(v[3])),
      x[u4(word)],
      wide - word,
      shiftRight(wide, 32),
      u32(before - word),
      Math.abs(c) + u4(shiftRight(word + b, 9)),
      (b < 255 ? 1 : 2) +
        (u8(v[11]) <= 254 ? 4 : 8) +
        (u3(v[12]) < 6 ? 16 : 32) +
        u6(v[11]) * u1(v[12]) +
        u6(v[13]) * i1(v[14]),
    ];
    before = word;
    products.write(vec(u32, 16, (l) => u32(two[l])));
  }
}

function send(
  beats: u16,
  scalars: Stream<Vec<u32>>,
  lanes: Stream<Vec<u32>>,
  products: Stream<Vec<u32>>,
  output: WritePort<u32>,
): void {
  for (let beat = 0; beat < beats; beat++) {
    output.send(scalars.read());
    output.send(lanes.read());
    output.send(products.read());
  }
}

function confirm(beats: u16, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) output.response();
}

export default kernel({
  name: 'operators',
  summary: 'operators of many widths and signs',
  parameters: {},
  arguments: () => ({
    input: readMemory(u32),
    output: writeMemory(u32),
    beats: scalar(u16),
    wide: scalar(u40),
  }),
  dataflow(_p, { input, output, beats, wide }) {
    const scalars = stream(results);
    const lanes = stream(results);
    const products = stream(results);
    ask(beats, input, output);
    compute(beats, wide, input, scalars, lanes, products);
    send(beats, scalars, lanes, products, output);
    confirm(beats, output);
  },
  workload(_p, random, size) {
    const beats = 10 * size;
    // Extremes as often as anything else: it is there that operators differ.
    const corners = [0, 1, 0x7f, 0x80, 0xff, 0xfe, 0x8000, 0xffff, 0xffffffff, 0x80000000, 0x87];
    let last = 0;
    const next = () =>
      random.chance(0.4) ? corners[random.integer(0, 10)] : random.integer(0, 0xffffffff);
    // And two equal ones in a row.
    const word = () => {
      if (random.chance(0.7)) last = next();
      return last;
    };
    return {
      input: Uint32Array.from({ length: beats * 16 }, word),
      output: beats * 48,
      beats,
      wide: random.integer(0, 2 ** 40 - 1),
    };
  },
});
