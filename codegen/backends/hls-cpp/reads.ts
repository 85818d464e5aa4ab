import type { Expr } from '../../ir/ir.ts';
import { operandsOf } from '../../ir/visit.ts';

/** The variables that an expression reads. */
export function variablesOf(expr: Expr): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (one: Expr): void => {
    if (one.op === 'var') found.add(one.name);
    for (const operand of operandsOf(one)) visit(operand);
  };
  visit(expr);
  return found;
}

export function reads(expr: Expr, variable: string): boolean {
  return variablesOf(expr).has(variable);
}
