import { exprRange } from '../ir/build.ts';
import type { Expr, Span } from '../ir/ir.ts';
import { fail } from './diagnostics.ts';

/** Refuses an index that may leave 0…length − 1 by its width, or does by its value. */
export function refuseIndexOutside(
  index: Expr,
  known: boolean,
  length: number,
  what: string,
  span: Span,
): void {
  const range = exprRange(index);
  // Lengths that are no power of two cannot be met exactly by a width; golden checks those.
  const powerOfTwo = length > 1 && (length & (length - 1)) === 0;
  if (range.min >= 0n && (range.max < BigInt(length) || !(powerOfTwo || known))) return;
  const bits = Math.max(1, Math.ceil(Math.log2(length)));
  fail(
    'TW2008',
    span,
    `an index from ${range.min} to ${range.max} into ${what}`,
    `Narrow the index to 0…${length - 1}, e.g. u${bits}(i).`,
  );
}
