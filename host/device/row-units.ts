import type { Manifest } from '../../codegen/package/manifest.ts';

const beatBytes = 64n;

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestCommonDivisor(b, a % b);
}

/** Bytes of a row by memory, where a kernel says that its rows are independent. */
export function rowBytes(manifest: Manifest): ReadonlyMap<string, bigint> {
  const elements = manifest.rows?.elements ?? {};
  return new Map(
    manifest.arguments.flatMap((one) =>
      one.kind === 'memory' && Object.hasOwn(elements, one.name)
        ? [[one.name, BigInt(elements[one.name] * (one.element.width / 8))] as const]
        : [],
    ),
  );
}

/** The fewest rows that fill whole beats of every memory; parts of a run have a multiple of it, but the last. */
export function rowUnit(manifest: Manifest): bigint {
  // All are powers of two.
  return [...rowBytes(manifest).values()]
    .map((row) => beatBytes / greatestCommonDivisor(beatBytes, row))
    .reduce((a, b) => (a > b ? a : b), 1n);
}
