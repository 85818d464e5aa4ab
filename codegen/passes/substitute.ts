import { fold } from '../ir/fold.ts';
import { withOperands } from '../ir/intern.ts';
import type { Expr } from '../ir/ir.ts';
import { operandsOf } from '../ir/visit.ts';

/** An expression with other expressions in the place of its variables, folded where they are constants. */
export function substitute(expr: Expr, value: (name: string) => Expr | undefined): Expr {
  const done = new Map<Expr, Expr>();
  const walk = (one: Expr): Expr => {
    if (one.op === 'var') return value(one.name) ?? one;
    const known = done.get(one);
    if (known !== undefined) return known;
    const operands = operandsOf(one);
    const walked = operands.map(walk);
    const same = walked.every((operand, at) => operand === operands[at]);
    const result = fold(same ? one : withOperands(one, walked));
    done.set(one, result);
    return result;
  };
  return walk(expr);
}
