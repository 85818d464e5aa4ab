import { binary, cast, constant, exactRange, exprRange, saturate, select } from '../ir/build.ts';
import {
  type Expr,
  type IntType,
  intType,
  rangeOf,
  type Span,
  typeForRange,
  u1,
} from '../ir/ir.ts';
import type { ProcessBuilder } from './process-builder.ts';
import { increment } from './round.ts';
import { type AnyFixedType, irInt, type WideSum } from './values.ts';

/**
 * Results past the 64 bits of an IR type: a product from four products of 32-bit halves, and a sum with
 * its carry. They never leave this file: what does is the part that the result type keeps, rounded once
 * and held by its overflow mode.
 */

const u32 = intType(false, 32);
const u64 = intType(false, 64);
const zero = constant(0n, u1);
const ones = constant((1n << 64n) - 1n);

/** high · 2^64 + low. */
interface Pair {
  readonly high: Expr;
  /** u64. */
  readonly low: Expr;
}

/** ⌊a · b / 2^by⌋ and so on: 0 ≤ by ≤ 64, and the product is 65 to 128 bits wide. */
export function wideProduct(
  a: Expr,
  b: Expr,
  by: number,
  type: AnyFixedType,
  span: Span,
  builder: ProcessBuilder,
): Expr {
  // Inside a lambda every lane is an expression of its own, which a name would tie to one lane.
  const name = (text: string, expr: Expr) =>
    builder.pureDepth === 0 ? builder.name(text, expr, span) : expr;
  const { high, low } = multiply(a, b, span, name);
  const down = shiftPair({ high, low }, by, span);
  const negative = () => binary('lt', u1, high, zero, span);
  const last = () => cast(down.low, u1);
  const plus = by === 0 ? zero : increment(type.rounding, low, by, last, negative, span);
  const units = name('units', binary('add', u64, down.low, plus, span));
  const target = irInt(type);
  if (type.overflow === 'wrap') return cast(units, target, span);
  // Nothing is dropped, so nothing is rounded, and the upper part may have all of its 64 bits.
  if (by === 0) return saturatePair({ high: down.high, low: units }, target, span);
  const carry = binary('and', u1, plus, binary('eq', u1, down.low, ones, span), span);
  const range = exprRange(down.high);
  const top = typeForRange(range.min, range.max + 1n);
  const upper = name('upper', binary('add', top, down.high, carry, span));
  return saturatePair({ high: upper, low: units }, target, span);
}

/** A sum or difference of 65 bits, clamped to a type. */
export function wideSum(
  { op, left, right }: WideSum,
  target: IntType,
  span: Span,
  builder?: ProcessBuilder,
): Expr {
  const name = (text: string, expr: Expr) =>
    builder?.pureDepth === 0 ? builder.name(text, expr, span) : expr;
  const [a, b] = [name('left', left), name('right', right)];
  const low = name('low', binary(op, u64, a, b, span));
  const first = cast(a, u64, span);
  const carry =
    op === 'add'
      ? binary('lt', u1, low, first, span)
      : binary('lt', u1, first, cast(b, u64, span), span);
  const upper = intType(true, 2);
  const signs = binary(op, upper, signOf(a, span), signOf(b, span), span);
  return saturatePair({ high: binary(op, upper, signs, carry, span), low }, target, span);
}

/** −1 for a negative value, else 0: the bits above the 64th. */
function signOf(x: Expr, span: Span): Expr {
  if (exprRange(x).min >= 0n) return zero;
  return select(binary('lt', u1, x, zero, span), constant(-1n), constant(0n), intType(true, 1));
}

function saturatePair({ high, low }: Pair, target: IntType, span: Span): Expr {
  const { min, max } = rangeOf(target);
  const past = select(
    binary('lt', u1, high, zero, span),
    constant(min, target),
    constant(max, target),
    target,
  );
  if (!target.signed) {
    const inside = binary('eq', u1, high, zero, span);
    return select(inside, saturate(low, target, span), past, target);
  }
  // Within 64 bits where all of the upper part repeats the sign.
  const signed = cast(low, intType(true, 64), span);
  const inside = binary('eq', u1, high, signOf(signed, span), span);
  return select(inside, saturate(signed, target, span), past, target);
}

function multiply(a: Expr, b: Expr, span: Span, name: (text: string, expr: Expr) => Expr): Pair {
  const half = constant(32n);
  const split = (x: Expr): readonly [Expr, Expr] => {
    const { min, max } = exprRange(x);
    return [cast(x, u32), binary('shr', typeForRange(min >> 32n, max >> 32n), x, half, span)];
  };
  const times = (x: Expr, y: Expr): Expr => {
    const range = exactRange('mul', exprRange(x), exprRange(y));
    return binary('mul', typeForRange(range.min, range.max), x, y, span);
  };
  const add = (x: Expr, y: Expr): Expr => {
    const range = exactRange('add', exprRange(x), exprRange(y));
    return binary('add', typeForRange(range.min, range.max), x, y, span);
  };
  const upper = (x: Expr): Expr => {
    const { min, max } = exprRange(x);
    return binary('shr', typeForRange(min >> 32n, max >> 32n), x, half, span);
  };
  const [x, y] = [name('left', a), name('right', b)];
  const [xLow, xHigh] = split(x);
  const [yLow, yHigh] = split(y);
  const lowest = name('low_low', times(xLow, yLow));
  const cross = name('low_high', times(xLow, yHigh));
  const other = name('high_low', times(xHigh, yLow));
  const middle = name('middle', add(add(upper(lowest), cast(cross, u32)), cast(other, u32)));
  const low = binary(
    'or',
    u64,
    binary('shl', u64, cast(middle, u32), half, span),
    cast(lowest, u32),
    span,
  );
  const range = exactRange('mul', exprRange(a), exprRange(b));
  // The parts wrap as they are added; the whole is in this range.
  const type = typeForRange(range.min >> 64n, range.max >> 64n);
  const sum = (p: Expr, q: Expr) => binary('add', type, p, q, span);
  const high = sum(sum(times(xHigh, yHigh), upper(cross)), sum(upper(other), upper(middle)));
  return { high: name('high', high), low: name('low', low) };
}

/** ⌊pair / 2^by⌋. */
function shiftPair({ high, low }: Pair, by: number, span: Span): Pair {
  if (by === 0) return { high, low };
  const { min, max } = exprRange(high);
  if (by === 64) {
    const sign = signOf(high, span);
    return { high: sign, low: cast(high, u64, span) };
  }
  const amount = constant(BigInt(by));
  const from = binary('shl', u64, high, constant(BigInt(64 - by)), span);
  const kept = binary('shr', u64, low, amount, span);
  return {
    high: binary('shr', typeForRange(min >> BigInt(by), max >> BigInt(by)), high, amount, span),
    low: binary('or', u64, from, kept, span),
  };
}
