import { inside } from '../../ir/intervals.ts';
import {
  type ConcatExpr,
  type Expr,
  elementOf,
  type IntType,
  lanesOf,
  rangeOf,
  type ShuffleExpr,
} from '../../ir/ir.ts';

/** Where a lane of a vector comes from: a lane of a vector, or a scalar. */
export type Source = { readonly vector: Expr; readonly lane: number } | { readonly scalar: Expr };

/** Whether a vector of the type has all lanes of another as they are. */
function keeps(type: Expr['type'], other: Expr['type']): boolean {
  return inside(rangeOf(elementOf(other)), elementOf(type));
}

function scalarIn(expr: Expr, type: IntType): Source {
  if (inside(rangeOf(elementOf(expr.type)), type)) return { scalar: expr };
  return { scalar: { op: 'cast', type, operand: expr } };
}

/** Where lane `at` of a vector comes from, through what only moves lanes; one that wraps them ends the search. */
export function sourceOf(expr: Expr, at: number, whatever = false): Source {
  if (expr.op === 'shuffle' && (whatever || keeps(expr.type, expr.vector.type))) {
    return sourceOf(expr.vector, expr.lanes[at]);
  }
  if (expr.op === 'concat') {
    let before = 0;
    for (const part of expr.vectors) {
      const lanes = lanesOf(part.type);
      if (at < before + lanes) {
        if (!whatever && !keeps(expr.type, part.type)) break;
        return sourceOf(part, at - before);
      }
      before += lanes;
    }
  }
  if (expr.op === 'build') return scalarIn(expr.elements[at], elementOf(expr.type));
  if (expr.op === 'cast' && expr.operand.type.kind === 'int' && lanesOf(expr.type) === 1) {
    return scalarIn(expr.operand, elementOf(expr.type));
  }
  return { vector: expr, lane: at };
}

export function sourcesOf(expr: ConcatExpr | ShuffleExpr): Source[] {
  return Array.from({ length: lanesOf(expr.type) }, (_, at) => sourceOf(expr, at, true));
}
