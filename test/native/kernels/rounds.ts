import {
  kernel,
  pipeline,
  type ReadPort,
  readMemory,
  type Stream,
  scalar,
  stream,
  u1,
  u2,
  u4,
  u32,
  vec,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

/**
 * A counter that goes round beside another one, and two processes that hand on one element a turn for as long as each
 * of them has to: `given` turns of the first, `taken` of the second.
 */

type Step = { readonly value: u32; readonly last: u1 };

function requestValues(count: u32, values: ReadPort<u32>): void {
  for (let at = 0; at < count; at++) {
    pipeline();
    values.request(at, 1);
  }
}

function unpack(count: u32, values: ReadPort<u32>, words: Stream<u32>): void {
  for (let at = 0; at < count; at++) {
    pipeline();
    words.write(values.receive()[0]);
  }
}

/** Six turns for each word; every second one adds, and the fourth says a mark of its own where the word is odd. */
function goRound(count: u32, words: Stream<u32>, mixed: Stream<u32>, marks: Stream<u32>): void {
  let value = u32(0);
  let word = u32(0);
  let at = u4(0);
  let side = u1(0);
  let done = u32(0);
  let running = u1(count !== 0);
  while (running) {
    pipeline();
    if (at === 0) {
      word = words.read();
      value = word;
    }
    value = u32(side ? value + 0x1357 * at : value * 5);
    if (at === 3 && word & 1) marks.write(value);
    mixed.write(value);
    const last = at === 5;
    at = u4(last ? 0 : at + 1);
    side = u1(!side);
    if (last) {
      running = u1(done !== count - 1);
      done = u32(done + 1);
    }
  }
}

/** Groups of one to four elements, as the first of a group says. */
function group(given: u32, mixed: Stream<u32>, steps: Stream<Step>): void {
  let left = u2(0);
  let first = u1(1);
  let done = u32(0);
  let running = u1(given !== 0);
  while (running) {
    pipeline();
    const value = mixed.read();
    const rest = u2(first ? value >>> 7 : left);
    const last = rest === 0;
    steps.write({ value, last: u1(last) });
    left = u2(rest - 1);
    first = u1(last);
    running = u1(done !== given - 1);
    done = u32(done + 1);
  }
}

function addGroups(taken: u32, steps: Stream<Step>, sums: Stream<u32>): void {
  let sum = u32(0);
  let done = u32(0);
  let running = u1(taken !== 0);
  while (running) {
    pipeline();
    const step = steps.read();
    sum = u32(sum + step.value);
    if (step.last) {
      sums.write(sum);
      sum = u32(0);
    }
    running = u1(done !== taken - 1);
    done = u32(done + 1);
  }
}

function store(
  groups: u32,
  odd: u32,
  sums: Stream<u32>,
  marks: Stream<u32>,
  output: WritePort<u32>,
): void {
  for (let at = 0; at < groups; at++) {
    pipeline();
    const sum = sums.read();
    output.request(at, 1);
    output.send(vec(u32, 16, (l) => u32(sum + l)));
    output.response();
  }
  let folded = u32(0);
  for (let at = 0; at < odd; at++) {
    pipeline();
    folded = u32(folded * 3 + marks.read());
  }
  output.request(groups, 1);
  output.send(vec(u32, 16, () => folded));
  output.response();
}

/** Groups in the elements of these words, and how many words are odd. */
function counted(words: readonly number[], turns: number): { groups: number; odd: number } {
  const mixed = words.flatMap((word) => {
    let value = word;
    return Array.from({ length: 6 }, (_, at) => {
      value = at % 2 === 1 ? (value + 0x1357 * at) >>> 0 : Math.imul(value, 5) >>> 0;
      return value;
    });
  });
  let groups = 0;
  let left = 0;
  for (const [at, value] of mixed.slice(0, turns).entries()) {
    const first = at === 0 || left < 0;
    const rest = first ? (value >>> 7) & 3 : left;
    if (rest === 0) groups += 1;
    left = rest - 1;
  }
  return { groups, odd: words.filter((word) => word % 2 === 1).length };
}

export default kernel({
  name: 'rounds',
  summary: 'a counter that goes round, and two processes that hand on one element a turn',
  parameters: {},
  arguments: () => ({
    values: readMemory(u32),
    output: writeMemory(u32),
    count: scalar(u32),
    given: scalar(u32),
    taken: scalar(u32),
    groups: scalar(u32),
    odd: scalar(u32),
  }),
  dataflow(_p, { values, output, count, given, taken, groups, odd }) {
    const words = stream(u32);
    const mixed = stream(u32);
    const marks = stream(u32, { depth: 4096 });
    const steps = stream({ value: u32, last: u1 });
    const sums = stream(u32);
    requestValues(count, values);
    unpack(count, values, words);
    goRound(count, words, mixed, marks);
    group(given, mixed, steps);
    addGroups(taken, steps, sums);
    store(groups, odd, sums, marks, output);
  },
  workload(_p, random, size) {
    const words = Array.from({ length: size }, () => random.integer(0, 0xffffffff));
    const values = Uint32Array.from({ length: 16 * Math.max(1, size) }, (_, at) =>
      at % 16 === 0 ? (words[at / 16] ?? 0) : 0,
    );
    const turns = 6 * size;
    const { groups, odd } = counted(words, turns);
    return {
      ...{ values, output: 16 * (groups + 1) },
      ...{ count: size, given: turns, taken: turns, groups, odd },
    };
  },
});
