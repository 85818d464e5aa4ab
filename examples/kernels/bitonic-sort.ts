import {
  kernel,
  pipeline,
  type ReadPort,
  readMemory,
  scalar,
  shiftRight,
  u32,
  unroll,
  type Vec,
  vec,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

const lanes = 16;
const log2Lanes = 4;
const burst = 16;
const largest = 0xffffffff;

function beatsOf(length: u32): number {
  return shiftRight(length + lanes - 1, log2Lanes);
}

function request(length: u32, values: ReadPort<u32>, sorted: WritePort<u32>): void {
  const beats = beatsOf(length);
  for (let beat = 0; beat < beats; beat += burst) {
    pipeline();
    const now = Math.min(beats - beat, burst);
    values.request(beat, now);
    sorted.request(beat, now);
  }
}

/** Batcher's bitonic network: runs of 2, 4, 8 and 16 lanes, each merged in halving steps. */
function sortWindow(window: Vec<u32>): Vec<u32> {
  let x = window;
  for (let run = 1; run <= log2Lanes; run++) {
    unroll();
    for (let step = run - 1; step >= 0; step--) {
      unroll();
      const distance = 1 << step;
      // Runs rise and fall in turn, so that two of them together are bitonic.
      x = vec(u32, lanes, (l) =>
        ((l & distance) === 0) === ((l & (1 << run)) === 0)
          ? Math.min(x[l], x[l ^ distance])
          : Math.max(x[l], x[l ^ distance]),
      );
    }
  }
  return x;
}

/** One window an iteration. What lies past the end sorts behind everything that is there. */
function sort(length: u32, values: ReadPort<u32>, sorted: WritePort<u32>): void {
  let left = u32(length);
  for (let beat = 0; beat < beatsOf(length); beat++) {
    pipeline();
    const received = values.receive();
    sorted.send(sortWindow(vec(u32, lanes, (l) => (l < left ? received[l] : largest))));
    left = u32.saturate(left - lanes);
  }
}

function confirm(length: u32, sorted: WritePort<u32>): void {
  const beats = beatsOf(length);
  for (let beat = 0; beat < beats; beat += burst) {
    pipeline();
    sorted.response();
  }
}

/**
 * bitonic_sort: sorts every window of 16 values by itself, the last one with those that are left.
 * Ten layers of comparators become ten or so pipeline stages: a window enters and one leaves each cycle.
 */
export default kernel({
  name: 'bitonic_sort',
  summary: 'sorts each window of 16 values',
  parameters: {},
  arguments: () => ({
    values: readMemory(u32),
    sorted: writeMemory(u32),
    length: scalar(u32),
  }),
  dataflow(_p, { values, sorted, length }) {
    request(length, values, sorted);
    sort(length, values, sorted);
    confirm(length, sorted);
  },
  workload(_p, random, size) {
    // Small ranges give equal values within a window.
    const most = random.chance(0.5) ? 9 : largest;
    const values = Uint32Array.from({ length: size }, () => random.integer(0, most));
    return { values, sorted: size, length: size };
  },
});
