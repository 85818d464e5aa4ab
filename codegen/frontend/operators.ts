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
import { align, commonFraction, rangeAt, widest } from './align.ts';
import { type Diagnostic, DiagnosticSignal, fail } from './diagnostics.ts';
import { formatText } from './format-text.ts';
import type { Operand } from './values.ts';

/**
 * JavaScript's operators on hardware values, with the width that the exact result needs
 * (specification, "Values"). Where JavaScript itself is not exact, a diagnostic.
 */
function plain(expr: Expr, big = false): Operand {
  return { expr, big, fraction: 0 };
}

/** Bit operators see integers: JavaScript's would drop the fraction. */
function wholeOnly(a: Operand, symbol: string, span: Span): void {
  if (a.fraction === 0) return;
  fail(
    'TW2105',
    span,
    `'${symbol}' works on the bits of an integer, this is ${formatText(a.expr.type, a.fraction)}`,
    'Take its units with the raw(x) of its type; to scale a value multiply by a constant: x * 0.5.',
  );
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

function wayOut(product: boolean, big: boolean, fraction: number): string {
  if (product) {
    return fraction === 0
      ? 'Narrow the operands, or take the part that you need with mulLow(a, b, bits) or mulHigh(a, b, shift).'
      : 'Narrow the operands, or round the product into a type q at once: q.product(a, b).';
  }
  if (big)
    return 'Narrow it at once by naming the type: u64(a + b), or q(a + b) of a fixed-point type q.';
  return fraction === 0
    ? 'Narrow the operands first, e.g. u32(a).'
    : 'Narrow the operands first, by naming a type: q(a).';
}

export function arithmetic(
  op: 'add' | 'sub' | 'mul',
  symbol: string,
  a: Operand,
  b: Operand,
  span: Span,
): Operand {
  integers(a, b, symbol, span);
  const big = a.big || b.big;
  const product = op === 'mul';
  if (product && big && a.fraction !== 0 && b.fraction !== 0) {
    fail(
      'TW2104',
      span,
      `a product of fixed point past 53 bits would count units of 2^-${a.fraction + b.fraction}`,
      'Write q.product(a, b), which rounds it into the type q.',
    );
  }
  const fraction = product ? a.fraction + b.fraction : commonFraction(a, b, symbol, span);
  const range = product
    ? exactRange(op, exprRange(a.expr), exprRange(b.expr))
    : exactRange(op, rangeAt(a, fraction), rangeAt(b, fraction));
  const type = typeForRange(range.min, range.max);
  const refused = (width: number): Diagnostic => {
    const text = (one: Operand) => formatText(one.expr.type, one.fraction);
    return {
      code: 'TW2002',
      span,
      message: `${text(a)} ${symbol} ${text(b)} needs ${width} bits, and a ${big ? 'bigint here holds 64' : 'number holds 53 exactly'}`,
      hint: wayOut(product, big, fraction),
    };
  };
  // Of two bigints the sum may be narrowed at once; both are held, so it has 65 bits at most.
  const held = elementOf(a.expr.type).width <= 64 && elementOf(b.expr.type).width <= 64;
  if (type.width > limitOf(big) && (product || !big || !held)) {
    throw new DiagnosticSignal(refused(type.width));
  }
  if (product) return { expr: binary(op, type, a.expr, b.expr, span), big, fraction };
  const { left, right } = align(a, b, symbol, span);
  const expr = binary(op, type, left, right, span);
  if (type.width <= limitOf(big) || isConstant(expr)) return { expr, big, fraction };
  return { expr, big, fraction, wide: { op, left, right, refused: refused(type.width) } };
}

/** a / b where b is a power of two that the compiler knows: the binary point moves, nothing is computed. */
export function divide(a: Operand, b: Operand, span: Span): Operand {
  const power = isConstant(b.expr) ? b.expr.value : 0n;
  if (
    a.expr.type.kind === 'vec' ||
    a.big ||
    b.big ||
    power <= 0n ||
    (power & (power - 1n)) !== 0n
  ) {
    fail(
      'TW2009',
      span,
      "'/' on hardware values: a divider is not part of the language",
      'Divide by a power of two (Math.floor(a / 8)), or multiply by a reciprocal from a table.',
    );
  }
  return { ...a, fraction: a.fraction + power.toString(2).length - 1 - b.fraction };
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
  const fraction = commonFraction(a, b, symbol, span);
  const [x, y] = (swap ? [b, a] : [a, b]).map((one) => rangeAt(one, fraction));
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
    return plain({ op: 'const', type: u1, value: known ? 1n : 0n });
  }
  const aligned = align(a, b, symbol, span);
  const [left, right] = swap ? [aligned.right, aligned.left] : [aligned.left, aligned.right];
  if (widest(left, right) > 64) {
    const sides = [a, b].map((one) => formatText(one.expr.type, one.fraction));
    fail(
      'TW2002',
      span,
      `${sides.join(` ${symbol} `)} needs ${widest(left, right)} bits to compare, and 64 is the most`,
      'Narrow the operands first, by naming a type: q(a).',
    );
  }
  return plain(binary(op, u1, left, right, span));
}

/** The value as a condition: JavaScript's truthiness of a number. */
export function truth(a: Operand, span: Span): Expr {
  if (a.expr.type.kind === 'vec') {
    fail('TW2003', span, 'a vector is no condition', 'Use any(v) or all(v).');
  }
  if (a.expr.type.width === 1 && !a.expr.type.signed) return a.expr;
  // What `c && x` gives: true where both are.
  if (a.expr.op === 'select' && isConstant(a.expr.else) && a.expr.else.value === 0n) {
    const then = truth({ ...a, expr: a.expr.then }, span);
    return binary('and', u1, a.expr.condition, then, span);
  }
  return binary('ne', u1, a.expr, { op: 'const', type: u1, value: 0n }, span);
}

export function logical(op: 'and' | 'or', a: Operand, b: Operand, span: Span): Operand {
  return plain(binary(op, u1, truth(a, span), truth(b, span), span));
}

export function negate(a: Operand, span: Span): Operand {
  return plain(not(truth(a, span)));
}

/** What JavaScript's ToInt32 makes of an operand of `&`, `|`, `^`, `~`, `<<`, `>>`, `>>>`. */
function toInt32(a: Operand, symbol: string, span: Span): Expr {
  const type = elementOf(a.expr.type);
  wholeOnly(a, symbol, span);
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
  wholeOnly(a, symbol, span);
  wholeOnly(b, symbol, span);
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
  return plain(binary(op, type, left, right, span), big);
}

export function complement(a: Operand, span: Span): Operand {
  wholeOnly(a, '~', span);
  const operand = a.big ? a.expr : toInt32(a, '~', span);
  // ~a = −1 − a, exactly.
  const minusOne: Expr = { op: 'const', type: intType(true, 1), value: -1n };
  const range = exactRange('sub', { min: -1n, max: -1n }, exprRange(operand));
  return plain(binary('sub', typeForRange(range.min, range.max), minusOne, operand, span), a.big);
}

export function shift(symbol: '<<' | '>>' | '>>>', a: Operand, n: Operand, span: Span): Operand {
  integers(a, n, symbol, span);
  wholeOnly(a, symbol, span);
  wholeOnly(n, symbol, span);
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
    return plain(binary('shl', wraps ? intType(true, 32) : type, operand, n.expr, span), a.big);
  }
  return plain(shiftDown(operand, n.expr, span), a.big);
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
  const { left, right, fraction, big } = align(a, b, '?:', span);
  const type = joinTypes(left, right, span);
  // Each value is exact as it is, so a number may take more than 53 bits to hold either.
  if (elementOf(type).width > 64) {
    const sides = [a, b].map((one) => formatText(one.expr.type, one.fraction));
    fail(
      'TW2002',
      span,
      `a choice of ${sides.join(' and ')} needs ${elementOf(type).width} bits, and 64 is the most`,
      'Narrow both sides to one type first: c ? q(a) : q(b).',
    );
  }
  return { expr: select(condition, left, right, type), big, fraction };
}

/** The smallest type that holds both, where they can be one value at all. */
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
