/**
 * Groups texts of similar length, so that little is padding: at most `most` texts a batch, and at most
 * `mostTokens` tokens with padding (a single longer text still makes a batch).
 * @param lengths tokens of each text; texts without any are left out.
 * @returns indices of texts; the order is the same for the same lengths.
 */
export function batchesByLength(
  lengths: readonly number[],
  most: number,
  mostTokens: number,
): number[][] {
  const order = [...lengths.keys()]
    .filter((index) => lengths[index] > 0)
    .sort((a, b) => lengths[a] - lengths[b] || a - b);
  const batches: number[][] = [];
  let batch: number[] = [];
  for (const index of order) {
    // Sorted upwards: the text that comes now is the longest of the batch.
    if (batch.length === most || (batch.length + 1) * lengths[index] > mostTokens) {
      if (batch.length > 0) batches.push(batch);
      batch = [];
    }
    batch.push(index);
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
