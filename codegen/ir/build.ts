import {
  type BinaryOp,
  bitsOf,
  type ConstExpr,
  type Expr,
  elementOf,
  type IntType,
  lanesOf,
  type ReduceOp,
  rangeOf,
  type Span,
  sameType,
  type Type,
  typeForRange,
  u1,
  type VecType,
  vecType,
  wrap,
} from './ir.ts';

/** Constructors of expressions that fold constants and drop casts that change nothing. */

export function constant(value: bigint, type: IntType = typeForRange(value, value)): ConstExpr {
  return { op: 'const', type, value: wrap(value, type) };
}

export function constantVector(values: readonly bigint[], element: IntType): ConstExpr {
  return {
    op: 'const',
    type: vecType(element, values.length),
    value: values.map((value) => wrap(value, element)),
  };
}

export function isConstant(expr: Expr): expr is ConstExpr & { readonly value: bigint } {
  return expr.op === 'const' && typeof expr.value === 'bigint';
}

/** True when every value of `inner` is a value of `outer`. */
export function fits(inner: IntType, outer: IntType): boolean {
  const a = rangeOf(inner);
  const b = rangeOf(outer);
  return a.min >= b.min && a.max <= b.max;
}

/** The smallest type that holds every value of both. */
export function join(a: IntType, b: IntType): IntType {
  const x = rangeOf(a);
  const y = rangeOf(b);
  return typeForRange(x.min < y.min ? x.min : y.min, x.max > y.max ? x.max : y.max);
}

/** The value range of an expression: exact for constants, its type's otherwise. */
export function exprRange(expr: Expr): { readonly min: bigint; readonly max: bigint } {
  if (expr.op !== 'const') return rangeOf(elementOf(expr.type));
  const values = typeof expr.value === 'bigint' ? [expr.value] : expr.value;
  return values.reduce(
    (range, value) => ({
      min: value < range.min ? value : range.min,
      max: value > range.max ? value : range.max,
    }),
    { min: values[0], max: values[0] },
  );
}

function spanned<T extends Expr>(expr: T, span: Span | undefined): T {
  return span === undefined ? expr : { ...expr, span };
}

/**
 * Operators whose low w result bits depend on the low w operand bits alone: a cast of an operand to
 * w bits or more cannot be seen through them.
 */
const lowBitsOnly: ReadonlySet<BinaryOp> = new Set(['add', 'sub', 'mul', 'and', 'or', 'xor']);

function lowBits(expr: Expr, width: number): Expr {
  if (expr.op !== 'cast' || expr.type.kind !== expr.operand.type.kind) return expr;
  return elementOf(expr.type).width >= width ? lowBits(expr.operand, width) : expr;
}

export function cast(operand: Expr, type: Type, span?: Span): Expr {
  if (sameType(operand.type, type)) return operand;
  if (operand.op === 'const' && typeof operand.value === 'bigint' && type.kind === 'int') {
    return spanned(constant(operand.value, type), span);
  }
  if (operand.op === 'const' && typeof operand.value !== 'bigint' && type.kind === 'vec') {
    return spanned(constantVector(operand.value, type.element), span);
  }
  const target = elementOf(type);
  // A wrapped result may be wrapped further in the operation itself (ir.ts, the one rule).
  if (
    lowBitsOnly.has(operand.op as BinaryOp) &&
    operand.type.kind === type.kind &&
    elementOf(operand.type).width >= target.width
  ) {
    const { left, right } = operand as Extract<Expr, { left: Expr }>;
    return spanned(
      {
        op: operand.op as BinaryOp,
        type,
        left: lowBits(left, target.width),
        right: lowBits(right, target.width),
      },
      span ?? operand.span,
    );
  }
  if (
    operand.op === 'cast' &&
    operand.type.kind === operand.operand.type.kind &&
    elementOf(operand.type).width >= target.width
  ) {
    return cast(operand.operand, type, span);
  }
  return spanned({ op: 'cast', type, operand }, span);
}

export function saturate(operand: Expr, type: Type, span?: Span): Expr {
  const from = exprRange(operand);
  const to = rangeOf(elementOf(type));
  if (from.min >= to.min && from.max <= to.max) return cast(operand, type, span);
  return spanned({ op: 'saturate', type, operand }, span);
}

function foldBinary(op: BinaryOp, a: bigint, b: bigint): bigint {
  switch (op) {
    case 'add':
      return a + b;
    case 'sub':
      return a - b;
    case 'mul':
      return a * b;
    case 'and':
      return a & b;
    case 'or':
      return a | b;
    case 'xor':
      return a ^ b;
    case 'shl':
      return a << b;
    case 'shr':
      return a >> b;
    case 'eq':
      return a === b ? 1n : 0n;
    case 'ne':
      return a !== b ? 1n : 0n;
    case 'lt':
      return a < b ? 1n : 0n;
    case 'le':
      return a <= b ? 1n : 0n;
  }
}

/** `and`, `or` of one bit: the lowest of a constant, which may have others above it. */
function withKnownBit(op: 'and' | 'or', type: IntType, known: bigint, other: Expr): Expr {
  const bit = wrap(known, type);
  const decides = (bit === 0n) === (op === 'and');
  return decides ? constant(bit, type) : cast(other, type);
}

export function binary(op: BinaryOp, type: Type, left: Expr, right: Expr, span?: Span): Expr {
  if (isConstant(left) && isConstant(right) && type.kind === 'int') {
    return spanned(constant(foldBinary(op, left.value, right.value), type), span);
  }
  if (type.kind === 'int') {
    if ((op === 'and' || op === 'or') && bitsOf(type) === 1) {
      if (isConstant(left)) return withKnownBit(op, type, left.value, right);
      if (isConstant(right)) return withKnownBit(op, type, right.value, left);
    }
    const zero = isConstant(right) && right.value === 0n;
    if (zero && ['add', 'sub', 'or', 'xor', 'shl', 'shr'].includes(op)) return cast(left, type);
    if (op === 'mul' && isConstant(right) && right.value === 1n) return cast(left, type);
    if (op === 'add' && isConstant(left) && left.value === 0n) return cast(right, type);
  }
  const width = elementOf(type).width;
  return spanned(
    lowBitsOnly.has(op)
      ? { op, type, left: lowBits(left, width), right: lowBits(right, width) }
      : { op, type, left, right },
    span,
  );
}

/** Exact result type of an arithmetic operator on values in these ranges (grows as ap_int's). */
export function exactRange(
  op: 'add' | 'sub' | 'mul',
  a: { readonly min: bigint; readonly max: bigint },
  b: { readonly min: bigint; readonly max: bigint },
): { readonly min: bigint; readonly max: bigint } {
  if (op === 'add') return { min: a.min + b.min, max: a.max + b.max };
  if (op === 'sub') return { min: a.min - b.max, max: a.max - b.min };
  const corners = [a.min * b.min, a.min * b.max, a.max * b.min, a.max * b.max];
  return {
    min: corners.reduce((x, y) => (y < x ? y : x)),
    max: corners.reduce((x, y) => (y > x ? y : x)),
  };
}

export function not(operand: Expr): Expr {
  if (isConstant(operand)) return constant(operand.value === 0n ? 1n : 0n, u1);
  if (operand.op === 'eq') return { ...operand, op: 'ne' };
  if (operand.op === 'ne') return { ...operand, op: 'eq' };
  return { op: 'not', type: operand.type, operand };
}

export function select(condition: Expr, then: Expr, otherwise: Expr, type: Type): Expr {
  if (isConstant(condition)) return cast(condition.value === 0n ? otherwise : then, type);
  // A flag that is set or cleared by a condition is that condition.
  if (isConstant(then) && isConstant(otherwise) && sameType(type, u1)) {
    if (then.value === otherwise.value) return cast(then, type);
    return then.value === 1n ? condition : not(condition);
  }
  return { op: 'select', type, condition, then: cast(then, type), else: cast(otherwise, type) };
}

/** One lane by a constant or computed index. */
export function lane(vector: Expr, index: Expr, span?: Span): Expr {
  const element = elementOf(vector.type);
  if (isConstant(index)) {
    const at = Number(index.value);
    if (vector.op === 'const' && typeof vector.value !== 'bigint') {
      return constant(vector.value[at] ?? 0n, element);
    }
    if (vector.op === 'build') return vector.elements[at];
    if (vector.op === 'shuffle') {
      return lane(vector.vector, constant(BigInt(vector.lanes[at])), span);
    }
  }
  return spanned({ op: 'lane', type: element, vector, index }, span);
}

export function reduce(op: ReduceOp, vector: Expr, type: IntType, span?: Span): Expr {
  return spanned({ op: 'reduce', type, reduce: op, vector }, span);
}

/** A vector of one value in every lane. */
export function broadcast(value: Expr, type: VecType): Expr {
  if (isConstant(value)) {
    return constantVector(
      Array.from({ length: lanesOf(type) }, () => value.value),
      type.element,
    );
  }
  return { op: 'cast', type, operand: value };
}
