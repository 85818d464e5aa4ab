import {
  type BinaryOp,
  elementOf,
  type IntType,
  lanesOf,
  type ReduceExpr,
  rangeOf,
  typeForRange,
} from './ir.ts';

/** The integers from `min` to `max`. */
export interface Interval {
  readonly min: bigint;
  readonly max: bigint;
}

/** Operators whose lowest bits follow from the lowest bits of their operands. */
export type RingOp = Extract<BinaryOp, 'add' | 'sub' | 'mul' | 'and' | 'or' | 'xor'>;

const ringOps: ReadonlySet<BinaryOp> = new Set<RingOp>(['add', 'sub', 'mul', 'and', 'or', 'xor']);

export function isRing(op: BinaryOp): op is RingOp {
  return ringOps.has(op);
}

/** The type in which a reduction may add up, or compare, its lanes: the result is wrapped to its own in the end. */
export function reductionType(expr: ReduceExpr): IntType {
  const from = elementOf(expr.vector.type);
  if (expr.reduce !== 'add') return from;
  const range = rangeOf(from);
  const count = BigInt(lanesOf(expr.vector.type));
  const sum = typeForRange(range.min * count, range.max * count);
  // A sum that is wrapped in the end may be wrapped all the way.
  return sum.width <= expr.type.width ? sum : expr.type;
}

export function inside(value: Interval, type: IntType): boolean {
  const { min, max } = rangeOf(type);
  return value.min >= min && value.max <= max;
}

export function minimum(...values: readonly bigint[]): bigint {
  return values.reduce((a, b) => (b < a ? b : a));
}

export function maximum(...values: readonly bigint[]): bigint {
  return values.reduce((a, b) => (b > a ? b : a));
}

function bitsInterval(op: 'and' | 'or' | 'xor', a: Interval, b: Interval): Interval {
  if (op === 'and' && (a.min >= 0n || b.min >= 0n)) {
    const tops = [a, b].filter(({ min }) => min >= 0n).map(({ max }) => max);
    return { min: 0n, max: minimum(...tops) };
  }
  const bits = BigInt(maximum(a.max, b.max, ~a.min, ~b.min).toString(2).length);
  const top = (1n << bits) - 1n;
  return { min: a.min >= 0n && b.min >= 0n ? 0n : ~top, max: top };
}

/** Bounds of the exact result, before it is wrapped to any type. */
export function ringInterval(op: RingOp, a: Interval, b: Interval): Interval {
  switch (op) {
    case 'add':
      return { min: a.min + b.min, max: a.max + b.max };
    case 'sub':
      return { min: a.min - b.max, max: a.max - b.min };
    case 'mul': {
      const corners = [a.min * b.min, a.min * b.max, a.max * b.min, a.max * b.max];
      return { min: minimum(...corners), max: maximum(...corners) };
    }
    default:
      return bitsInterval(op, a, b);
  }
}

/** Bounds of ⌊a / 2^b⌋. */
export function shiftedRight(a: Interval, b: Interval): Interval {
  const shift = (value: bigint, by: bigint) => value >> (by > 64n ? 64n : by);
  const corners = [
    shift(a.min, b.min),
    shift(a.min, b.max),
    shift(a.max, b.min),
    shift(a.max, b.max),
  ];
  return { min: minimum(...corners), max: maximum(...corners) };
}

/** What the bounds alone decide of a comparison; undefined where it takes the values. */
export function knownComparison(
  op: Extract<BinaryOp, 'eq' | 'ne' | 'lt' | 'le'>,
  a: Interval,
  b: Interval,
): boolean | undefined {
  if (op === 'lt' || op === 'le') {
    const below = op === 'lt' ? a.max < b.min : a.max <= b.min;
    const above = op === 'lt' ? a.min >= b.max : a.min > b.max;
    return below ? true : above ? false : undefined;
  }
  const apart = a.max < b.min || b.max < a.min;
  const same = a.min === a.max && b.min === b.max && a.min === b.min;
  if (!apart && !same) return undefined;
  return (op === 'eq') === same;
}
