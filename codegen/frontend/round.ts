import { binary, cast, constant, exprRange, saturate, select } from '../ir/build.ts';
import {
  type Expr,
  elementOf,
  type IntType,
  intType,
  rangeOf,
  type Span,
  typeForRange,
  u1,
} from '../ir/ir.ts';
import { type Overflow, type Rounding, rescale } from '../language/rounding.ts';
import { shiftDown } from './operators.ts';

/**
 * Rounding and overflow of fixed point as operators on integers. Nothing grows past the operand's own
 * width: the quotient is the operand shifted down, plus one bit that the dropped ones decide.
 */

const zero = constant(0n, u1);

/** ⌊x / 2^by⌋, also where every bit is dropped. */
function floorShift(x: Expr, by: number, span: Span): Expr {
  const { signed, width } = elementOf(x.type);
  if (by < width) return shiftDown(x, constant(BigInt(by)), span);
  return signed ? shiftDown(x, constant(BigInt(width - 1)), span) : zero;
}

/** 1 where any of the low `bits` bits is set. */
export function anyLow(x: Expr, bits: number, span: Span): Expr {
  if (bits <= 0) return zero;
  return binary('ne', u1, cast(x, intType(false, Math.min(bits, 64))), zero, span);
}

/** Bit `at` of x. */
export function bitOf(x: Expr, at: number, span: Span): Expr {
  return cast(shiftDown(x, constant(BigInt(at)), span), u1);
}

/**
 * What is added to the quotient: `dropped` holds the `by` bits that fall away in its low bits, `last`
 * is the lowest bit that stays, `negative` the sign.
 */
export function increment(
  rounding: Rounding,
  dropped: Expr,
  by: number,
  last: () => Expr,
  negative: () => Expr,
  span: Span,
): Expr {
  switch (rounding) {
    case 'floor':
      return zero;
    case 'zero':
      return binary('and', u1, negative(), anyLow(dropped, by, span), span);
    case 'half-up':
      return bitOf(dropped, by - 1, span);
    case 'half-even': {
      const past = binary('or', u1, anyLow(dropped, by - 1, span), last(), span);
      return binary('and', u1, bitOf(dropped, by - 1, span), past, span);
    }
  }
}

/** x / 2^by as a whole number, rounded; `by` may be negative, and the result is then exact. */
export function roundDown(x: Expr, by: number, rounding: Rounding, span: Span): Expr {
  const range = exprRange(x);
  const width = elementOf(x.type).width;
  const type = typeForRange(rescale(range.min, by, rounding), rescale(range.max, by, rounding));
  if (by <= 0) return by === 0 ? x : binary('shl', type, x, constant(BigInt(-by)), span);
  const mode = range.min >= 0n && rounding === 'zero' ? 'floor' : rounding;
  if (mode === 'floor') return floorShift(x, by, span);
  // Less than half a step is left: it rounds to 0 in every other mode.
  if (by > width) return zero;
  if (mode === 'half-up') {
    // One bit more is kept, and 1 of its units is a half.
    const twice = by === 1 ? x : shiftDown(x, constant(BigInt(by - 1)), span);
    const high = exprRange(twice).max + 1n;
    const wide = typeForRange(exprRange(twice).min, high);
    if (wide.width <= 64) {
      return cast(
        shiftDown(binary('add', wide, twice, constant(1n), span), constant(1n), span),
        type,
      );
    }
  }
  const quotient = floorShift(x, by, span);
  const plus = increment(
    mode,
    x,
    by,
    () => cast(quotient, u1),
    () => binary('lt', u1, x, zero, span),
    span,
  );
  return binary('add', type, quotient, plus, span);
}

/** A whole number of units held in a type, by its overflow mode. */
export function holdUnits(x: Expr, target: IntType, overflow: Overflow, span: Span): Expr {
  return overflow === 'wrap' ? cast(x, target, span) : saturate(x, target, span);
}

/** x / 2^by rounded and held in a type: all of a conversion between fixed-point types. */
export function narrowUnits(
  x: Expr,
  by: number,
  target: IntType,
  rounding: Rounding,
  overflow: Overflow,
  span: Span,
): Expr {
  if (by >= 0) return holdUnits(roundDown(x, by, rounding, span), target, overflow, span);
  const up = -by;
  if (overflow === 'wrap') {
    if (up >= target.width) return constant(0n, target);
    return binary('shl', target, x, constant(BigInt(up)), span);
  }
  if (elementOf(x.type).width + up <= 64) {
    return saturate(roundDown(x, by, rounding, span), target, span);
  }
  // The exact product is past 64 bits: compare before it is shifted.
  const { min, max } = rangeOf(target);
  const highest = constant(max >> BigInt(up));
  const lowest = constant(-(-min >> BigInt(up)));
  const over = binary('lt', u1, highest, x, span);
  const under = binary('lt', u1, x, lowest, span);
  const inside =
    up >= target.width
      ? constant(0n, target)
      : binary('shl', target, x, constant(BigInt(up)), span);
  const low = select(under, constant(min, target), inside, target);
  return select(over, constant(max, target), low, target);
}
