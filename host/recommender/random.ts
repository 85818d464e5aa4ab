/** A seeded source of numbers; the same seed gives the same numbers on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Normal with mean 0 and variance 1. */
  normal(): number;
  /** Uniform among 0 … bound − 1. */
  below(bound: number): number;
}

/**
 * A 32-bit Weyl sequence through a bijective mix (the multiply-xorshift rounds of the sampling kernel).
 * Streams of different `purpose` are unrelated, so that one part's draws do not shift another's.
 */
export function seededRandom(seed: number, purpose = ''): Random {
  let state = seed >>> 0;
  const mix = (value: number): number => {
    const a = Math.imul(value ^ (value >>> 16), 0x7feb352d);
    const b = Math.imul(a ^ (a >>> 15), 0x846ca68b);
    return (b ^ (b >>> 16)) >>> 0;
  };
  for (const letter of purpose) state = mix(state ^ letter.charCodeAt(0));
  const word = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    return mix(state);
  };
  const uniform = (): number => ((word() >>> 6) * 2 ** 27 + (word() >>> 5)) / 2 ** 53;
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    below: (bound) => Math.floor(uniform() * bound),
  };
}

/** Shuffles in place (Fisher-Yates). */
export function shuffle(list: Uint32Array, random: Random): Uint32Array {
  for (let at = list.length - 1; at > 0; at--) {
    const other = random.below(at + 1);
    [list[at], list[other]] = [list[other], list[at]];
  }
  return list;
}
