import { exactRange, exprRange } from './build.ts';
import {
  type BinaryExpr,
  type Expr,
  elementOf,
  type IntType,
  type KernelIR,
  lanesOf,
  type ReduceOp,
  rangeOf,
  typeForRange,
} from './ir.ts';

/** Integers from `min` to `max`; of a vector what any lane may hold. */
export interface Range {
  readonly min: bigint;
  readonly max: bigint;
}

/** What variables may hold at a point of the code; a name that is missing may hold all of its type. */
export type Ranges = ReadonlyMap<string, Range>;

/** The same, to look names up in. */
export type Lookup = Pick<Ranges, 'get'>;

export function joined(a: Range, b: Range): Range {
  return { min: a.min < b.min ? a.min : b.min, max: a.max > b.max ? a.max : b.max };
}

/** The values in both; undefined where there are none. */
export function common(a: Range, b: Range): Range | undefined {
  const min = a.min > b.min ? a.min : b.min;
  const max = a.max < b.max ? a.max : b.max;
  return min <= max ? { min, max } : undefined;
}

export function isSingle({ min, max }: Range): boolean {
  return min === max;
}

/** Exact values wrapped to a type: as they are, or all of the type. */
function wrapped(range: Range, type: IntType): Range {
  const all = rangeOf(type);
  return range.min >= all.min && range.max <= all.max ? range : all;
}

function corners(values: readonly bigint[]): Range {
  return values.map((value): Range => ({ min: value, max: value })).reduce(joined);
}

/** The least range of the form [0, 2ⁿ − 1] that holds both maxima: what `or` and `xor` cannot leave. */
function bitsOfBoth(a: Range, b: Range): Range {
  const { width } = typeForRange(0n, a.max > b.max ? a.max : b.max);
  return { min: 0n, max: (1n << BigInt(width)) - 1n };
}

/**
 * What an expression may be where variables hold `at`. `seen` is told about every part of it, and keeps
 * what is shared from being computed twice.
 */
export function rangeOfExpr(
  expr: Expr,
  at: Lookup,
  tables: KernelIR['tables'],
  seen: Map<Expr, Range>,
): Range {
  const known = seen.get(expr);
  if (known !== undefined) return known;
  const of = (one: Expr) => rangeOfExpr(one, at, tables, seen);
  const element = elementOf(expr.type);
  const range = ((): Range => {
    switch (expr.op) {
      case 'const':
        return exprRange(expr);
      case 'var':
        return at.get(expr.name) ?? rangeOf(element);
      case 'scalar':
        return rangeOf(element);
      case 'cast':
        return wrapped(of(expr.operand), element);
      case 'saturate': {
        const { min, max } = rangeOf(element);
        const clamp = (value: bigint) => (value < min ? min : value > max ? max : value);
        const inner = of(expr.operand);
        return { min: clamp(inner.min), max: clamp(inner.max) };
      }
      case 'not': {
        const inner = of(expr.operand);
        const exact = { min: -inner.max - 1n, max: -inner.min - 1n };
        if (element.signed || inner.min < 0n) return wrapped(exact, element);
        // Below 2ʷ the complement wraps to what is missing up to all ones.
        const { max } = rangeOf(element);
        return wrapped({ min: max - inner.max, max: max - inner.min }, element);
      }
      case 'select': {
        const condition = of(expr.condition);
        const then = wrapped(of(expr.then), element);
        const otherwise = wrapped(of(expr.else), element);
        if (isSingle(condition)) return condition.min === 0n ? otherwise : then;
        return joined(then, otherwise);
      }
      case 'lane':
        of(expr.index);
        return wrapped(of(expr.vector), element);
      case 'with-lane':
        of(expr.index);
        return joined(of(expr.vector), wrapped(of(expr.value), element));
      case 'build':
        return expr.elements.map((one) => wrapped(of(one), element)).reduce(joined);
      case 'concat':
        return expr.vectors.map((one) => wrapped(of(one), element)).reduce(joined);
      case 'shuffle':
        return wrapped(of(expr.vector), element);
      case 'reduce':
        return wrapped(reduced(expr.reduce, of(expr.vector), lanesOf(expr.vector.type)), element);
      case 'table': {
        const index = of(expr.index);
        const { values } = tables.find(({ name }) => name === expr.table) ?? { values: [] };
        const length = BigInt(values.length);
        const first = index.min < 0n ? 0n : index.min;
        const end = index.max < length ? index.max + 1n : length;
        const inside = first < end ? values.slice(Number(first), Number(end)) : [];
        // Past its end a table gives 0.
        const outside = index.min < 0n || index.max >= length ? [0n] : [];
        return corners([...inside, ...outside]);
      }
      default:
        return wrapped(binaryRange(expr, of(expr.left), of(expr.right)), element);
    }
  })();
  seen.set(expr, range);
  return range;
}

function reduced(op: ReduceOp, lane: Range, lanes: number): Range {
  switch (op) {
    case 'add':
      return { min: lane.min * BigInt(lanes), max: lane.max * BigInt(lanes) };
    case 'min':
    case 'max':
      return lane;
    case 'and':
    case 'or':
      if (lanes === 1 || lane.min < 0n) {
        return lanes === 1 ? lane : rangeOf(typeForRange(lane.min, lane.max));
      }
      return bitsOfBoth(lane, lane);
  }
}

/** The exact result of an operator, before it is wrapped; too wide where that takes too long to say. */
function binaryRange(expr: BinaryExpr, a: Range, b: Range): Range {
  const truth = (always: boolean, never: boolean): Range => ({
    min: always ? 1n : 0n,
    max: never ? 0n : 1n,
  });
  const all = rangeOf(elementOf(expr.type));
  switch (expr.op) {
    case 'add':
    case 'sub':
    case 'mul':
      return exactRange(expr.op, a, b);
    case 'and':
      if (a.min >= 0n && b.min >= 0n) return { min: 0n, max: a.max < b.max ? a.max : b.max };
      if (a.min >= 0n) return { min: 0n, max: a.max };
      return b.min >= 0n ? { min: 0n, max: b.max } : all;
    case 'or':
    case 'xor':
      return a.min >= 0n && b.min >= 0n ? bitsOfBoth(a, b) : all;
    case 'shl':
      if (b.max > 64n) return all;
      return corners([a.min << b.min, a.min << b.max, a.max << b.min, a.max << b.max]);
    case 'shr': {
      const by = [b.min, b.max].map((one) => (one > 64n ? 64n : one));
      return corners(by.flatMap((one) => [a.min >> one, a.max >> one]));
    }
    case 'eq':
      return truth(isSingle(a) && isSingle(b) && a.min === b.min, common(a, b) === undefined);
    case 'ne':
      return truth(common(a, b) === undefined, isSingle(a) && isSingle(b) && a.min === b.min);
    case 'lt':
      return truth(a.max < b.min, a.min >= b.max);
    case 'le':
      return truth(a.max <= b.min, a.min > b.max);
  }
}

/**
 * What variables hold where a condition is true, or where it is false; undefined where that cannot be.
 * @param others what is known of variables that `at` does not name.
 */
export function refined(
  condition: Expr,
  holds: boolean,
  at: Ranges,
  others: Ranges,
  tables: KernelIR['tables'],
): Ranges | undefined {
  const both = (from: Ranges): Lookup => ({ get: (name) => from.get(name) ?? others.get(name) });
  const range = rangeOfExpr(condition, both(at), tables, new Map());
  if (isSingle(range) && (range.min !== 0n) !== holds) return undefined;
  const limit = (name: string, to: Range, from: Ranges): Ranges | undefined => {
    const old = both(from).get(name);
    const left = old === undefined ? to : common(old, to);
    return left === undefined ? undefined : new Map(from).set(name, left);
  };
  switch (condition.op) {
    case 'var':
      return condition.type.kind === 'vec'
        ? at
        : limit(condition.name, { min: holds ? 1n : 0n, max: holds ? 1n : 0n }, at);
    case 'not':
      return condition.type.kind === 'int' && condition.type.width === 1
        ? refined(condition.operand, !holds, at, others, tables)
        : at;
    case 'and':
    case 'or': {
      if ((condition.op === 'and') !== holds || elementOf(condition.type).width !== 1) return at;
      if ([condition.left, condition.right].some(({ type }) => elementOf(type).width !== 1))
        return at;
      const left = refined(condition.left, holds, at, others, tables);
      return left === undefined ? undefined : refined(condition.right, holds, left, others, tables);
    }
    case 'eq':
    case 'ne':
    case 'lt':
    case 'le': {
      const { left, right } = condition;
      if (left.type.kind === 'vec' || right.type.kind === 'vec') return at;
      const a = rangeOfExpr(left, both(at), tables, new Map());
      const b = rangeOfExpr(right, both(at), tables, new Map());
      const [x, y] = limits(condition.op, holds, a, b);
      let result: Ranges | undefined = at;
      if (left.op === 'var') result = limit(left.name, x, result);
      if (right.op === 'var' && result !== undefined) result = limit(right.name, y, result);
      return result;
    }
    default:
      return at;
  }
}

/** What both sides of a comparison may be where it holds, or where it does not. */
function limits(op: 'eq' | 'ne' | 'lt' | 'le', holds: boolean, a: Range, b: Range): [Range, Range] {
  if (op === 'lt' || op === 'le') {
    // a < b, a ≤ b; or, where that is false, b ≤ a, b < a.
    const apart = (op === 'lt') === holds ? 1n : 0n;
    if (holds) {
      return [
        { min: a.min, max: a.max < b.max - apart ? a.max : b.max - apart },
        { min: b.min > a.min + apart ? b.min : a.min + apart, max: b.max },
      ];
    }
    return [
      { min: a.min > b.min + apart ? a.min : b.min + apart, max: a.max },
      { min: b.min, max: b.max < a.max - apart ? b.max : a.max - apart },
    ];
  }
  if ((op === 'eq') === holds) {
    const both = common(a, b) ?? a;
    return [both, both];
  }
  const without = (range: Range, other: Range): Range => {
    if (!isSingle(other) || isSingle(range)) return range;
    if (range.min === other.min) return { min: range.min + 1n, max: range.max };
    return range.max === other.min ? { min: range.min, max: range.max - 1n } : range;
  };
  return [without(a, b), without(b, a)];
}
