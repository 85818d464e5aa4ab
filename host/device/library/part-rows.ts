import type { Manifest } from '../../../codegen/package/manifest.ts';
import type { KernelArguments } from '../device.ts';
import { rowUnit } from '../row-units.ts';

/** A part takes long beside the few microseconds in which a thread wakes, and is soon over when a run is stopped. */
const fewest = 512;
const most = 2048;
/** Towards the end of a run, so that no thread is left alone with a large part. */
const fewestLast = 128;
/** Parts a thread, where rows suffice: some rows take longer than others. */
const partsAThread = 8;

/** How many rows a part has at the least: what all parts but the last are multiples of. */
export function leastPartRows(manifest: Manifest): number {
  const unit = manifest.rows === undefined ? 1 : Number(rowUnit(manifest));
  return Math.ceil(fewestLast / unit) * unit;
}

/**
 * How many rows a part of a run has at the most.
 * @returns of the arguments' values, in the order of the manifest and right, the rows; 0 where the run has to be one
 * part: rows depend on each other, or a buffer that is written is another argument too, so that a part would not
 * find what was there before.
 */
export function partRows(
  manifest: Manifest,
  threads: number,
): (values: readonly (KernelArguments[string] | undefined)[]) => number {
  const { rows } = manifest;
  if (rows === undefined) return () => 0;
  const unit = leastPartRows(manifest);
  const countAt = manifest.arguments.findIndex(({ name }) => name === rows.count);
  // A buffer that is written, beside each other one.
  const pairs = manifest.arguments.flatMap((one, at) =>
    one.kind === 'memory' && one.direction === 'write'
      ? manifest.arguments.flatMap(({ kind }, other) =>
          kind === 'memory' && other !== at ? [[at, other] as const] : [],
        )
      : [],
  );
  return (values) => {
    if (pairs.some(([a, b]) => values[a] === values[b])) return 0;
    const even = Number(values[countAt]) / (threads * partsAThread);
    const wanted = even < fewest ? fewest : even > most ? most : even;
    return Math.ceil(wanted / unit) * unit;
  };
}
