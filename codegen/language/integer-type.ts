import { TilewrightError } from '../support/errors.ts';
import type { ElementType } from './element-type.ts';

declare const brand: unique symbol;

/** An integer of declared width up to 53 bits: a `number` that TypeScript keeps apart from others. */
export type Int<Name extends string = string> = number & { readonly [brand]: Name };
/** An integer of 54 to 64 bits: a `bigint` that TypeScript keeps apart from others. */
export type BigInteger<Name extends string = string> = bigint & { readonly [brand]: Name };

/**
 * A width and a sign. Called on a value it narrows: the value is wrapped to `width` bits (two's
 * complement), as ap_int does on assignment. `saturate` clamps instead.
 */
export interface IntegerType<T> extends ElementType<T> {
  (value: number | bigint | boolean): T;
  saturate(value: number | bigint): T;
  readonly kind: 'int';
  readonly fraction: 0;
}

const exactLimit = 2 ** 53;

function inexact(text: string, value: unknown): TilewrightError {
  return new TilewrightError(`${text}(${String(value)}): the value is not an exact integer`, {
    code: 'INEXACT_VALUE',
    hint: 'Keep intermediate results within 53 bits, use mulLow/mulHigh, or a bigint type (u54…u64).',
  });
}

function narrowNumber(signed: boolean, width: number, text: string) {
  const modulus = 2 ** width;
  const half = 2 ** (width - 1);
  const bits = BigInt(width);
  return (value: number | bigint | boolean): number => {
    if (typeof value === 'bigint') {
      return Number(signed ? BigInt.asIntN(width, value) : value & ((1n << bits) - 1n));
    }
    const exact = Number(value);
    if (!Number.isInteger(exact) || exact > exactLimit || exact < -exactLimit) {
      throw inexact(text, value);
    }
    // Division by a power of two and the floor are exact in a double, so this is too.
    const low = exact - Math.floor(exact / modulus) * modulus;
    return signed && low >= half ? low - modulus : low;
  };
}

function makeInteger<T>(signed: boolean, width: number): IntegerType<T> {
  const text = `${signed ? 'i' : 'u'}${width}`;
  if (!Number.isInteger(width) || width < 1 || width > 64) {
    throw new TilewrightError(`${text}: a width is a whole number from 1 to 64`, {
      code: 'INTEGER_WIDTH',
      hint: 'Choose a width from 1 to 64 bits.',
    });
  }
  const wide = width > 53;
  const narrow = wide
    ? (value: number | bigint | boolean): bigint => {
        const exact = BigInt(value);
        return signed ? BigInt.asIntN(width, exact) : BigInt.asUintN(width, exact);
      }
    : narrowNumber(signed, width, text);
  const min = signed ? -(1n << BigInt(width - 1)) : 0n;
  const max = signed ? (1n << BigInt(width - 1)) - 1n : (1n << BigInt(width)) - 1n;
  const saturate = (value: number | bigint): number | bigint => {
    if (typeof value === 'number' && !Number.isSafeInteger(value)) throw inexact(text, value);
    const exact = BigInt(value);
    const clamped = exact < min ? min : exact > max ? max : exact;
    return wide ? clamped : Number(clamped);
  };
  return Object.assign(narrow, {
    saturate,
    kind: 'int',
    signed,
    width,
    fraction: 0,
    text,
  } as const) as unknown as IntegerType<T>;
}

const made = new Map<number, unknown>();

/** The unsigned integer type of `width` bits, for widths that come from a parameter; at most 53. */
export function unsigned(width: number): IntegerType<Int> {
  return integer(false, width) as IntegerType<Int>;
}

/** The signed integer type of `width` bits, for widths that come from a parameter; at most 53. */
export function signed(width: number): IntegerType<Int> {
  return integer(true, width) as IntegerType<Int>;
}

/** One instance a type, so that types can be compared by identity within a module instance. */
export function integer(isSigned: boolean, width: number): unknown {
  const key = isSigned ? -width : width;
  // Checked first: -3 unsigned would be taken for 3 signed.
  const known = (width > 0 ? made.get(key) : undefined) ?? makeInteger(isSigned, width);
  made.set(key, known);
  return known;
}
