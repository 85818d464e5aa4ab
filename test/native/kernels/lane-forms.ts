import {
  any,
  i6,
  i17,
  i22,
  i24,
  i32,
  kernel,
  mulHigh,
  pipeline,
  type ReadPort,
  readMemory,
  type Stream,
  scalar,
  shiftRight,
  stream,
  u4,
  u8,
  u12,
  u16,
  u22,
  u32,
  type Vec,
  vec,
  vecOf,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

/** Vectors in every form that the C++ for processors prints in a way of its own, with values that overflow. */

const lanes = 16;
const odd = 13;

function request(count: u32, input: ReadPort<u32>): void {
  for (let at = 0; at < count; at++) {
    pipeline();
    input.request(at, 1);
  }
}

/** A choice that hangs on what lanes have in common: either way, again and again. */
function choose(
  count: u32,
  input: ReadPort<u32>,
  words: Stream<Vec<u32>>,
  picks: Stream<u32>,
): void {
  let taken = vec(u32, 7, () => 0xffffffff);
  for (let at = 0; at < count; at++) {
    pipeline();
    const beat = input.receive();
    const drawn = u32(beat[0] & 15);
    const clash = any(vec(u32, 7, (l) => taken[l] === drawn));
    const pick = u32(clash ? beat[1] - 1 : drawn);
    taken = vec(u32, 7, (l) => (l === 0 ? pick : taken[l - 1]));
    words.write(beat);
    picks.write(pick);
  }
}

/** Sums far beyond the bits of their lanes. */
function sums(
  count: u32,
  words: Stream<Vec<u32>>,
  picks: Stream<u32>,
  passed: Stream<Vec<u32>>,
  totals: Stream<Vec<u32>>,
): void {
  let total = vec(i22, lanes, () => 0);
  let product = vec(u22, lanes, () => 1);
  let left = u4(0);
  for (let at = 0; at < count; at++) {
    pipeline();
    const beat = words.read();
    const pick = picks.read();
    const head = vec(i22, lanes, (l) => total[l] + i32(beat[l]) - pick);
    product = vec(u22, lanes, (l) => product[l] * ((beat[l] & 0xfffff) | 1) - at);
    const emit = left === 3;
    totals.write(
      emit
        ? vec(u32, lanes, (l) => head[l] * 1024 + (product[l] >>> 12))
        : vec(u32, lanes, (l) => product[l]),
    );
    total = vec(i22, lanes, (l) => (emit ? 0 : head[l]));
    left = u4(emit ? 0 : left + 1);
    passed.write(beat);
  }
}

/** Narrow lanes made of wide ones, products that lose their lowest bits, and vectors that fill no chunk. */
function narrow(
  count: u32,
  words: Stream<Vec<u32>>,
  totals: Stream<Vec<u32>>,
  output: WritePort<u32>,
): void {
  for (let at = 0; at < count; at++) {
    pipeline();
    const beat = words.read();
    const total = totals.read();
    const factor = i17(beat[3]);
    const means = vec(i24, odd, (l) => shiftRight(i22(total[l]) * factor, 15));
    const high = vec(u32, lanes, (l) => mulHigh(beat[l], total[lanes - 1 - l], 32));
    const twice = vec(i17, odd, (l) => shiftRight(means[l], beat[l] & 7));
    const halves = vec(u16, odd, (l) => shiftRight(twice[l] + 1, 1));
    const bytes = vec(u8, lanes, (l) => (beat[l] >>> 3) + total[l] * 5);
    const clamped = vec(u12, lanes, (l) =>
      i17(total[l]) < 0 ? 4095 : u12(high[l] >>> 9) - bytes[l],
    );
    const few = vec(u8, 8, (l) => total[l]);
    const wide = vec(i32, 8, (l) => few[l]);
    const corner = vec(i6, 4, (l) => 1 - wide[l]);
    const small = any(vec(u8, odd, (l) => bytes[l] === 7));
    output.send(
      vec(u32, lanes, (l) =>
        l < odd
          ? (halves[l] << 12) ^ (means[l] * 3) ^ corner[l & 3] ^ high[l] ^ clamped[l]
          : small
            ? bytes[l] ^ high[l]
            : (bytes[l] << 24) | clamped[l],
      ),
    );
  }
}

function ask(count: u32, output: WritePort<u32>): void {
  for (let at = 0; at < count; at++) output.request(at, 1);
}

function confirm(count: u32, output: WritePort<u32>): void {
  for (let at = 0; at < count; at++) output.response();
}

export default kernel({
  name: 'lane_forms',
  summary: 'vectors in many forms, with values that overflow',
  parameters: {},
  arguments: () => ({
    input: readMemory(u32),
    output: writeMemory(u32),
    count: scalar(u32),
  }),
  dataflow(_p, { input, output, count }) {
    const words = stream(vecOf(u32, lanes));
    const picks = stream(u32);
    const passed = stream(vecOf(u32, lanes));
    const totals = stream(vecOf(u32, lanes));
    request(count, input);
    ask(count, output);
    choose(count, input, words, picks);
    sums(count, words, picks, passed, totals);
    narrow(count, passed, totals, output);
    confirm(count, output);
  },
  workload(_p, random, size) {
    const extremes = [0, 0xffffffff, 0x80000000, 0x7fffffff, 0x1ffff, 0x8000, 0x7fff, 0x200000];
    const word = () =>
      random.integer(0, 3) === 0 ? extremes[random.integer(0, 7)] : random.integer(0, 2 ** 32 - 1);
    const input = Uint32Array.from({ length: size * 16 }, word);
    return { input, output: size * 16, count: size };
  },
});
