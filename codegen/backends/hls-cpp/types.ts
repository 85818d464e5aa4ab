import { type IntType, type Type, typeText } from '../../ir/ir.ts';

/** How types are spelled in HLS C++. */

export function cppInt(type: IntType): string {
  return `${type.signed ? 'ap_int' : 'ap_uint'}<${type.width}>`;
}

export function cppType(type: Type): string {
  if (type.kind === 'int') return cppInt(type);
  return `Vec<${cppInt(type.element)}, ${type.lanes}>`;
}

/** A type as a part of a helper's name: `i16x32`. */
export function typeWord(type: Type): string {
  return typeText(type);
}

/** The value of a literal wider than an int, typed so that no conversion of C can touch it. */
export function wideLiteral(value: bigint, type: IntType): string {
  if (!type.signed) return `${cppInt(type)}(0x${value.toString(16)}ULL)`;
  // C++ has no negative literals: the most negative 64-bit value is an expression.
  const text = value === -(1n << 63n) ? `${value + 1n}LL - 1` : `${value}LL`;
  return `${cppInt(type)}(${text})`;
}
