import { binary, cast, constant, lane, select } from '../ir/build.ts';
import {
  type Expr,
  elementOf,
  intType,
  lanesOf,
  type ReduceExpr,
  type Type,
  u1,
  vecType,
} from '../ir/ir.ts';
import { mapKernelExpressions } from '../ir/rewrite.ts';
import { delayOf } from './delays.ts';
import type { Pass } from './pass-list.ts';
import { clockBudget } from './schedule.ts';

/** From how much of a stage's budget on a reduction is worth cutting. */
const share = 0.7;

/**
 * split-reductions: a sum, maximum or minimum of many lanes becomes a tree of operators on halves, so that
 * the schedule may put registers between its levels.
 *
 *   reduce-add:u18(v), v u16x4   ⇒   add:u18(lane 0 of h, lane 1 of h), h = add:u17x2(lanes 0…1 of v, lanes 2…3)
 *
 * An odd number of lanes ends the halving. What fits well into one stage stays as it is.
 */
export const splitReductions: Pass = {
  name: 'split-reductions',
  description: 'sums and extrema of many lanes become trees that registers can cut',
  run: (kernel) => mapKernelExpressions(kernel, split),
};

function split(expr: Expr): Expr {
  if (expr.op !== 'reduce' || expr.reduce === 'or' || expr.reduce === 'and') return expr;
  if (delayOf(expr) <= share * clockBudget) return expr;
  const tree = halved(expr);
  return expr.span === undefined ? tree : { ...tree, span: expr.span };
}

function halved(expr: ReduceExpr): Expr {
  const { vector } = expr;
  const lanes = lanesOf(vector.type);
  if (lanes === 1) return cast(lane(vector, constant(0n)), expr.type);
  if (lanes % 2 === 1) return expr;
  const half = lanes / 2;
  if (half === 1) {
    return joined(expr, expr.type, lane(vector, constant(0n)), lane(vector, constant(1n)));
  }
  const [low, high] = [0, half].map((from): Expr => {
    const taken = Array.from({ length: half }, (_, at) => from + at);
    const type = vecType(elementOf(vector.type), half);
    return { op: 'shuffle', type, vector, lanes: taken };
  });
  return halved({ ...expr, vector: joined(expr, vecType(levelType(expr), half), low, high) });
}

/** A level's element: a sum has one bit more than its operands, and never more than the whole sum. */
function levelType({ reduce, vector, type }: ReduceExpr) {
  const { signed, width } = elementOf(vector.type);
  return reduce === 'add'
    ? intType(signed, Math.min(width + 1, type.width))
    : elementOf(vector.type);
}

function joined({ reduce }: ReduceExpr, type: Type, a: Expr, b: Expr): Expr {
  if (reduce === 'add') return binary('add', type, a, b);
  const lanes = lanesOf(type);
  const less = binary('lt', lanes === 1 ? u1 : vecType(u1, lanes), a, b);
  const [then, otherwise] = reduce === 'max' ? [b, a] : [a, b];
  return select(less, then, otherwise, type);
}
