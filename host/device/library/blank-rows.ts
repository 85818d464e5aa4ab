import type { Manifest } from '../../../codegen/package/manifest.ts';
import { rowBytes, rowUnit } from '../row-units.ts';

/** What runtime/blank-rows.h knows of rows that a run may leave out. */
export interface BlankRowPatterns {
  /** By word of the arguments: 1 at a memory that says whether a row is blank, 2 at one that is written, else 0. */
  readonly roles: Uint8Array;
  /** One row of each of these memories as it is where the row is blank, one behind the other. */
  readonly patterns: Uint8Array;
  /** Of so many rows each memory has whole beats. */
  readonly unit: number;
}

/** A row of each memory is made here; rows that are longer are run whatever they hold. */
const mostRowBytes = 0x10_0000n;

/**
 * @param places word of each argument, in the order of the manifest.
 * @returns undefined where the kernel says nothing of blank rows, or where rows are too long.
 */
export function blankRowPatterns(
  manifest: Manifest,
  places: readonly number[],
  words: number,
): BlankRowPatterns | undefined {
  const blank = manifest.rows?.blank;
  if (blank === undefined) return undefined;
  const bytes = rowBytes(manifest);
  if ([...bytes.values()].some((row) => row > mostRowBytes)) return undefined;
  const roles = new Uint8Array(words);
  const patterns: number[] = [];
  manifest.arguments.forEach((one, at) => {
    const { name } = one;
    // Arguments may be called as what every object has, `constructor` or `toString`.
    const given = [blank.when, blank.gives].find((values) => Object.hasOwn(values, name))?.[name];
    if (one.kind === 'scalar' || given === undefined) return;
    roles[places[at]] = one.direction === 'read' ? 1 : 2;
    const { width } = one.element;
    const bits = BigInt.asUintN(width, BigInt(given));
    const element = Array.from({ length: width / 8 }, (_, byte) =>
      Number((bits >> BigInt(8 * byte)) & 0xffn),
    );
    for (let byte = 0; byte < Number(bytes.get(name)); byte++) {
      patterns.push(element[byte % element.length]);
    }
  });
  return { roles, patterns: Uint8Array.from(patterns), unit: Number(rowUnit(manifest)) };
}
