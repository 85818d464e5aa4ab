import type { Pooling } from './encoder-folder.ts';

/** Below this a vector has no direction; it is left at zero instead of being blown up to length 1. */
const tiny = 1e-12;

/**
 * Makes one vector of length 1 of each text's token vectors.
 * @param hidden texts × tokens × dimensions, row-major.
 * @param lengths how many of each text's tokens are not padding; padding is on the right.
 * @returns texts × dimensions.
 */
export function poolTokens(
  hidden: Float32Array,
  lengths: readonly number[],
  tokens: number,
  dimensions: number,
  pooling: Pooling,
): Float32Array {
  const pooled = new Float32Array(lengths.length * dimensions);
  // Sums in double precision, so that a text's result does not depend on how far its batch is padded.
  const sum = new Float64Array(dimensions);
  lengths.forEach((length, text) => {
    sum.fill(0);
    const taken = pooling === 'first' ? Math.min(1, length) : length;
    for (let token = 0; token < taken; token++) {
      const from = (text * tokens + token) * dimensions;
      for (let at = 0; at < dimensions; at++) sum[at] += hidden[from + at];
    }
    let square = 0;
    for (let at = 0; at < dimensions; at++) square += sum[at] * sum[at];
    const scale = square > tiny ? 1 / Math.sqrt(square) : 0;
    for (let at = 0; at < dimensions; at++) pooled[text * dimensions + at] = sum[at] * scale;
  });
  return pooled;
}
