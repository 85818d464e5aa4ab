import {
  i16,
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

const lanes = 32;
const burst = 16;

function beatsOf(length: u32): number {
  return shiftRight(length + lanes - 1, 5);
}

function request(length: u32, line: ReadPort<i16>, smooth: WritePort<i16>): void {
  const beats = beatsOf(length);
  for (let beat = 0; beat < beats; beat += burst) {
    pipeline();
    const now = Math.min(beats - beat, burst);
    line.request(beat, now);
    smooth.request(beat, now);
  }
}

/**
 * One beat an iteration. The last element of a beat has its right neighbour in the next one, so a beat
 * is finished one iteration after it came; the iteration past the last beat finishes that one.
 */
function smoothen(length: u32, line: ReadPort<i16>, smooth: WritePort<i16>): void {
  const beats = beatsOf(length);
  let current = vec(i16, lanes, () => 0);
  let before = i16(0);
  let left = u32(length);
  const steps = beats === 0 ? 0 : beats + 1;
  for (let step = 0; step < steps; step++) {
    pipeline();
    let next = vec(i16, lanes, () => 0);
    if (step < beats) next = line.receive();
    if (step > 0) {
      const leftOf = vec(i16, lanes, (l) =>
        l > 0 ? current[l - 1] : step === 1 ? current[0] : before,
      );
      // The vector's last element is its own right neighbour.
      const rightOf = vec(i16, lanes, (l) =>
        left === l + 1 ? current[l] : l < lanes - 1 ? current[l + 1] : next[0],
      );
      smooth.send(
        vec(i16, lanes, (l) => shiftRight(leftOf[l] + 2 * current[l] + rightOf[l] + 2, 2)),
      );
      before = current[lanes - 1];
      left = u32.saturate(left - lanes);
    }
    current = next;
  }
}

function confirm(length: u32, smooth: WritePort<i16>): void {
  const beats = beatsOf(length);
  for (let beat = 0; beat < beats; beat += burst) {
    pipeline();
    smooth.response();
  }
}

/**
 * stencil: smooth[i] = (line[i−1] + 2 · line[i] + line[i+1]) / 4, rounded half up; an end is its own
 * neighbour. Shows a loop that looks one beat ahead.
 */
export default kernel({
  name: 'stencil',
  summary: 'a three-point smoothing stencil over i16 samples',
  parameters: {},
  arguments: () => ({
    line: readMemory(i16),
    smooth: writeMemory(i16),
    length: scalar(u32),
  }),
  dataflow(_p, { line, smooth, length }) {
    request(length, line, smooth);
    smoothen(length, line, smooth);
    confirm(length, smooth);
  },
  workload(_p, random, size) {
    const line = Int16Array.from({ length: size }, () => random.integer(-(2 ** 15), 2 ** 15 - 1));
    return { line, smooth: size, length: size };
  },
});
