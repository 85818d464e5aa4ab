import { evaluate } from './evaluate.ts';
import type { Expr } from './ir.ts';
import { operandsOf } from './visit.ts';

const nothing = {
  variable: (name: string): never => {
    throw new Error(`${name} is no constant`);
  },
  scalar: (name: string): never => {
    throw new Error(`${name} is no constant`);
  },
};

/** An operator on constants as its value; anything else as it is. Tables stay, since they are hardware. */
export function fold(expr: Expr): Expr {
  const operands = operandsOf(expr);
  if (operands.length === 0 || expr.op === 'table') return expr;
  if (!operands.every((one) => one.op === 'const')) return expr;
  return { op: 'const', type: expr.type, value: evaluate(expr, nothing) };
}
