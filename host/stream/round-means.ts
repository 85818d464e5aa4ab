/** ⌈log2 n⌉. */
function log2Ceil(n: number): number {
  return n <= 1 ? 0 : Math.ceil(Math.log2(n));
}

/**
 * Divides exact sums, the one rounding of a mean: ⌊(s·r + 2^(15+k)) / 2^(16+k)⌋ with k = ⌈log2 n⌉ and
 * r = 2^(16+k) / n rounded, as `mean_aggregate` does (specification, "mean_aggregate"). The mean of
 * nothing is 0.
 * @param sums row-major, counts.length rows; |sum| ≤ n · 2^15.
 * @param counts n of each row, at most 64.
 */
export function roundMeans(sums: Int32Array, counts: Uint8Array, columns: number): Int16Array {
  const means = new Int16Array(counts.length * columns);
  for (let row = 0; row < counts.length; row++) {
    const n = counts[row];
    if (n === 0) continue;
    const k = log2Ceil(n);
    const factor = Math.round(2 ** (16 + k) / n);
    const half = 2 ** (15 + k);
    const shift = 2 ** -(16 + k);
    const end = (row + 1) * columns;
    // A product has at most 39 bits and the shift is a power of two, so that doubles are exact.
    for (let at = row * columns; at < end; at++) {
      means[at] = Math.floor((sums[at] * factor + half) * shift) | 0;
    }
  }
  return means;
}
