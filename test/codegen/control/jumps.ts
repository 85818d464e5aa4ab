import {
  i16,
  kernel,
  pipeline,
  type ReadPort,
  readMemory,
  type Stream,
  scalar,
  stream,
  u1,
  u4,
  u5,
  u8,
  u16,
  u32,
  unroll,
  vec,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

/**
 * Jumps of every kind. Each process turns one number a row into one, so that a blocking read or write
 * on a path that is not taken shifts everything behind it.
 */

function ask(rows: u16, input: ReadPort<u32>, output: WritePort<u32>): void {
  for (let row = 0; row < rows; row++) {
    pipeline();
    input.request(row, 1);
    output.request(row, 1);
  }
}

/** Several returns, of different widths, and one in a loop. */
function kind(x: u8): number {
  if (x === 0) return 1;
  if (x < 16) {
    if ((x & 1) === 1) return -3;
  } else if (x > 200) {
    return u8(x - 100);
  }
  return x;
}

function highestBit(x: u32): number {
  let left = x;
  for (let bit = 0; bit < 32; bit++) {
    if (left <= 1) return bit;
    left = u32(left >>> 1);
  }
  return 32;
}

type Pair = { readonly low: number; readonly high: number };

function ordered(a: u8, b: u8): Pair {
  if (a < b) return { low: a, high: b };
  return { low: b, high: a };
}

/** The first lane above a limit, 15 where there is none: breaks out of an unrolled loop. */
function firstAbove(v: { readonly [lane: number]: u32 }, limit: u8): u4 {
  let found = u4(15);
  for (let lane = 0; lane < 15; lane++) {
    unroll();
    if (lane === 13) continue;
    if (u8(v[lane]) > limit) {
      found = u4(lane);
      break;
    }
  }
  return found;
}

function words(rows: u16, input: ReadPort<u32>, out: Stream<u32>, counts: Stream<u5>): void {
  for (let row = 0; row < rows; row++) {
    const v = input.receive();
    // As many words as there are before the first multiple of four, sixteen at most.
    let sent = u5(0);
    for (let lane = 0; lane < 16; lane++) {
      pipeline();
      const word = v[u4(lane)];
      if ((word & 3) === 0) break;
      if ((word & 3) === 1) continue;
      out.write(word);
      sent = u5(sent + 1);
    }
    out.write(u32(firstAbove(v, u8(v[15])) + 1000));
    counts.write(sent);
  }
}

/** Reads up to the mark; `while (true)`, and a break that comes after a read. */
function fold(rows: u16, out: Stream<u32>, counts: Stream<u5>, folded: Stream<u32>): void {
  for (let row = 0; row < rows; row++) {
    let sum = u32(0);
    let steps = u8(0);
    while (true) {
      pipeline();
      const word = out.read();
      steps = u8(steps + 1);
      if (word >= 1000 && word < 1016) {
        sum = u32(sum + word);
        break;
      }
      if (word > 5000) {
        if ((word & 7) === 2) continue;
        sum = u32(sum + 7);
      }
      sum = u32(sum + highestBit(word));
    }
    const count = counts.read();
    folded.write(u32(sum * 16 + (steps - count)));
  }
}

function choose(x: u32): u8 {
  switch (u4(x)) {
    case 0:
      return u8(10);
    case 1:
    case 2:
      if (x > 1000) break;
      return u8(11);
    case 3: {
      const y = u8(shiftDown(x));
      return y;
    }
    default:
      return u8(x & 7);
  }
  return u8(99);
}

const shiftDown = (x: u32): number => x >>> 3;

function odd(x: u32): boolean {
  if (x > 4000000000) return true;
  return (x & 1) === 1;
}

function finish(rows: u16, folded: Stream<u32>, output: WritePort<u32>): void {
  for (let row = 0; row < rows; row++) {
    const x = folded.read();
    let tries = u8(0);
    let y = x;
    do {
      tries = u8(tries + 1);
      if (tries > 20) break;
      if (tries === 7) continue;
      y = u32(y * 5 + 1);
    } while ((y & 0x30) !== 0);
    let z = x;
    let halved = u8(0);
    // The condition calls a function with returns of its own.
    while (!odd(z) && halved < 40) {
      z = u32(z >>> 1);
      halved = u8(halved + 1);
    }
    const { low, high } = ordered(u8(x), u8(x >>> 8));
    const k = i16(kind(u8(x)));
    const found = u1(tries > 20);
    output.send(
      vec(u32, 16, (l) =>
        l === 0
          ? x
          : l === 1
            ? tries
            : l === 2
              ? y
              : l === 3
                ? halved
                : l === 4
                  ? low
                  : l === 5
                    ? high
                    : l === 6
                      ? k
                      : l === 7
                        ? choose(u32(x + low))
                        : l === 8
                          ? found
                          : choose(u32(x >>> l)),
      ),
    );
    if (rows === 9999) return;
  }
}

function confirm(rows: u16, output: WritePort<u32>): void {
  let row = u16(0);
  while (true) {
    if (row === rows) return;
    output.response();
    row = u16(row + 1);
  }
}

export default kernel({
  name: 'jumps',
  summary: 'break, continue, return, switch and do',
  parameters: {},
  arguments: () => ({ input: readMemory(u32), output: writeMemory(u32), rows: scalar(u16) }),
  dataflow(_p, { input, output, rows }) {
    const out = stream(u32, { depth: 64 });
    const counts = stream(u5, { depth: 64 });
    const folded = stream(u32);
    ask(rows, input, output);
    words(rows, input, out, counts);
    fold(rows, out, counts, folded);
    finish(rows, folded, output);
    confirm(rows, output);
  },
  workload(_p, random, size) {
    const input = Uint32Array.from({ length: size * 16 }, () =>
      random.integer(1, random.chance(0.5) ? 255 : 0xffffff),
    );
    return { input, output: size * 16, rows: size };
  },
});
