import {
  i16,
  kernel,
  type Parameters,
  type ParameterValues,
  pipeline,
  type ReadPort,
  readMemory,
  scalar,
  shiftRight,
  signed,
  u32,
  unroll,
  vec,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

const lanes = 32;
const burst = 16;

const parameters = {
  taps: { default: 8, min: 1, max: 32, help: 'coefficients of the filter' },
} satisfies Parameters;

type P = ParameterValues<typeof parameters>;

function beatsOf(length: u32): number {
  return shiftRight(length + lanes - 1, 5);
}

function request(
  length: u32,
  coefficients: ReadPort<i16>,
  samples: ReadPort<i16>,
  filtered: WritePort<i16>,
): void {
  coefficients.request(0, 1);
  const beats = beatsOf(length);
  for (let beat = 0; beat < beats; beat += burst) {
    pipeline();
    const now = Math.min(beats - beat, burst);
    samples.request(beat, now);
    filtered.request(beat, now);
  }
}

/** 32 outputs an iteration, each of all taps. */
function filter(
  p: P,
  length: u32,
  coefficients: ReadPort<i16>,
  samples: ReadPort<i16>,
  filtered: WritePort<i16>,
): void {
  const { taps } = p;
  // A product has 32 bits; `taps` of them and half a unit for rounding have at most 6 more.
  const wide = signed(38);
  const c = coefficients.receive();
  // The samples before the first one are 0. The newest are in the highest lanes.
  let history = vec(i16, taps, () => 0);
  for (let beat = 0; beat < beatsOf(length); beat++) {
    pipeline();
    const now = samples.receive();
    const line = vec(i16, taps + lanes, (l) => (l < taps ? history[l] : now[l - taps]));
    let total = vec(wide, lanes, () => 2 ** 14);
    for (let t = 0; t < taps; t++) {
      unroll();
      total = vec(wide, lanes, (l) => total[l] + line[taps + l - t] * c[t]);
    }
    filtered.send(vec(i16, lanes, (l) => i16.saturate(shiftRight(total[l], 15))));
    history = vec(i16, taps, (l) => line[lanes + l]);
  }
}

function confirm(length: u32, filtered: WritePort<i16>): void {
  const beats = beatsOf(length);
  for (let beat = 0; beat < beats; beat += burst) {
    pipeline();
    filtered.response();
  }
}

/**
 * fir_filter: filtered[i] = Σ c[t] · samples[i − t] over t = 0 … taps − 1, samples before the first
 * one 0. Coefficients have 15 fraction bits; a result is rounded once (half up) and saturated.
 * Shows coefficients that are read once, unrolled taps, and a history that crosses beats.
 */
export default kernel({
  name: 'fir_filter',
  summary: 'a finite impulse response filter over i16 samples',
  parameters,
  arguments: () => ({
    coefficients: readMemory(i16),
    samples: readMemory(i16),
    filtered: writeMemory(i16),
    length: scalar(u32),
  }),
  dataflow(p, { coefficients, samples, filtered, length }) {
    request(length, coefficients, samples, filtered);
    filter(p, length, coefficients, samples, filtered);
    confirm(length, filtered);
  },
  workload(p, random, size) {
    const draw = (count: number) =>
      Int16Array.from({ length: count }, () => random.integer(-(2 ** 15), 2 ** 15 - 1));
    return { coefficients: draw(p.taps), samples: draw(size), filtered: size, length: size };
  },
});
