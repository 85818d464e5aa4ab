import type { Expr } from '../ir/ir.ts';
import { mapExpr } from '../ir/rewrite.ts';
import { simplify } from '../ir/simplify.ts';
import { operandsOf } from '../ir/visit.ts';

/**
 * An expression with other expressions in the place of its variables. What is decided by a constant that came
 * in so is simplified: a Verilog block in which nothing can change any more would never run.
 */
export function substitute(expr: Expr, value: (name: string) => Expr | undefined): Expr {
  return mapExpr(expr, (one) => {
    if (one.op === 'var') return value(one.name) ?? one;
    const decided = one.op !== 'table' && operandsOf(one).some(({ op }) => op === 'const');
    return decided ? simplify(one, []) : one;
  });
}
