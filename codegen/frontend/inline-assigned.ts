import { withOperands } from '../ir/intern.ts';
import type { Expr, Stmt } from '../ir/ir.ts';
import { operandsOf } from '../ir/visit.ts';
import type { ProcessBuilder } from './process-builder.ts';

/**
 * `result` with the constants that `statements` define put in their place, so that it can be evaluated
 * anew: `x2 = add(x, 1)`, `lt(x2, n)` ⇒ `lt(add(x, 1), n)`. Undefined where they do more than that.
 */
export function inlineAssigned(
  statements: readonly Stmt[],
  result: Expr,
  builder: ProcessBuilder,
): Expr | undefined {
  const values = new Map<string, Expr>();
  const done = new Map<Expr, Expr>();
  const walk = (expr: Expr): Expr => {
    if (expr.op === 'var') return values.get(expr.name) ?? expr;
    const known = done.get(expr);
    if (known !== undefined) return known;
    const operands = operandsOf(expr);
    const walked = operands.map(walk);
    const same = walked.every((one, at) => one === operands[at]);
    const after = same ? expr : withOperands(expr, walked);
    done.set(expr, after);
    return after;
  };
  for (const one of statements) {
    if (one.kind !== 'assign' || builder.isMutable(one.variable)) return undefined;
    values.set(one.variable, walk(one.value));
  }
  builder.forget(values);
  return walk(result);
}
