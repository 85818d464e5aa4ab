import type { Manifest } from '../../../codegen/package/manifest.ts';
import type { KernelArguments } from '../device.ts';
import { rowUnit } from '../row-units.ts';

/** A part takes long beside the few microseconds in which a thread wakes, and is soon over when a run is stopped. */
const fewest = 512n;
const most = 2048n;
/** Parts a thread, where rows suffice: some rows take longer than others. */
const partsAThread = 8n;

/**
 * How many rows a part of a run has.
 * @param values of the arguments, in the order of the manifest; they are right.
 * @returns 0 where the run has to be one part: rows depend on each other, or a buffer that is written is another
 * argument too, so that a part would not find what was there before.
 */
export function partRows(
  manifest: Manifest,
  values: readonly (KernelArguments[string] | undefined)[],
  threads: number,
): bigint {
  const { rows } = manifest;
  if (rows === undefined) return 0n;
  const memories = manifest.arguments.flatMap((one, at) =>
    one.kind === 'memory' ? [{ written: one.direction === 'write', buffer: values[at] }] : [],
  );
  const shared = memories.some(
    ({ written, buffer }, at) =>
      written && memories.some((other, index) => index !== at && other.buffer === buffer),
  );
  if (shared) return 0n;
  const at = manifest.arguments.findIndex(({ name }) => name === rows.count);
  const count = BigInt(values[at] as number | bigint);
  const parts = BigInt(threads) * partsAThread;
  const even = (count + parts - 1n) / parts;
  const wanted = even < fewest ? fewest : even > most ? most : even;
  const unit = rowUnit(manifest);
  return ((wanted + unit - 1n) / unit) * unit;
}
