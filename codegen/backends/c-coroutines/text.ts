import { type Interval, inside } from '../../ir/intervals.ts';
import { type IntType, intType, rangeOf } from '../../ir/ir.ts';
import type { ComputeType } from './types.ts';

/**
 * An expression of OpenCL C and what is known of it. Its value is exact: the integer that the IR means, in a
 * type of 32 or 64 bits that holds it.
 */
export interface Text extends Interval {
  readonly text: string;
  /** No operator at its outside: it needs no parentheses. */
  readonly primary: boolean;
  readonly computed: ComputeType;
  /** The text's own type is a shorter one, which every operator promotes to `computed`. */
  readonly short?: boolean;
  readonly literal?: boolean;
}

const order: readonly ComputeType[] = ['int', 'uint', 'long', 'ulong'];

export const widthOf: Readonly<Record<ComputeType, 32 | 64>> = {
  int: 32,
  uint: 32,
  long: 64,
  ulong: 64,
};

function asIntType(type: ComputeType): IntType {
  return intType(!type.startsWith('u'), widthOf[type]);
}

/** The first of int, uint, long and ulong that holds every value; undefined where none does. */
export function holding(value: Interval): ComputeType | undefined {
  return order.find((type) => inside(value, asIntType(type)));
}

/** What a value is computed in: every value of an IR type fits. */
export function computeType(value: Interval): ComputeType {
  return holding(value) ?? 'ulong';
}

export function boundsOf(type: ComputeType): Interval {
  return rangeOf(asIntType(type));
}

export function operand(text: Text): string {
  return text.primary ? text.text : `(${text.text})`;
}

function literalText(value: bigint, type: ComputeType): string {
  switch (type) {
    case 'int':
      // C has no negative literals: the most negative value is an expression.
      return value === -0x80000000n ? '(-2147483647 - 1)' : value < 0n ? `(${value})` : `${value}`;
    case 'uint':
      return `${value > 0xffffn ? `0x${value.toString(16)}` : value}u`;
    case 'long':
      if (value === -(1n << 63n)) return `(${value + 1n}L - 1)`;
      return value < 0n ? `(${value}L)` : `${value}L`;
    case 'ulong':
      return `${value > 0xffffn ? `0x${value.toString(16)}` : value}UL`;
  }
}

export function literal(value: bigint, type?: ComputeType): Text {
  const bounds = { min: value, max: value };
  const computed = type ?? computeType(bounds);
  return {
    ...bounds,
    text: literalText(value, computed),
    primary: true,
    computed,
    literal: true,
  };
}

/** The same value in a type that holds it, or its lowest bits in an unsigned type that does not. */
export function converted(text: Text, type: ComputeType): Text {
  if (text.computed === type && text.short !== true) return text;
  if (text.literal === true) {
    const bits = asIntType(type);
    const value = bits.signed ? text.min : BigInt.asUintN(bits.width, text.min);
    return literal(value, type);
  }
  const { min, max } = inside(text, asIntType(type)) ? text : boundsOf(type);
  return { text: `(${type})${operand(text)}`, primary: false, computed: type, min, max };
}

/** A text of exactly this type: where C promotes by itself, nothing is written. */
export function promoted(text: Text, type: ComputeType): Text {
  return text.computed === type ? text : converted(text, type);
}
