import { fold } from '../ir/fold.ts';
import type { Expr } from '../ir/ir.ts';
import { mapExpr } from '../ir/rewrite.ts';

/** An expression with other expressions in the place of its variables, folded where they are constants. */
export function substitute(expr: Expr, value: (name: string) => Expr | undefined): Expr {
  return mapExpr(expr, (one) => (one.op === 'var' ? (value(one.name) ?? one) : fold(one)));
}
