import {
  type Interval,
  inside,
  knownComparison,
  type RingOp,
  ringInterval,
  shiftedRight,
} from '../../ir/intervals.ts';
import { type BinaryOp, type IntType, rangeOf, wrap } from '../../ir/ir.ts';
import {
  boundsOf,
  computeType,
  converted,
  holding,
  literal,
  operand,
  promoted,
  type Text,
  widthOf,
} from './text.ts';
import type { ComputeType } from './types.ts';

/**
 * The IR's operators on texts: exact values in, exact values out. Where a result may leave what C's signed
 * types hold, it is computed in an unsigned type, whose overflow OpenCL C defines, and then wrapped.
 */

const symbols: Record<RingOp, string> = {
  add: '+',
  sub: '-',
  mul: '*',
  and: '&',
  or: '|',
  xor: '^',
};

/** The unsigned type that holds `width` bits. */
function unsignedOf(width: number): ComputeType {
  return width <= 32 ? 'uint' : 'ulong';
}

/** An unsigned text of which only the lowest bits count, as a value of `type`. */
function lowBits(text: Text, type: IntType): Text {
  const bounds = rangeOf(type);
  const computed = computeType(bounds);
  const bits = widthOf[text.computed];
  if (type.width === bits) return { ...converted({ ...text, ...bounds }, computed), ...bounds };
  if (!type.signed) {
    const mask = literal((1n << BigInt(type.width)) - 1n, text.computed).text;
    const masked: Text = {
      text: `${operand(text)} & ${mask}`,
      primary: false,
      computed: text.computed,
      ...bounds,
    };
    return promoted(masked, computed);
  }
  const signed: ComputeType = bits === 32 ? 'int' : 'long';
  const by = bits - type.width;
  const value: Text = {
    text: `(${signed})(${operand(text)} << ${by}) >> ${by}`,
    primary: false,
    computed: signed,
    ...bounds,
  };
  return promoted(value, computed);
}

/** An exact value wrapped to a type. */
export function wrapped(text: Text, type: IntType): Text {
  if (inside(text, type)) return text;
  if (text.literal === true) return literal(wrap(text.min, type));
  // Only the lowest bits count: the shorter unsigned type that holds them will do.
  return lowBits(converted(text, unsignedOf(type.width)), type);
}

/** + - * & | ^ of exact values, wrapped to a type. */
export function ring(op: RingOp, left: Text, right: Text, type: IntType): Text {
  const bounds = ringInterval(op, left, right);
  if (bounds.min === bounds.max) return literal(wrap(bounds.min, type));
  const apply = (a: Text, b: Text, computed: ComputeType, result: Interval): Text => ({
    text: `${operand(a)} ${symbols[op]} ${operand(b)}`,
    primary: false,
    computed,
    ...result,
  });
  const exact = inside(bounds, type) ? holding(bounds) : undefined;
  if (exact === undefined) {
    const low = unsignedOf(type.width);
    return lowBits(apply(promoted(left, low), promoted(right, low), low, boundsOf(low)), type);
  }
  if (left.computed === exact && right.computed === exact) return apply(left, right, exact, bounds);
  const low = unsignedOf(widthOf[exact]);
  const sides = [left, right].map((side) =>
    // An operand that the result's type holds may be converted to it without a detour.
    inside(side, { kind: 'int', signed: exact !== low, width: widthOf[exact] }) ? exact : low,
  );
  if (sides.every((side) => side === exact)) {
    return apply(promoted(left, exact), promoted(right, exact), exact, bounds);
  }
  const text = apply(promoted(left, low), promoted(right, low), low, boundsOf(low));
  return { ...converted(text, exact), ...bounds };
}

export type CompareOp = Extract<BinaryOp, 'eq' | 'ne' | 'lt' | 'le'>;

/** A comparison of exact values: 0 or 1. */
export function compare(op: CompareOp, left: Text, right: Text): Text {
  const known = knownComparison(op, left, right);
  if (known !== undefined) return literal(known ? 1n : 0n);
  const bounds = { min: 0n, max: 1n };
  const symbol = { eq: '==', ne: '!=', lt: '<', le: '<=' }[op];
  const both = { min: left.min < right.min ? left.min : right.min, max: left.max };
  const common = holding({ min: both.min, max: right.max > both.max ? right.max : both.max });
  const result = { primary: false, computed: 'int', ...bounds } as const;
  if (common !== undefined) {
    const [a, b] = [promoted(left, common), promoted(right, common)];
    return { text: `${operand(a)} ${symbol} ${operand(b)}`, ...result };
  }
  // One side may be negative, the other beyond a long: no type of C holds both.
  const signed = left.min < 0n ? left : right;
  const other = signed === left ? right : left;
  const [s, u] = [converted(signed, 'long').text, converted(other, 'ulong').text];
  const helper = {
    eq: 'mixed_equal',
    ne: '!mixed_equal',
    lt: signed === left ? 'mixed_below' : '!mixed_not_above',
    le: signed === left ? 'mixed_not_above' : '!mixed_below',
  }[op];
  return { text: `${helper}(${s}, ${u})`, ...result, primary: !helper.startsWith('!') };
}

/** a · 2^b wrapped to a type. */
export function shiftLeft(value: Text, amount: Text, type: IntType): Text {
  const width = BigInt(type.width);
  if (amount.min >= width) return literal(0n);
  if (amount.min === amount.max) {
    return ring('mul', value, literal(1n << amount.min), type);
  }
  const low = unsignedOf(type.width);
  const a = promoted(value, low);
  const by =
    amount.max < BigInt(widthOf[low])
      ? `${operand(a)} << ${operand(amount)}`
      : `shift_left_${low}(${a.text}, ${converted(amount, 'ulong').text})`;
  const text: Text = { text: by, primary: false, computed: low, ...boundsOf(low) };
  const bounds = {
    min: value.min < 0n ? value.min << minimumOf(amount.max) : value.min << amount.min,
    max: value.max < 0n ? value.max << amount.min : value.max << minimumOf(amount.max),
  };
  return inside(bounds, type) && holding(bounds) === low
    ? { ...text, ...bounds }
    : lowBits(text, type);
}

/** No shift by more than 128 changes which type holds the result. */
function minimumOf(amount: bigint): bigint {
  return amount > 128n ? 128n : amount;
}

/** ⌊a / 2^b⌋ wrapped to a type. */
export function shiftRight(value: Text, amount: Text, type: IntType): Text {
  const bounds = shiftedRight(value, amount);
  if (bounds.min === bounds.max) return literal(wrap(bounds.min, type));
  const bits = BigInt(widthOf[value.computed]);
  let text: string;
  if (amount.max < bits) text = `${operand(value)} >> ${operand(amount)}`;
  else if (amount.min === amount.max) text = `${operand(value)} >> ${bits - 1n}`;
  else {
    const by = converted(amount, 'ulong').text;
    text = `shift_right_${value.computed}(${converted(value, value.computed).text}, ${by})`;
  }
  return wrapped({ text, primary: false, computed: value.computed, ...bounds }, type);
}

/** -1 - a wrapped to a type. */
export function complement(value: Text, type: IntType): Text {
  if (value.literal === true) return literal(wrap(~value.min, type));
  if (type.width === 1 && !type.signed && value.min >= 0n && value.max <= 1n) {
    return { text: `!${operand(value)}`, primary: false, computed: 'int', min: 0n, max: 1n };
  }
  const bounds = { min: ~value.max, max: ~value.min };
  if (inside(bounds, type) && !value.computed.startsWith('u')) {
    return { text: `~${operand(value)}`, primary: false, computed: value.computed, ...bounds };
  }
  const low = unsignedOf(type.width);
  const text = `~${operand(converted(value, low))}`;
  return lowBits({ text, primary: false, computed: low, ...boundsOf(low) }, type);
}

/** An exact value clamped to a type's range. */
export function saturated(value: Text, type: IntType): Text {
  if (inside(value, type)) return value;
  const { min, max } = rangeOf(type);
  const clamp = (one: bigint) => (one < min ? min : one > max ? max : one);
  const bounds = { min: clamp(value.min), max: clamp(value.max) };
  if (bounds.min === bounds.max) return literal(bounds.min);
  // Both bounds lie between values of the operand, so its type holds them.
  const exactly = converted(value, value.computed).text;
  const at = (one: bigint) => literal(one, value.computed).text;
  const text =
    value.min >= min
      ? `min(${exactly}, ${at(max)})`
      : value.max <= max
        ? `max(${exactly}, ${at(min)})`
        : `clamp(${exactly}, ${at(min)}, ${at(max)})`;
  const result: Text = { text, primary: true, computed: value.computed, ...bounds };
  return promoted(result, computeType(bounds));
}

/** `condition ? a : b`, both of one type. */
export function choice(condition: Text, then: Text, otherwise: Text): Text {
  if (condition.literal === true) return condition.min === 0n ? otherwise : then;
  const bounds = {
    min: then.min < otherwise.min ? then.min : otherwise.min,
    max: then.max > otherwise.max ? then.max : otherwise.max,
  };
  const computed = computeType(bounds);
  const [a, b] = [promoted(then, computed), promoted(otherwise, computed)];
  const text = `${operand(condition)} ? ${operand(a)} : ${operand(b)}`;
  return { text, primary: false, computed, ...bounds };
}

/** Functions that texts may call, by name. */
export const arithmeticHelpers: ReadonlyMap<string, string> = new Map([
  [
    'mixed_equal',
    'static bool mixed_equal(long a, ulong b) {\n  return a >= 0 && (ulong)a == b;\n}',
  ],
  ['mixed_below', 'static bool mixed_below(long a, ulong b) {\n  return a < 0 || (ulong)a < b;\n}'],
  [
    'mixed_not_above',
    'static bool mixed_not_above(long a, ulong b) {\n  return a < 0 || (ulong)a <= b;\n}',
  ],
  ...(['uint', 'ulong'] as const).map((type): [string, string] => [
    `shift_left_${type}`,
    `static ${type} shift_left_${type}(${type} value, ulong amount) {\n` +
      `  return amount < ${widthOf[type]} ? value << (uint)amount : 0;\n}`,
  ]),
  ...(['int', 'uint', 'long', 'ulong'] as const).map((type): [string, string] => {
    const beyond = type.startsWith('u') ? '0' : `value >> ${widthOf[type] - 1}`;
    return [
      `shift_right_${type}`,
      `static ${type} shift_right_${type}(${type} value, ulong amount) {\n` +
        `  return amount < ${widthOf[type]} ? value >> (uint)amount : ${beyond};\n}`,
    ];
  }),
]);
