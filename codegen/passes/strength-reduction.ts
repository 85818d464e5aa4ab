import { binary, cast, constant, exprRange } from '../ir/build.ts';
import { type BinaryExpr, type Expr, elementOf, type KernelIR, wrap } from '../ir/ir.ts';
import { mapKernelExpressions } from '../ir/rewrite.ts';
import { constantOf, uniform } from '../ir/simplify.ts';

/**
 * strength-reduction: the cheaper of two operators that give the same value.
 *
 *   mul:u32(row, 8:u4)            ⇒  shl:u32(row, 3:u2)                      wires, no multiplier
 *   mul:u32(row, 10:u4)           ⇒  add:u32(shl:u32(row, 3:u2), shl:u32(row, 1:u1))
 *   mul:u32(row, 7:u3)            ⇒  sub:u32(shl:u32(row, 3:u2), row)        one adder
 *   mul:u8(x, flag)               ⇒  select:u8(flag, x, 0:u8)                flag is u1
 *   lt:u1(x, 255:u8), lt:u1(0:u1, x) ⇒  ne:u1(x, 255:u8), ne:u1(x, 0:u8)   x is u8: no carry chain
 *   eq:u1(sub:i9(x, y), 0:u1)     ⇒  eq:u1(x, y)
 *
 * Two shifts only of a variable, so that no computation is written twice. A comparison with a power of
 * two stays as it is: the shift that it could be is harder to read and saves next to nothing. So does a
 * shift by a variable amount, whose few values (often from a table) synthesis knows.
 */
export const strengthReduction = {
  name: 'strength-reduction',
  description: 'multiplications by constants to shifts, comparisons with bounds to equality',
  run: (kernel: KernelIR): KernelIR => mapKernelExpressions(kernel, reduced),
};

function reduced(expr: Expr): Expr {
  const result = cheaper(expr);
  if (result === undefined) return expr;
  return expr.span === undefined || result.span !== undefined
    ? result
    : { ...result, span: expr.span };
}

function cheaper(expr: Expr): Expr | undefined {
  switch (expr.op) {
    case 'mul':
      return (
        product(expr as BinaryExpr, expr.left, expr.right) ??
        product(expr as BinaryExpr, expr.right, expr.left)
      );
    case 'lt':
    case 'le':
      return bound(expr as BinaryExpr);
    case 'eq':
    case 'ne':
      return difference(expr as BinaryExpr);
    default:
      return undefined;
  }
}

/** `factor` is what makes the product cheap. */
function product(expr: BinaryExpr, operand: Expr, factor: Expr): Expr | undefined {
  const { type } = expr;
  // An integer beside a vector counts for every lane; a shift has the vector on its left.
  if (operand.type.kind !== type.kind || operand.op === 'const') return undefined;
  if (factor.type.kind === 'int' && factor.type.width === 1 && !factor.type.signed) {
    return factor.op === 'const'
      ? undefined
      : {
          op: 'select',
          type,
          condition: factor,
          then: cast(operand, type),
          else: constantOf(0n, type),
        };
  }
  const value = uniform(factor);
  if (value === undefined || value < 2n) return undefined;
  const shifted = (by: number): Expr =>
    by === 0 ? operand : binary('shl', type, operand, constant(BigInt(by)));
  const bits = ones(value);
  if (bits.length === 1) return shifted(bits[0]);
  if (operand.op !== 'var' && operand.op !== 'scalar') return undefined;
  if (bits.length === 2) return binary('add', type, shifted(bits[1]), shifted(bits[0]));
  // A run of ones is the power above it less its lowest bit.
  const above = ones(value + (1n << BigInt(bits[0])));
  if (above.length !== 1) return undefined;
  return binary('sub', type, shifted(above[0]), shifted(bits[0]));
}

/** The bits that are set, lowest first. */
function ones(value: bigint): number[] {
  const text = value.toString(2);
  return [...text].flatMap((bit, at) => (bit === '1' ? [text.length - 1 - at] : [])).reverse();
}

/** A comparison that only the smallest or largest value of a type decides otherwise. */
function bound(expr: BinaryExpr): Expr | undefined {
  const { op, type, left, right } = expr;
  const test = (kind: 'eq' | 'ne', operand: Expr, value: bigint): Expr => ({
    op: kind,
    type,
    left: operand,
    right: constant(value, elementOf(operand.type)),
  });
  // In terms of x ≤ c or c ≤ x.
  const c = uniform(right);
  if (c !== undefined) {
    const { min, max } = exprRange(left);
    const most = op === 'lt' ? c - 1n : c;
    if (most === min) return test('eq', left, min);
    return most === max - 1n ? test('ne', left, max) : undefined;
  }
  const d = uniform(left);
  if (d === undefined) return undefined;
  const { min, max } = exprRange(right);
  const least = op === 'lt' ? d + 1n : d;
  if (least === max) return test('eq', right, max);
  return least === min + 1n ? test('ne', right, min) : undefined;
}

/** x − y compared with 0, where the difference is exact. */
function difference(expr: BinaryExpr): Expr | undefined {
  const { left, right } = expr;
  if (left.op !== 'sub' || uniform(right) !== 0n) return undefined;
  const a = exprRange(left.left);
  const b = exprRange(left.right);
  const element = elementOf(left.type);
  const exact = [a.min - b.max, a.max - b.min].every((value) => wrap(value, element) === value);
  return exact ? { ...expr, left: left.left, right: left.right } : undefined;
}
