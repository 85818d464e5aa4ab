import { type Interval, inside } from '../../ir/intervals.ts';
import { type IntType, intType, sameType, typeForRange } from '../../ir/ir.ts';
import { cppInt, wideLiteral } from './types.ts';

/** How tightly the outermost operator of a text binds. */
export type Level =
  | 'primary'
  | 'unary'
  | 'mul'
  | 'add'
  | 'shift'
  | 'compare'
  | 'bits'
  | 'and'
  | 'or'
  | 'choice';

/**
 * A C++ expression and what is known of it. Its value is exact: `cpp` is the static type that C++ gives
 * it, `min` and `max` bound the value that it can have.
 */
export interface Text extends Interval {
  readonly text: string;
  readonly level: Level;
  /**
   * `class`: exactly ap_int<W> or ap_uint<W>; `grown`: the type of an ap_int expression; `bool` and
   * `literal`: C++'s own.
   */
  readonly form: 'class' | 'grown' | 'bool' | 'literal';
  readonly cpp: IntType;
}

/** The text as an operand beside or below an operator: in parentheses unless its level is `allowed`. */
export function operand(text: Text, ...allowed: readonly Level[]): string {
  const bare = text.level === 'primary' || text.level === 'unary' || allowed.includes(text.level);
  return bare ? text.text : `(${text.text})`;
}

/** An integer that C++ holds in an int or an unsigned is written as such, a wider one with its type. */
export function literal(value: bigint): Text {
  const bounds = { min: value, max: value };
  if (value > -0x80000000n && value <= 0x7fffffffn) {
    const level = value < 0n ? 'unary' : 'primary';
    return { text: `${value}`, level, form: 'literal', cpp: intType(true, 32), ...bounds };
  }
  if (value > 0n && value <= 0xffffffffn) {
    const text = `0x${value.toString(16)}u`;
    return { text, level: 'primary', form: 'literal', cpp: intType(false, 32), ...bounds };
  }
  const type = typeForRange(value, value);
  return { text: wideLiteral(value, type), level: 'primary', form: 'class', cpp: type, ...bounds };
}

/** The text converted to exactly `type`, which wraps; nothing to do where it has that type already. */
export function asClass(text: Text, type: IntType): Text {
  if (text.form === 'class' && sameType(text.cpp, type)) return text;
  const { min, max } = inside(text, type) ? text : typeBounds(type);
  // In `(T(U(name[index])) << 2)` a compiler first tries a type in parentheses, a function whose parameter is an
  // array, and g++ stops at its length; so it does at `name(V(x), W(x))`, two parameters x. Braces cannot be part of
  // a type.
  const converted = /^\w+(\[|\(ap_u?int<)/.test(text.text) ? `{${text.text}}` : `(${text.text})`;
  return {
    text: `${cppInt(type)}${converted}`,
    level: 'primary',
    form: 'class',
    cpp: type,
    min,
    max,
  };
}

function typeBounds(type: IntType): Interval {
  const top = 1n << BigInt(type.signed ? type.width - 1 : type.width);
  return { min: type.signed ? -top : 0n, max: top - 1n };
}

/** The smallest type that holds every value of the text. */
export function tightType(text: Interval): IntType {
  return typeForRange(text.min, text.max);
}
