import { binary, constant, exprRange, isConstant } from '../ir/build.ts';
import { type Expr, elementOf, type Span, type Type, typeForRange, vecType } from '../ir/ir.ts';
import { fail } from './diagnostics.ts';
import { formatText } from './format-text.ts';
import type { Operand } from './values.ts';

/**
 * Two values with their binary points at one place: u8 4.0 and fixed 1.5 become 8 and 3 units of 2^-1.
 * Exact; how wide the shifted value gets is for the caller to check.
 */
export interface Aligned {
  readonly left: Expr;
  readonly right: Expr;
  readonly fraction: number;
  readonly big: boolean;
}

interface Range {
  readonly min: bigint;
  readonly max: bigint;
}

const zeroOf = (operand: Operand) => isConstant(operand.expr) && operand.expr.value === 0n;

/**
 * The common binary point. A bigint of the source counts units of the value that it stands beside, as in
 * Node; 0 is 0 wherever the point is. Other bigints must agree, since Node could not shift them.
 */
export function commonFraction(a: Operand, b: Operand, symbol: string, span: Span): number {
  const alike = a.big === b.big || (a.fraction === 0 && b.fraction === 0);
  if (a.fraction === b.fraction && alike) return a.fraction;
  if (zeroOf(a)) return b.fraction;
  if (zeroOf(b)) return a.fraction;
  if (!a.big && !b.big) return Math.max(a.fraction, b.fraction);
  if (a.literal && a.big && b.big) return b.fraction;
  if (b.literal && b.big && a.big) return a.fraction;
  const [x, y] = [a, b].map((one) => formatText(one.expr.type, one.fraction));
  fail(
    'TW2104',
    span,
    `'${symbol}' joins ${x} and ${y}, and a bigint does not say where its binary point is`,
    'Bring both to one type: q.convert(value, type), where q is the type to have and type that of the value.',
  );
}

/** How far an operand moves to have the common binary point. */
function upTo(operand: Operand, fraction: number): number {
  return zeroOf(operand) || (operand.literal && operand.big) ? 0 : fraction - operand.fraction;
}

/** The range of an operand in units of 2^-fraction. */
export function rangeAt(operand: Operand, fraction: number): Range {
  const { min, max } = exprRange(operand.expr);
  const by = BigInt(upTo(operand, fraction));
  return { min: min << by, max: max << by };
}

export function align(a: Operand, b: Operand, symbol: string, span: Span): Aligned {
  const fraction = commonFraction(a, b, symbol, span);
  return {
    left: shiftUp(a.expr, upTo(a, fraction), span),
    right: shiftUp(b.expr, upTo(b, fraction), span),
    fraction,
    big: a.big || b.big,
  };
}

/** a · 2^by, exactly. */
export function shiftUp(expr: Expr, by: number, span: Span): Expr {
  if (by === 0) return expr;
  const range = exprRange(expr);
  const element = typeForRange(range.min << BigInt(by), range.max << BigInt(by));
  const type: Type = expr.type.kind === 'vec' ? vecType(element, expr.type.lanes) : element;
  return binary('shl', type, expr, constant(BigInt(by)), span);
}

/** The width that an aligned value takes, where the hardware must hold it in 64 bits. */
export function widest(...exprs: readonly Expr[]): number {
  return Math.max(...exprs.map((one) => elementOf(one.type).width));
}
