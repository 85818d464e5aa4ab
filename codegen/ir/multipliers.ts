import { type BinaryExpr, type Expr, elementOf } from './ir.ts';

/** Whether a product takes DSP blocks. Shifts and an adder, or few LUTs, do for the others. */
export function takesMultiplier(expr: Expr): boolean {
  if (expr.op !== 'mul') return false;
  const { left, right } = expr as BinaryExpr;
  if (isCheap(left) || isCheap(right)) return false;
  return Math.min(...[left, right].map((side) => elementOf(side.type).width)) > 4;
}

/** A constant with at most two bits set multiplies by shifts and one adder. */
function isCheap(expr: Expr): boolean {
  if (expr.op !== 'const' || typeof expr.value !== 'bigint') return false;
  const ones = [...(expr.value < 0n ? -expr.value : expr.value).toString(2)].filter(
    (bit) => bit === '1',
  );
  return ones.length <= 2;
}
