import {
  array,
  kernel,
  pipeline,
  type ReadPort,
  readMemory,
  scalar,
  shiftRight,
  u4,
  u8,
  u32,
  vec,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

const lanes = 64;
const burst = 16;
const bins = 256;
const binLanes = 16;

function request(length: u32, values: ReadPort<u8>): void {
  const beats = shiftRight(length + lanes - 1, 6);
  for (let beat = 0; beat < beats; beat += burst) {
    pipeline();
    values.request(beat, Math.min(beats - beat, burst));
  }
}

/**
 * One value an iteration. A bin may be counted up in two iterations that follow each other: the block
 * RAM's answer would still be the old count, so the array hands the newer one on (forwarding).
 */
function count(length: u32, values: ReadPort<u8>, counts: WritePort<u32>): void {
  const bin = array(u32, bins);
  let beat = vec(u8, lanes, () => 0);
  counts.request(0, bins / binLanes);
  for (let i = 0; i < length; i++) {
    pipeline();
    if ((i & (lanes - 1)) === 0) beat = values.receive();
    const value = beat[i & (lanes - 1)];
    bin[value] = u32(bin[value] + 1);
  }
  // A block RAM gives one element a cycle; 16 of them make a beat.
  let row = vec(u32, binLanes, () => 0);
  for (let i = 0; i < bins; i++) {
    pipeline();
    const lane = u4(i & (binLanes - 1));
    row = row.with(lane, bin[i]);
    if (lane === binLanes - 1) counts.send(row);
  }
  counts.response();
}

/** histogram: counts[v] is how often v occurs in `values`. Shows an array in block RAM. */
export default kernel({
  name: 'histogram',
  summary: 'how often each of 256 values occurs',
  parameters: {},
  arguments: () => ({
    values: readMemory(u8),
    counts: writeMemory(u32),
    length: scalar(u32),
  }),
  dataflow(_p, { values, counts, length }) {
    request(length, values);
    count(length, values, counts);
  },
  workload(_p, random, size) {
    // Few different values hit one bin again and again: that is what forwarding is for.
    const most = random.chance(0.5) ? 2 : 255;
    const values = Uint8Array.from({ length: size }, () => random.integer(0, most));
    return { values, counts: bins, length: size };
  },
});
