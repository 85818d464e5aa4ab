/** Seeded numbers for workloads: the same seed gives the same workload everywhere. */
export interface Random {
  /** Uniform whole number from `min` to `max`, both included; at most 2^32 values. */
  integer(min: number, max: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  /** Uniform in [0, 1), 32 random bits. */
  unit(): number;
}

/** Splitmix32: one multiply-xor chain a number, full period, good enough for test data. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  return {
    integer: (min, max) => min + Math.floor((next() / 2 ** 32) * (max - min + 1)),
    chance: (probability) => next() / 2 ** 32 < probability,
    unit: () => next() / 2 ** 32,
  };
}
