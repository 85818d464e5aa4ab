import type { Interner } from '../ir/intern.ts';
import { type Expr, elementOf, type Process } from '../ir/ir.ts';
import { uniform } from '../ir/simplify.ts';
import { allStatements, expressionsOf, operandsOf } from '../ir/visit.ts';

/** More than any width: the exact value is needed, not only low bits of it. */
export const exact = 1000;

/**
 * How many of the low bits of each operand (of each lane) matter where `bits` of the result do. Sums,
 * products and logic carry upwards only; everything else looks at its operands whole.
 */
export function operandDemands(expr: Expr, bits: number): readonly number[] {
  const { width } = elementOf(expr.type);
  const low = Math.min(bits, width);
  switch (expr.op) {
    case 'add':
    case 'sub':
    case 'mul':
    case 'or':
    case 'xor':
      return [low, low];
    case 'and':
      return [Math.min(low, masked(expr.right)), Math.min(low, masked(expr.left))];
    case 'not':
    case 'cast':
    case 'shuffle':
      return [low];
    case 'shl': {
      const by = uniform(expr.right);
      return [by === undefined ? low : Math.max(1, low - Number(by > 64n ? 64n : by)), exact];
    }
    case 'shr': {
      const by = uniform(expr.right);
      return [by === undefined || by > 64n ? exact : low + Number(by), exact];
    }
    case 'select':
      return [exact, low, low];
    case 'lane':
      return [low, exact];
    case 'with-lane':
      return [low, exact, low];
    case 'build':
    case 'concat':
      return operandsOf(expr).map(() => low);
    case 'reduce':
      return [expr.reduce === 'min' || expr.reduce === 'max' ? exact : low];
    default:
      return operandsOf(expr).map(() => exact);
  }
}

/** The bits that `and` with this lets through. */
function masked(expr: Expr): number {
  const value = uniform(expr);
  return value === undefined || value < 0n ? exact : value.toString(2).length;
}

/** How many low bits matter of a process's variables and expressions. */
export interface Demands {
  /** Missing where nothing reads the variable. */
  readonly variables: ReadonlyMap<string, number>;
  /** The most that any equal expression of the process needs, so that equal ones stay equal. */
  of(expr: Expr): number;
}

/** What outputs, conditions and accesses of a process depend on: `exact` where that is the value. */
export function demandedBits(process: Process, interner: Interner): Demands {
  const variables = new Map<string, number>();
  const known = new Map<Expr, number>();
  let changed = true;
  const demand = (expr: Expr, wanted: number): void => {
    const bits = demandOf(expr, wanted);
    if ((known.get(expr) ?? 0) >= bits) return;
    known.set(expr, bits);
    if (expr.op === 'var') {
      if ((variables.get(expr.name) ?? 0) >= bits) return;
      variables.set(expr.name, bits);
      changed = true;
      return;
    }
    const each = operandDemands(expr, bits);
    operandsOf(expr).forEach((operand, at) => {
      demand(operand, each[at]);
    });
  };
  const statements = [...allStatements(process.body)].map((one) => ({
    variable: one.kind === 'assign' ? one.variable : undefined,
    exprs: expressionsOf(one).map((expr) => interner.intern(expr)),
  }));
  while (changed) {
    changed = false;
    for (const { variable, exprs } of statements) {
      const bits = variable === undefined ? exact : (variables.get(variable) ?? 0);
      if (bits > 0) for (const expr of exprs) demand(expr, bits);
    }
  }
  return { variables, of: (expr) => known.get(interner.intern(expr)) ?? exact };
}

/** All bits of a value are its exact value. */
export function demandOf(expr: Expr, bits: number): number {
  return bits >= elementOf(expr.type).width ? exact : bits;
}
