import type { Manifest } from '../../../codegen/package/manifest.ts';
import { rowBytes, rowUnit } from '../row-units.ts';

const beatBytes = 64n;

/** An argument's value: a scalar's, or the beats of a buffer. */
export type SlicedValue = bigint | { readonly beats: number };

/**
 * The arguments of each work-item where a run is cut into parts of its rows: words as the emitted OpenCL C takes
 * them. Each part begins with a whole beat of every memory.
 * @param values in the order of the manifest.
 * @param most work-items.
 * @returns undefined where the kernel does not say that rows are independent, or there is only one part.
 */
export function rowSlices(
  manifest: Manifest,
  values: readonly SlicedValue[],
  most: number,
): { readonly items: number; readonly words: BigUint64Array } | undefined {
  const { rows } = manifest;
  if (rows === undefined) return undefined;
  const bytes = rowBytes(manifest);
  const at = manifest.arguments.findIndex(({ name }) => name === rows.count);
  const count = values[at] as bigint;
  const unit = rowUnit(manifest);
  const parts = (count + unit - 1n) / unit;
  const each = ((parts + BigInt(most) - 1n) / BigInt(most)) * unit;
  const items = each === 0n ? 0 : Number((count + each - 1n) / each);
  if (items < 2) return undefined;
  const words: bigint[] = [];
  for (let item = 0n; item < items; item++) {
    const first = item * each;
    const scalars: bigint[] = [];
    for (const [index, { name }] of manifest.arguments.entries()) {
      const value = values[index];
      if (typeof value === 'bigint') {
        const left = count - first;
        scalars.push(index === at ? (left < each ? left : each) : value);
        continue;
      }
      const offset = first * (bytes.get(name) ?? 0n);
      const beats = BigInt(value.beats) - offset / beatBytes;
      // A buffer that is too short has nothing at all for the last rows.
      words.push(...(beats > 0n ? [offset, beats] : [0n, 0n]));
    }
    words.push(...scalars);
  }
  return { items, words: BigUint64Array.from(words, (word) => BigInt.asUintN(64, word)) };
}
