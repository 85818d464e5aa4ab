import { binary, cast, exactRange, exprRange, isConstant, not, select } from '../ir/build.ts';
import {
  type BinaryOp,
  type Expr,
  elementOf,
  type IntType,
  intType,
  rangeOf,
  type Span,
  type Type,
  typeForRange,
  typeText,
  u1,
  vecType,
} from '../ir/ir.ts';
import { fail } from './diagnostics.ts';

/**
 * JavaScript's operators on hardware values, with the width that the exact result needs
 * (specification, "Values"). Where JavaScript itself is not exact, a diagnostic.
 */
export interface Operand {
  readonly expr: Expr;
  /** True where TypeScript holds the value in a bigint. */
  readonly big: boolean;
}

function limitOf(big: boolean): number {
  return big ? 64 : 53;
}

/** Integer operands only: lanes are combined inside `vec`. */
function integers(a: Operand, b: Operand, symbol: string, span: Span): void {
  for (const { expr } of [a, b]) {
    if (expr.type.kind === 'vec') {
      fail(
        'TW2001',
        span,
        `'${symbol}' works on integers, not on whole vectors`,
        'Write it lane by lane: vec(type, lanes, (l) => a[l] + b[l]).',
      );
    }
  }
}

export function arithmetic(
  op: 'add' | 'sub' | 'mul',
  symbol: string,
  a: Operand,
  b: Operand,
  span: Span,
): Operand {
  integers(a, b, symbol, span);
  const range = exactRange(op, exprRange(a.expr), exprRange(b.expr));
  const type = typeForRange(range.min, range.max);
  const big = a.big || b.big;
  if (type.width > limitOf(big)) {
    const sides = `${typeText(a.expr.type)} ${symbol} ${typeText(b.expr.type)}`;
    fail(
      'TW2002',
      span,
      `${sides} needs ${type.width} bits, and a ${big ? 'bigint here holds 64' : 'number holds 53 exactly'}`,
      op === 'mul'
        ? 'Narrow the operands, or take the part that you need with mulLow(a, b, bits) or mulHigh(a, b, shift).'
        : 'Narrow the operands first, e.g. u32(a).',
    );
  }
  return { expr: binary(op, type, a.expr, b.expr, span), big };
}

export function compare(symbol: string, a: Operand, b: Operand, span: Span): Operand {
  integers(a, b, symbol, span);
  const table: Record<string, [BinaryOp, boolean]> = {
    '===': ['eq', false],
    '!==': ['ne', false],
    '<': ['lt', false],
    '<=': ['le', false],
    '>': ['lt', true],
    '>=': ['le', true],
  };
  const [op, swap] = table[symbol];
  const [left, right] = swap ? [b.expr, a.expr] : [a.expr, b.expr];
  const x = exprRange(left);
  const y = exprRange(right);
  // Ranges that decide the answer need no comparator.
  const known =
    op === 'lt'
      ? x.max < y.min
        ? true
        : x.min >= y.max
          ? false
          : undefined
      : op === 'le'
        ? x.max <= y.min
          ? true
          : x.min > y.max
            ? false
            : undefined
        : x.max < y.min || y.max < x.min
          ? op === 'ne'
          : undefined;
  if (known !== undefined) {
    return { expr: { op: 'const', type: u1, value: known ? 1n : 0n }, big: false };
  }
  return { expr: binary(op, u1, left, right, span), big: false };
}

/** The value as a condition: JavaScript's truthiness of a number. */
export function truth(a: Operand, span: Span): Expr {
  if (a.expr.type.kind === 'vec') {
    fail('TW2003', span, 'a vector is no condition', 'Use any(v) or all(v).');
  }
  if (a.expr.type.width === 1 && !a.expr.type.signed) return a.expr;
  // What `c && x` gives: true where both are.
  if (a.expr.op === 'select' && isConstant(a.expr.else) && a.expr.else.value === 0n) {
    const then = truth({ expr: a.expr.then, big: a.big }, span);
    return binary('and', u1, a.expr.condition, then, span);
  }
  return binary('ne', u1, a.expr, { op: 'const', type: u1, value: 0n }, span);
}

export function logical(op: 'and' | 'or', a: Operand, b: Operand, span: Span): Operand {
  return { expr: binary(op, u1, truth(a, span), truth(b, span), span), big: false };
}

export function negate(a: Operand, span: Span): Operand {
  return { expr: not(truth(a, span)), big: false };
}

/** What JavaScript's ToInt32 makes of an operand of `&`, `|`, `^`, `~`, `<<`, `>>`, `>>>`. */
function toInt32(a: Operand, symbol: string, span: Span): Expr {
  const type = elementOf(a.expr.type);
  if (a.expr.type.kind === 'vec') integers(a, a, symbol, span);
  if (isConstant(a.expr)) return cast(a.expr, intType(true, 32), span);
  if (type.width > 32) {
    const bigger = symbol === '>>' || symbol === '>>>' ? 'shiftRight(a, n)' : 'a bigint type';
    fail(
      'TW2004',
      span,
      `'${symbol}' on ${typeText(type)}: JavaScript's bit operators keep 32 bits`,
      symbol === '<<' ? 'Use shiftLeft(a, n).' : `Narrow the operand to 32 bits, or use ${bigger}.`,
    );
  }
  return !type.signed && type.width === 32 ? cast(a.expr, intType(true, 32), span) : a.expr;
}

export function bitwise(
  op: 'and' | 'or' | 'xor',
  symbol: string,
  a: Operand,
  b: Operand,
  span: Span,
): Operand {
  integers(a, b, symbol, span);
  const big = a.big || b.big;
  const left = big ? a.expr : toInt32(a, symbol, span);
  const right = big ? b.expr : toInt32(b, symbol, span);
  const [x, y] = [left, right].map((side) => {
    const range = exprRange(side);
    return typeForRange(range.min, range.max);
  });
  const unsignedOnes = [x, y].filter((type) => !type.signed);
  let type: IntType;
  if (op === 'and' && unsignedOnes.length > 0) {
    type = intType(false, Math.min(...unsignedOnes.map((one) => one.width)));
  } else if (unsignedOnes.length === 2) {
    type = intType(false, Math.max(x.width, y.width));
  } else {
    type = intType(true, Math.max(...[x, y].map((one) => one.width + (one.signed ? 0 : 1))));
  }
  return { expr: binary(op, type, left, right, span), big };
}

export function complement(a: Operand, span: Span): Operand {
  const operand = a.big ? a.expr : toInt32(a, '~', span);
  // ~a = −1 − a, exactly.
  const minusOne: Expr = { op: 'const', type: intType(true, 1), value: -1n };
  const range = exactRange('sub', { min: -1n, max: -1n }, exprRange(operand));
  return {
    expr: binary('sub', typeForRange(range.min, range.max), minusOne, operand, span),
    big: a.big,
  };
}

export function shift(symbol: '<<' | '>>' | '>>>', a: Operand, n: Operand, span: Span): Operand {
  integers(a, n, symbol, span);
  const amount = exprRange(n.expr);
  const most = a.big ? 63n : 31n;
  if (amount.min < 0n || amount.max > most) {
    fail(
      'TW2005',
      span,
      `the amount of '${symbol}' ranges from ${amount.min} to ${amount.max}; JavaScript takes it modulo ${most + 1n}`,
      `Narrow the amount to 0…${most}, e.g. u5(n), or use shiftRight/shiftLeft.`,
    );
  }
  let operand = a.big ? a.expr : toInt32(a, symbol, span);
  if (symbol === '>>>') {
    if (a.big) fail('TW2006', span, `bigint has no '>>>'`, `Write '>>'.`);
    if (exprRange(operand).min < 0n) operand = cast(a.expr, intType(false, 32), span);
  }
  const range = exprRange(operand);
  if (symbol === '<<') {
    const type = typeForRange(
      range.min << (range.min < 0n ? amount.max : amount.min),
      range.max << (range.max > 0n ? amount.max : amount.min),
    );
    if (a.big && type.width > 64) {
      fail('TW2002', span, `'<<' needs ${type.width} bits here`, 'Narrow the operand first.');
    }
    const wraps = !a.big && (type.width > 32 || (!type.signed && type.width === 32));
    return {
      expr: binary('shl', wraps ? intType(true, 32) : type, operand, n.expr, span),
      big: a.big,
    };
  }
  return { expr: shiftDown(operand, n.expr, span), big: a.big };
}

/** ⌊a / 2^n⌋ with the width that its range needs. */
export function shiftDown(operand: Expr, amount: Expr, span: Span): Expr {
  const range = exprRange(operand);
  const by = exprRange(amount);
  const type = typeForRange(
    range.min >> (range.min < 0n ? by.min : by.max),
    range.max >> (range.max > 0n ? by.min : by.max),
  );
  return binary('shr', type, operand, amount, span);
}

/** `c ? a : b` where both arms are hardware: the smallest type that holds both. */
export function choose(condition: Expr, a: Operand, b: Operand, span: Span): Operand {
  return {
    expr: select(condition, a.expr, b.expr, joinTypes(a.expr, b.expr, span)),
    big: a.big || b.big,
  };
}

function joinTypes(a: Expr, b: Expr, span: Span): Type {
  const [x, y] = [exprRange(a), exprRange(b)];
  const range = {
    min: x.min < y.min ? x.min : y.min,
    max: x.max > y.max ? x.max : y.max,
  };
  const element = coveringType(elementOf(a.type), elementOf(b.type), range);
  if (a.type.kind === 'vec' && b.type.kind === 'vec' && a.type.lanes === b.type.lanes) {
    return vecType(element, a.type.lanes);
  }
  if (a.type.kind === 'int' && b.type.kind === 'int') return element;
  fail(
    'TW2007',
    span,
    `the two sides are ${typeText(a.type)} and ${typeText(b.type)}`,
    'Both must be integers, or vectors of as many lanes.',
  );
}

/** Keeps a type that both sides already have, so that names and widths do not change without need. */
function coveringType(
  a: IntType,
  b: IntType,
  range: { readonly min: bigint; readonly max: bigint },
): IntType {
  for (const type of [a, b]) {
    const { min, max } = rangeOf(type);
    if (range.min >= min && range.max <= max) return type;
  }
  return typeForRange(range.min, range.max);
}
