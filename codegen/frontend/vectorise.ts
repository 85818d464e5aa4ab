import { broadcast, cast, constantVector, fits, join } from '../ir/build.ts';
import { ownText } from '../ir/intern.ts';
import {
  type Expr,
  elementOf,
  type IntType,
  lanesOf,
  type Type,
  typeForRange,
  typeText,
  vecType,
} from '../ir/ir.ts';
import { operandsOf } from '../ir/visit.ts';

/**
 * Turns one expression a lane into vector operators: `vec(t, n, (l) => a[l] + b[l])` is evaluated lane
 * by lane (so that a lane may do what it likes at compile time) and put together again here. Runs of
 * lanes of the same shape become one vector; runs of different shapes are concatenated.
 */
export function vectorise(lanes: readonly Expr[], element: IntType): Expr {
  const shapes = lanes.map(shapeOf);
  const runs: Expr[] = [];
  for (let start = 0; start < lanes.length; ) {
    let end = start + 1;
    while (end < lanes.length && shapes[end] === shapes[start]) end++;
    runs.push(cast(wholeRun(lanes.slice(start, end)), vecType(element, end - start)));
    start = end;
  }
  if (runs.length === 1) return runs[0];
  return { op: 'concat', type: vecType(element, lanes.length), vectors: runs };
}

const keys = new WeakMap<Expr, string>();

/** Two expressions with the same key compute the same value. */
export function keyOf(expr: Expr): string {
  const known = keys.get(expr);
  if (known !== undefined) return known;
  const key = `${expr.op}:${typeText(expr.type)} ${ownText(expr)}(${operandsOf(expr).map(keyOf).join(',')})`;
  keys.set(expr, key);
  return key;
}

const shapes = new WeakMap<Expr, string>();

/** Expressions of one shape differ only in constants and in which lane of a vector they take. */
function shapeOf(expr: Expr): string {
  const known = shapes.get(expr);
  if (known !== undefined) return known;
  const shape = computeShape(expr);
  shapes.set(expr, shape);
  return shape;
}

function computeShape(expr: Expr): string {
  switch (expr.op) {
    case 'const':
      return '#';
    case 'var':
    case 'scalar':
      return `${expr.op} ${expr.name}`;
    case 'lane':
      return expr.index.op === 'const'
        ? `[${keyOf(expr.vector)}]`
        : `lane(${keyOf(expr.vector)},${keyOf(expr.index)})`;
    case 'cast':
    case 'saturate':
    case 'not':
      return `${expr.op}:${typeText(expr.type)}(${shapeOf(expr.operand)})`;
    case 'select':
      return `select(${shapeOf(expr.condition)},${shapeOf(expr.then)},${shapeOf(expr.else)})`;
    case 'with-lane':
    case 'build':
    case 'concat':
    case 'shuffle':
    case 'reduce':
    case 'table':
      return keyOf(expr);
    default:
      return `${expr.op}(${shapeOf(expr.left)},${shapeOf(expr.right)})`;
  }
}

/** Lanes of one shape as one vector expression. */
function wholeRun(lanes: readonly Expr[]): Expr {
  return withVectorType(combine(lanes), lanes.length);
}

function withVectorType(expr: Expr, lanes: number): Expr {
  return expr.type.kind === 'vec' ? expr : broadcast(expr, vecType(expr.type, lanes));
}

function covering(lanes: readonly Expr[]): IntType {
  return lanes
    .map((lane) => elementOf(lane.type))
    .reduce((a, b) => (fits(b, a) ? a : fits(a, b) ? b : join(a, b)));
}

/** One expression for all lanes: an integer where every lane computes the same, else a vector. */
function combine(lanes: readonly Expr[]): Expr {
  const first = lanes[0];
  if (lanes.every((lane) => keyOf(lane) === keyOf(first))) return first;
  const count = lanes.length;
  const type: Type = vecType(covering(lanes), count);
  switch (first.op) {
    case 'const': {
      const values = lanes.map((lane) => (lane as { value: bigint }).value);
      const least = values.reduce((a, b) => (b < a ? b : a));
      const most = values.reduce((a, b) => (b > a ? b : a));
      return constantVector(values, typeForRange(least, most));
    }
    case 'lane': {
      const indices = lanes.map((lane) =>
        Number(((lane as typeof first).index as { value: bigint }).value),
      );
      const whole = lanesOf(first.vector.type) === count && indices.every((at, l) => at === l);
      if (whole) return first.vector;
      return {
        op: 'shuffle',
        type: vecType(elementOf(first.vector.type), count),
        vector: first.vector,
        lanes: indices,
      };
    }
    case 'cast':
    case 'saturate':
    case 'not': {
      const operand = withVectorType(
        combine(lanes.map((lane) => (lane as typeof first).operand)),
        count,
      );
      return { op: first.op, type, operand };
    }
    case 'select': {
      const all = lanes as readonly (typeof first)[];
      return {
        op: 'select',
        type,
        condition: combine(all.map((lane) => lane.condition)),
        then: cast(withVectorType(combine(all.map((lane) => lane.then)), count), type),
        else: cast(withVectorType(combine(all.map((lane) => lane.else)), count), type),
      };
    }
    case 'var':
    case 'scalar':
    case 'with-lane':
    case 'build':
    case 'concat':
    case 'shuffle':
    case 'reduce':
    case 'table':
      // Same shape means same key for these, so every lane was equal.
      return first;
    default: {
      const all = lanes as readonly (typeof first)[];
      return {
        op: first.op,
        type,
        left: combine(all.map((lane) => lane.left)),
        right: combine(all.map((lane) => lane.right)),
      };
    }
  }
}
