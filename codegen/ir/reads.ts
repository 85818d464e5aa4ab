import type { Expr } from './ir.ts';
import { operandsOf } from './visit.ts';

/** The variables that an expression reads. */
export function variablesOf(expr: Expr): ReadonlySet<string> {
  const found = new Set<string>();
  const seen = new Set<Expr>();
  const visit = (one: Expr): void => {
    if (seen.has(one)) return;
    seen.add(one);
    if (one.op === 'var') found.add(one.name);
    for (const operand of operandsOf(one)) visit(operand);
  };
  visit(expr);
  return found;
}

export function reads(expr: Expr, variable: string): boolean {
  return variablesOf(expr).has(variable);
}
