/**
 * A store whose index an older block has yet to write, in a stage that waits for it: a load of a younger block compared
 * its own index with what that variable held before, went ahead, and read the element too early.
 */
import {
  array,
  fixed,
  i12,
  i56,
  kernel,
  mulLow,
  type ReadPort,
  readMemory,
  type Stream,
  scalar,
  shiftRight,
  stream,
  u1,
  u3,
  u16,
  u20,
  u25,
  u32,
  u51,
  u64,
  unroll,
  type ValueOf,
  type Vec,
  vec,
  vecOf,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

const known = [
  0n,
  1436371582n,
  1560430350n,
  0n,
  0n,
  676792404n,
  3761153398n,
  1764128450n,
  3760582595n,
  601389203n,
  3926457201n,
  2824967926n,
  1534736890n,
  37338755n,
  ~0n,
  0n,
  0n,
  0n,
  0n,
  0n,
  1198129404n,
  4032257937n,
  1141693807n,
  0n,
];

const number = fixed(56, 0, 'half-up', 'wrap');

function work(
  n: u16,
  input: Stream<{ readonly a: ValueOf<typeof number> }>,
  output: Stream<Vec<i12>>,
): void {
  const flags = array(u1, 2);
  let x = u25(0);
  let y = u20(0);
  for (let at = 0; at < shiftRight(n, 3); at++) {
    const turns = u3(x);
    for (let turn = 0; turn < turns; turn++) {
      unroll(3);
      if ((x & 2) !== 0) x = u25(y + x);
    }
    y = u20(x);
    flags[u1(x)] = u1(1);
    x = u25((Math.max(u1(0), y) === x ? flags[1] : u1(0)) - y);
    if ((x & 1) !== 0) {
      x = u25((x >> 1) - x);
    }
    x = u25(mulLow(x, at, 3) - 1);
    input.read();
    x = u25(u51(0) - x);
    input.read();
    x = u25(u51(0) - x);
    output.write(vec(i12, 3, () => 0));
    x = u25(u51(number.raw(input.read().a)) + x);
    input.read();
    input.read();
    y = u20(u51(number.raw(input.read().a)) + x);
    x = u25(u51(number.raw(input.read().a)) + y);
    output.write(vec(i12, 3, () => 0));
    input.read();
    output.write(vec(i12, 3, () => x));
    output.write(vec(i12, 3, () => 0));
    output.write(vec(i12, 3, () => 0));
    output.write(vec(i12, 3, () => 0));
    output.write(vec(i12, 3, () => 0));
    output.write(vec(i12, 3, () => 0));
  }
}

function ask(n: u16, input: ReadPort<u64>): void {
  for (let at = 0; at < n; at++) {
    input.request(at, 1);
  }
}

function feed(
  n: u16,
  input: ReadPort<u64>,
  words: Stream<{ readonly a: ValueOf<typeof number> }>,
): void {
  for (let at = 0; at < n; at++) {
    words.write({ a: number.fromRaw(i56(input.receive()[0])) });
  }
}

function pack(n: u16, rows: Stream<Vec<i12>>, beats: Stream<Vec<u32>>): void {
  for (let at = 0; at < n; at++) {
    const words = [
      u32(rows.read()[0]),
      u32(0),
      u32(0),
      u32(0),
      u32(0),
      u32(0),
      u32(0),
      u32(0),
      u32(0),
      u32(0),
      u32(0),
      u32(0),
      u32(0),
      u32(0),
      u32(0),
      u32(0),
    ];
    beats.write(vec(u32, 16, (l) => words[l]));
  }
}

function announce(n: u16, output: WritePort<u32>): void {
  for (let at = 0; at < n; at++) {
    output.request(at, 1);
  }
}

function send(n: u16, beats: Stream<Vec<u32>>, output: WritePort<u32>): void {
  for (let at = 0; at < n; at++) {
    output.send(beats.read());
  }
}

function confirm(n: u16, output: WritePort<u32>): void {
  for (let at = 0; at < n; at++) {
    output.response();
  }
}

export default kernel({
  name: 'store_still_waiting',
  summary: 'a store to where a late variable says, and a load right behind',
  parameters: {},
  arguments: () => ({
    input: readMemory(u64),
    output: writeMemory(u32),
    n: scalar(u16),
  }),
  dataflow(_p, { input, output, n }) {
    const words = stream({ a: number });
    const rows = stream(vecOf(i12, 3));
    const beats = stream(vecOf(u32, 16));
    ask(n, input);
    feed(n, input, words);
    work(n, words, rows);
    pack(n, rows, beats);
    announce(n, output);
    send(n, beats, output);
    confirm(n, output);
  },
  // The words with which it was found: the load must come just when the store waits, for another element than before.
  workload() {
    const n = known.length;
    const input = new BigUint64Array(8 * n);
    known.forEach((word, at) => {
      input[8 * at] = word;
    });
    return { input, output: n * 16, n };
  },
});
