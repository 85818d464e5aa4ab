import {
  i8,
  i64,
  kernel,
  pipeline,
  type ReadPort,
  readMemory,
  scalar,
  shiftRight,
  signed,
  sum,
  u32,
  vec,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

const lanes = 64;
const burst = 16;

function beatsOf(length: u32): number {
  return shiftRight(length + lanes - 1, 6);
}

function request(length: u32, a: ReadPort<i8>, b: ReadPort<i8>): void {
  const beats = beatsOf(length);
  for (let beat = 0; beat < beats; beat += burst) {
    pipeline();
    const now = Math.min(beats - beat, burst);
    a.request(beat, now);
    b.request(beat, now);
  }
}

/** 64 products an iteration. Of the last beat only the pairs below `length` count. */
function accumulate(length: u32, a: ReadPort<i8>, b: ReadPort<i8>, result: WritePort<i64>): void {
  // 2^32 products of at most 2^14 add up to 2^46: 48 bits hold every sum exactly.
  const wide = signed(48);
  let total = wide(0);
  let left = u32(length);
  result.request(0, 1);
  for (let beat = 0; beat < beatsOf(length); beat++) {
    pipeline();
    const x = a.receive();
    const y = b.receive();
    total = wide(total + sum(vec(signed(16), lanes, (l) => (l < left ? x[l] * y[l] : 0))));
    left = u32.saturate(left - lanes);
  }
  result.send(vec(i64, 8, (l) => (l === 0 ? total : 0)));
  result.response();
}

/**
 * dot_product: the exact sum of a[i] · b[i] over two vectors of int8. Shows a reduction: a tree of
 * adders over the lanes, pipelined, and one accumulator behind it that is ready every cycle.
 */
export default kernel({
  name: 'dot_product',
  summary: 'the exact dot product of two int8 vectors',
  parameters: {},
  arguments: () => ({
    a: readMemory(i8),
    b: readMemory(i8),
    result: writeMemory(i64),
    length: scalar(u32),
  }),
  dataflow(_p, { a, b, result, length }) {
    request(length, a, b);
    accumulate(length, a, b, result);
  },
  workload(_p, random, size) {
    // Some vectors hold the extremes only, where the sums are largest.
    const extreme = random.chance(0.25);
    const draw = () =>
      Int8Array.from({ length: size }, () => (extreme ? -128 : random.integer(-128, 127)));
    return { a: draw(), b: draw(), result: 1, length: size };
  },
});
