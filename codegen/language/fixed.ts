import { TilewrightError } from '../support/errors.ts';
import { type ElementType, isBig } from './element-type.ts';
import type { BigInteger, Int } from './integer-type.ts';
import {
  holdIn,
  type Overflow,
  overflows,
  type Rounding,
  rescale,
  roundings,
  roundNumber,
} from './rounding.ts';

declare const brand: unique symbol;

/** A fixed-point value of up to 53 bits: a `number` that holds the real value exactly. */
export type Fixed<Name extends string = string> = number & { readonly [brand]: Name };
/** A fixed-point value of 54 to 64 bits: a `bigint` that counts units of 2^-fraction. */
export type BigFixed<Name extends string = string> = bigint & { readonly [brand]: Name };

/** What the types of all widths have: `T` are the values, `Units` the integers that count their units. */
interface AnyFixedType<T, Units> extends ElementType<T> {
  readonly kind: 'fixed';
  readonly rounding: Rounding;
  readonly overflow: Overflow;
  /** The integer that lies in memories and registers: how many units of 2^-fraction the value is. */
  raw(value: T): Units;
  /** The value of so many units; an integer that the type cannot hold is an error. */
  fromRaw(units: number | bigint): T;
  /** A value of another type, also of one that a bigint holds, in this type. */
  convert<From>(value: From, from: ElementType<From>): T;
}

/**
 * Fixed point of up to 53 bits. Called on a number it rounds to a multiple of 2^-fraction and then
 * wraps or clamps, by the type's modes.
 */
export interface FixedType<T, Units = Int> extends AnyFixedType<T, Units> {
  (value: number): T;
  /** a · b in this type, also where the exact product is past the 53 bits of a number. */
  product(a: number, b: number): T;
}

/**
 * Fixed point of 54 to 64 bits. Called on a number it rounds; a bigint counts units of 2^-fraction, so
 * that a sum of values of this type only wraps or clamps.
 */
export interface BigFixedType<T, Units = BigInteger> extends AnyFixedType<T, Units> {
  (value: number | bigint): T;
  /** a · b in this type: a bigint counts units of 2^-fraction, a number is what it is. */
  product(a: number | bigint, b: number | bigint): T;
}

type Wide = 54 | 55 | 56 | 57 | 58 | 59 | 60 | 61 | 62 | 63 | 64;

/** The type that `fixed(W, F, …)` (Kind 'fixed', Sign 'i') or `ufixed(W, F, …)` makes. */
export type FixedTypeOf<
  Kind extends 'fixed' | 'ufixed',
  Sign extends 'i' | 'u',
  W extends number,
  F extends number,
> = W extends Wide
  ? BigFixedType<BigFixed<`${Kind}(${W}, ${F})`>, BigInteger<`${Sign}${W}`>>
  : FixedType<Fixed<`${Kind}(${W}, ${F})`>, Int<`${Sign}${W}`>>;

function inexact(message: string, hint: string): TilewrightError {
  return new TilewrightError(message, { code: 'INEXACT_VALUE', hint });
}

/** An exact real number as whole units of 2^-fraction. */
interface Units {
  readonly units: bigint;
  readonly fraction: number;
}

/** Every finite number is units of some power of two. */
function unitsOf(value: number, text: string): Units {
  if (!Number.isFinite(value)) {
    throw inexact(`${text}(${value}): the value is not a finite number`, 'Pass a finite number.');
  }
  let fraction = 0;
  let scaled = value;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    fraction += 1;
  }
  return { units: BigInt(scaled), fraction };
}

function checkShape(width: number, fraction: number, text: string): void {
  const whole = Number.isInteger(width) && Number.isInteger(fraction);
  if (whole && width >= 1 && width <= 64 && fraction >= -64 && fraction <= 64) return;
  throw new TilewrightError(
    `${text}: a width is a whole number from 1 to 64, a fraction one from -64 to 64`,
    { code: 'FIXED_SHAPE', hint: 'Write fixed(width, fraction, rounding, overflow).' },
  );
}

function checkModes(rounding: Rounding, overflow: Overflow, text: string): void {
  if (roundings.includes(rounding) && overflows.includes(overflow)) return;
  throw new TilewrightError(
    `${text}: the modes '${String(rounding)}' and '${String(overflow)}' are not both known`,
    {
      code: 'FIXED_MODES',
      hint: `Rounding is one of ${roundings.join(', ')}; overflow is one of ${overflows.join(', ')}.`,
    },
  );
}

function makeFixed(
  signed: boolean,
  width: number,
  fraction: number,
  rounding: Rounding,
  overflow: Overflow,
): unknown {
  const text = `${signed ? '' : 'u'}fixed(${width}, ${fraction})`;
  checkShape(width, fraction, text);
  checkModes(rounding, overflow, text);
  const big = isBig({ width });
  const scale = 2 ** fraction;
  const min = signed ? -(2 ** (width - 1)) : 0;
  const max = 2 ** (signed ? width - 1 : width) - 1;
  const hold = (units: bigint) => holdIn(units, signed, width, overflow);
  const asValue = (units: bigint) => (big ? units : Number(units) / scale);

  const narrow = (value: number | bigint): number | bigint => {
    if (typeof value === 'bigint') {
      if (big) return hold(value);
      throw inexact(
        `${text}(${value}n): a bigint does not say where its binary point is`,
        `Write ${text}.convert(value, type) with the type of the value.`,
      );
    }
    // A power of two only moves the exponent, so this is exact but at the ends of what a double holds.
    const scaled = value * scale;
    if (!Number.isFinite(scaled) || scaled / scale !== value) {
      const exact = unitsOf(value, text);
      return asValue(hold(rescale(exact.units, exact.fraction - fraction, rounding)));
    }
    const units = roundNumber(scaled, rounding);
    // Adding 0 turns -0 into 0.
    if (!big && units >= min && units <= max) return units / scale + 0;
    return asValue(hold(BigInt(units)));
  };

  const unitsIn = (value: number | bigint, type: { width: number; fraction: number }): bigint =>
    typeof value === 'bigint' ? value : BigInt(value * 2 ** type.fraction);

  return Object.assign(narrow, {
    kind: 'fixed',
    signed,
    width,
    fraction,
    rounding,
    overflow,
    text,
    raw: (value: number | bigint): number | bigint =>
      typeof value === 'bigint' ? value : value * scale + 0,
    fromRaw: (units: number | bigint): number | bigint => {
      const exact = BigInt(units);
      if (holdIn(exact, signed, width, 'saturate') !== exact) {
        const integer = `${signed ? 'i' : 'u'}${width}`;
        throw inexact(
          `${text}.fromRaw(${units}): the units do not fit into ${width} bits`,
          `Narrow them first: ${integer}(units).`,
        );
      }
      return asValue(exact);
    },
    convert: (value: number | bigint, from: ElementType<unknown>): number | bigint => {
      const shift = from.fraction - fraction;
      return asValue(hold(rescale(unitsIn(value, from), shift, rounding)));
    },
    product: (a: number | bigint, b: number | bigint): number | bigint => {
      const [x, y] = [a, b].map((one) =>
        typeof one === 'bigint' ? { units: one, fraction } : unitsOf(one, text),
      );
      const shift = x.fraction + y.fraction - fraction;
      return asValue(hold(rescale(x.units * y.units, shift, rounding)));
    },
  } as const);
}

const made = new Map<string, unknown>();

function theType(
  signed: boolean,
  width: number,
  fraction: number,
  rounding: Rounding,
  overflow: Overflow,
): unknown {
  const key = `${signed} ${width} ${fraction} ${rounding} ${overflow}`;
  const known = made.get(key) ?? makeFixed(signed, width, fraction, rounding, overflow);
  made.set(key, known);
  return known;
}

/**
 * The type of signed fixed-point numbers of `width` bits (1…64), `fraction` of them behind the binary
 * point (−64…64; also more than `width`): k · 2^-fraction, as ap_fixed<width, width - fraction>. Both
 * modes are always named. A width from a parameter is at most 53.
 */
export function fixed<const W extends number, const F extends number>(
  width: W,
  fraction: F,
  rounding: Rounding,
  overflow: Overflow,
): FixedTypeOf<'fixed', 'i', W, F> {
  return theType(true, width, fraction, rounding, overflow) as FixedTypeOf<'fixed', 'i', W, F>;
}

/** As `fixed`, without a sign: ap_ufixed<width, width - fraction>. */
export function ufixed<const W extends number, const F extends number>(
  width: W,
  fraction: F,
  rounding: Rounding,
  overflow: Overflow,
): FixedTypeOf<'ufixed', 'u', W, F> {
  return theType(false, width, fraction, rounding, overflow) as FixedTypeOf<'ufixed', 'u', W, F>;
}
