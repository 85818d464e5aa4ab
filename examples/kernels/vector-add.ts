import {
  i32,
  kernel,
  pipeline,
  type ReadPort,
  readMemory,
  scalar,
  shiftRight,
  u32,
  vec,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

/** Elements of 32 bits in one 64-byte beat. */
const lanes = 16;
/** Beats asked for at once: 1 KiB. */
const burst = 16;

/** A length that is no multiple of a beat still takes the whole last one. */
function beatsOf(length: u32): number {
  return shiftRight(length + lanes - 1, 4);
}

/** Asks for both inputs and announces the output, far ahead of the data. */
function request(length: u32, a: ReadPort<i32>, b: ReadPort<i32>, c: WritePort<i32>): void {
  const beats = beatsOf(length);
  for (let beat = 0; beat < beats; beat += burst) {
    pipeline();
    const now = Math.min(beats - beat, burst);
    a.request(beat, now);
    b.request(beat, now);
    c.request(beat, now);
  }
}

/** The inner loop: 16 sums an iteration. */
function add(length: u32, a: ReadPort<i32>, b: ReadPort<i32>, c: WritePort<i32>): void {
  for (let beat = 0; beat < beatsOf(length); beat++) {
    pipeline();
    const x = a.receive();
    const y = b.receive();
    c.send(vec(i32, lanes, (l) => x[l] + y[l]));
  }
}

/** The kernel has ended when the memory has confirmed every burst. */
function confirm(length: u32, c: WritePort<i32>): void {
  const beats = beatsOf(length);
  for (let beat = 0; beat < beats; beat += burst) {
    pipeline();
    c.response();
  }
}

/**
 * vector_add: c[i] = a[i] + b[i], wrapped to 32 bits. The smallest kernel there is: requests, the work
 * and the confirmations are three processes, so that none of them waits for another.
 */
export default kernel({
  name: 'vector_add',
  summary: 'the sum of two vectors, element by element',
  parameters: {},
  arguments: () => ({
    a: readMemory(i32),
    b: readMemory(i32),
    c: writeMemory(i32),
    length: scalar(u32),
  }),
  dataflow(_p, { a, b, c, length }) {
    request(length, a, b, c);
    add(length, a, b, c);
    confirm(length, c);
  },
  workload(_p, random, size) {
    const draw = () =>
      Int32Array.from({ length: size }, () => random.integer(-(2 ** 31), 2 ** 31 - 1));
    return { a: draw(), b: draw(), c: size, length: size };
  },
});
