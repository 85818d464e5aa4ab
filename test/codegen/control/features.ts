import {
  i16,
  i32,
  kernel,
  pipeline,
  type ReadPort,
  readMemory,
  type Stream,
  scalar,
  shiftRight,
  stream,
  u1,
  u4,
  u5,
  u8,
  u16,
  u32,
  unroll,
  type Vec,
  vec,
  vecOf,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

/** What a user of TypeScript writes without thinking: records, patterns, defaults, functions as values. */

const Mode = { add: 0, clear: 1, keep: 2 } as const;
const [offset, , step] = [3, 4, 5];
const { scale = 2, ...limits } = { low: 10, high: 200 } as {
  low: number;
  high: number;
  scale?: number;
};

type Pair<T> = { readonly a: T; readonly b: T };

const next = (x: u32): u32 => u32(x + step);
const double = (x: u32): u32 => u32(x * scale);

function twice(f: (x: u32) => u32, x: u32): u32 {
  return f(f(x));
}

function pair<T>(a: T, b: T): Pair<T> {
  return { a, b };
}

function clamp(x: number, low = limits.low, high = limits.high): u8 {
  if (x < low) return u8(low);
  if (x > high) return u8(high);
  return u8(x);
}

function divided(x: u16): readonly [u8, u8] {
  return [u8(shiftRight(x, 8)), u8(x)];
}

function inOrder({ a, b }: Pair<u8>): [u8, u8] {
  if (a > b) return [b, a];
  return [a, b];
}

function ask(rows: u16, input: ReadPort<u32>, output: WritePort<u32>): void {
  for (let row = 0; row < rows; row++) {
    input.request(row, 1);
    output.request(row, 1);
  }
}

type State = { readonly total: u32; readonly last: u8; readonly swaps: u16 };

function work(rows: u16, input: ReadPort<u32>, results: Stream<Vec<u32>>): void {
  let state: State = { total: u32(0), last: u8(0), swaps: u16(0) };
  let [x, y] = [u32(1), u32(2)];
  for (let row = 0; row < rows; row++) {
    const v = input.receive();
    const [first, second, , fourth] = v;
    // A record keeps what was in it.
    const before = { x, y, state };
    [x, y] = [y, x];
    x = u32(x + first);
    ({ a: x, b: y } = pair(y, x));
    const mode = u4(second & 3);
    switch (mode) {
      case Mode.add:
        state = { ...state, total: u32(state.total + first), last: u8(first) };
        break;
      case Mode.clear:
        state = { ...state, total: u32(0) };
        break;
      default: {
        state = { total: state.total, last: u8(state.swaps), swaps: u16(state.last + 1) };
      }
    }
    const local = (k: number, by = 1): u32 => u32(first + k * by);
    function bigger(k: u8): boolean {
      return k > clamp(fourth, 20);
    }
    const [low, high] = inOrder(pair(u8(first), u8(fourth)));
    const [upper, lower] = divided(u16(second));
    let { a, b } = pair(u8(low), u8(high));
    if (bigger(a)) [a, b] = [b, a];
    const lanes = vec(u8, 16, (l) => {
      const d = v[l] & 255;
      if (d < low) return low;
      const bound = Math.min(d, 100 + l);
      return bound > upper ? bound : clamp(d);
    });
    const signed = vec(i16, 16, (l) => {
      const distance = lanes[l] - lower;
      return distance < 0 ? -distance : distance;
    });
    const words = [
      before.x,
      before.y,
      before.state.total,
      before.state.last,
      state.total,
      state.swaps,
      twice(next, first),
      twice(double, second),
      twice((z) => u32(z ^ offset), fourth),
      local(3),
      local(2, offset),
      a,
      b,
      u1(bigger(high)),
    ];
    results.write(vec(u32, 16, (l) => (l < 14 ? words[l] : l === 14 ? signed[3] : lanes[l])));
    results.write(vec(u32, 16, (l) => i32(signed[l] * 3 - lanes[15 - l])));
  }
}

function collect(rows: u16, results: Stream<Vec<u32>>, output: WritePort<u32>): void {
  for (let row = 0; row < rows; row++) {
    const [even, odd] = [results.read(), results.read()];
    // A number of lanes that is known, and a multiple; one that is neither; one that is left.
    let total = u32(0);
    for (let l = 0; l < 16; l++) {
      pipeline();
      unroll(4);
      total = u32(total + even[u4(l)]);
    }
    let some = u32(0);
    for (let l = 15; l > u4(even[3]); l--) {
      unroll(3);
      const lane = odd[u4(l)];
      some = u32(some * 3 + lane);
    }
    let found = u8(16);
    for (let l = 0; l < u5(odd[1]); l++) {
      pipeline();
      unroll(4);
      if (l > 15) continue;
      if ((odd[u4(l)] & 3) === 2) {
        found = u8(l);
        break;
      }
    }
    const ends = [total, some, found];
    output.send(vec(u32, 16, (l) => (l < 13 ? even[l] ^ u32(odd[l] * 256) : ends[l - 13])));
  }
}

function confirm(rows: u16, output: WritePort<u32>): void {
  for (let row = 0; row < rows; row++) output.response();
}

export default kernel({
  name: 'features',
  summary: 'records, patterns, defaults, functions as values',
  parameters: {},
  arguments: () => ({ input: readMemory(u32), output: writeMemory(u32), rows: scalar(u16) }),
  dataflow(_p, { input, output, rows }) {
    const results = stream(vecOf(u32, 16));
    ask(rows, input, output);
    work(rows, input, results);
    collect(rows, results, output);
    confirm(rows, output);
  },
  workload(_p, random, size) {
    const input = Uint32Array.from({ length: size * 16 }, () =>
      random.integer(0, random.chance(0.5) ? 255 : 0xffffffff),
    );
    return { input, output: size * 16, rows: size };
  },
});
