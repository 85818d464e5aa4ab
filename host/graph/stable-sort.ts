const radix = 1 << 16;

/** One stable pass by the 16 bits of `key` at `shift`; returns false when all of them are equal. */
function pass(from: Uint32Array, to: Uint32Array, key: Uint32Array, shift: number): boolean {
  const starts = new Uint32Array(radix);
  const count = from.length;
  // Indexed loops, here and below: this is where loading a large file spends its time.
  for (let at = 0; at < count; at++) starts[(key[from[at]] >>> shift) & (radix - 1)]++;
  if (count > 0 && starts[(key[from[0]] >>> shift) & (radix - 1)] === count) {
    return false;
  }
  let sum = 0;
  for (let digit = 0; digit < radix; digit++) {
    const size = starts[digit];
    starts[digit] = sum;
    sum += size;
  }
  for (let at = 0; at < count; at++) {
    to[starts[(key[from[at]] >>> shift) & (radix - 1)]++] = from[at];
  }
  return true;
}

/** The two words of each double, such that comparing (high, low) as unsigned compares the doubles. */
function sortableWords(values: Float64Array): { low: Uint32Array; high: Uint32Array } {
  const low = new Uint32Array(values.length);
  const high = new Uint32Array(values.length);
  const view = new DataView(new ArrayBuffer(8));
  for (let row = 0; row < values.length; row++) {
    // Adding 0 makes a plain zero of a negative one, which would sort before it.
    view.setFloat64(0, values[row] + 0);
    const top = view.getUint32(0);
    const negative = top >>> 31 === 1;
    high[row] = negative ? ~top : top | 0x80000000;
    low[row] = negative ? ~view.getUint32(4) : view.getUint32(4);
  }
  return { low, high };
}

/**
 * Orders rows by several keys, the most important first; rows of equal keys keep their order. A radix
 * sort, so that the time grows with the number of rows only.
 * @param rows row numbers; not changed.
 * @param keys one value for each row number; no NaN.
 */
export function sortedRows(
  rows: Uint32Array,
  ...keys: readonly (Uint32Array | Float64Array)[]
): Uint32Array {
  let from = rows.slice();
  let to = new Uint32Array(rows.length);
  for (const key of keys.toReversed()) {
    const words = key instanceof Uint32Array ? [key] : Object.values(sortableWords(key));
    for (const word of words) {
      for (const shift of [0, 16]) {
        if (pass(from, to, word, shift)) [from, to] = [to, from];
      }
    }
  }
  return from;
}

/** 0, 1, … count − 1. */
export function allRows(count: number): Uint32Array {
  return new Uint32Array(count).map((_, row) => row);
}
