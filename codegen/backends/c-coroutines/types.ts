import { type IntType, type Type, typeText } from '../../ir/ir.ts';

/** What operators work in. */
export type ComputeType = 'int' | 'uint' | 'long' | 'ulong';

/**
 * The type that a variable, a lane or an element of a stream is kept in: the shortest that holds it. An unsigned
 * one only where a signed one does not: C turns the shorter ones into an int by itself, and these need no turning.
 */
export function storedInt({ signed, width }: IntType): string {
  if (!signed && width > 16 && width !== 32 && width !== 64) return width < 32 ? 'int' : 'long';
  const word = width <= 8 ? 'char' : width <= 16 ? 'short' : width <= 32 ? 'int' : 'long';
  return signed ? word : `u${word}`;
}

export function storedBytes({ width }: IntType): number {
  return width <= 8 ? 1 : width <= 16 ? 2 : width <= 32 ? 4 : 8;
}

/** `vec_i16x32` for a vector: a struct of its lanes. */
export function storedType(type: Type): string {
  return type.kind === 'vec' ? `vec_${typeText(type)}` : storedInt(type);
}

/** Bytes of a variable of the type. */
export function bytesOf(type: Type): number {
  return type.kind === 'vec' ? storedBytes(type.element) * type.lanes : storedBytes(type);
}
