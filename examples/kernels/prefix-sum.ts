import {
  kernel,
  pipeline,
  type ReadPort,
  readMemory,
  scalar,
  shiftRight,
  u32,
  unroll,
  vec,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

const lanes = 16;
const burst = 16;

function beatsOf(length: u32): number {
  return shiftRight(length + lanes - 1, 4);
}

function request(length: u32, values: ReadPort<u32>, sums: WritePort<u32>): void {
  const beats = beatsOf(length);
  for (let beat = 0; beat < beats; beat += burst) {
    pipeline();
    const now = Math.min(beats - beat, burst);
    values.request(beat, now);
    sums.request(beat, now);
  }
}

/** 16 sums an iteration: a scan within the beat, then all that came before. */
function scan(length: u32, values: ReadPort<u32>, sums: WritePort<u32>): void {
  let before = u32(0);
  for (let beat = 0; beat < beatsOf(length); beat++) {
    pipeline();
    let within = values.receive();
    // After round r a lane holds the sum of the 2^(r+1) values that end with it.
    for (let round = 0; round < 4; round++) {
      unroll();
      const reach = 1 << round;
      within = vec(u32, lanes, (l) => (l < reach ? within[l] : within[l] + within[l - reach]));
    }
    sums.send(vec(u32, lanes, (l) => before + within[l]));
    before = u32(before + within[lanes - 1]);
  }
}

function confirm(length: u32, sums: WritePort<u32>): void {
  const beats = beatsOf(length);
  for (let beat = 0; beat < beats; beat += burst) {
    pipeline();
    sums.response();
  }
}

/**
 * prefix_sum: sums[i] = values[0] + … + values[i], modulo 2^32. The scan of a beat has four rounds of
 * adders, as deep as the pipeline likes; only one addition goes from a beat to the next.
 */
export default kernel({
  name: 'prefix_sum',
  summary: 'the running sum of a vector',
  parameters: {},
  arguments: () => ({
    values: readMemory(u32),
    sums: writeMemory(u32),
    length: scalar(u32),
  }),
  dataflow(_p, { values, sums, length }) {
    request(length, values, sums);
    scan(length, values, sums);
    confirm(length, sums);
  },
  workload(_p, random, size) {
    const values = Uint32Array.from({ length: size }, () => random.integer(0, 2 ** 32 - 1));
    return { values, sums: size, length: size };
  },
});
