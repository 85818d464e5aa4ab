import type { FusionNetwork } from './fusion-network.ts';

/** heads ⊙ e_u: textHeads × textColumns, so that a text feature is one inner product with e_i. */
export function weightedUserText(network: FusionNetwork, userText: Float32Array, user: number) {
  const { textHeads, textColumns } = network.shape;
  const result = new Float64Array(textHeads * textColumns);
  for (let at = 0; at < result.length; at++) {
    result[at] = network.heads[at] * userText[user * textColumns + (at % textColumns)];
  }
  return result;
}

/**
 * Writes the text features of a lesson's items, ⟨weighted head, e_i⟩: items × heads. Heads go two at a
 * time, so that each e_i is loaded half as often.
 */
export function writeTextFeatures(
  weighted: Float64Array,
  itemText: Float32Array,
  columns: number,
  items: Uint32Array,
  out: Float64Array,
  start: number,
  stride: number,
): void {
  const heads = weighted.length / columns;
  for (let pair = 0; pair < items.length; pair++) {
    const from = items[pair] * columns;
    for (let head = 0; head < heads; head += 2) {
      const one = head * columns;
      const other = Math.min(head + 1, heads - 1) * columns;
      let [sum, otherSum] = [0, 0];
      for (let d = 0; d < columns; d++) {
        const value = itemText[from + d];
        sum += weighted[one + d] * value;
        otherSum += weighted[other + d] * value;
      }
      const to = pair * stride + start + head;
      out[to] = sum;
      if (head + 1 < heads) out[to + 1] = otherSum;
    }
  }
}

/** Adds Σ slope(pair, head) · e_i to each head of `sum`, four items at a time for the same reason. */
export function addWeightedTexts(
  sum: Float64Array,
  slopes: Float64Array,
  itemText: Float32Array,
  columns: number,
  items: Uint32Array,
): void {
  const heads = sum.length / columns;
  for (let pair = 0; pair < items.length; pair += 4) {
    const at = (offset: number) => Math.min(pair + offset, items.length - 1);
    const [f0, f1, f2, f3] = [0, 1, 2, 3].map((offset) => items[at(offset)] * columns);
    for (let head = 0; head < heads; head++) {
      const slope = (offset: number) =>
        pair + offset < items.length ? slopes[(pair + offset) * heads + head] : 0;
      const [s0, s1, s2, s3] = [slope(0), slope(1), slope(2), slope(3)];
      for (let d = 0, to = head * columns; d < columns; d++) {
        sum[to + d] +=
          s0 * itemText[f0 + d] +
          s1 * itemText[f1 + d] +
          s2 * itemText[f2 + d] +
          s3 * itemText[f3 + d];
      }
    }
  }
}
