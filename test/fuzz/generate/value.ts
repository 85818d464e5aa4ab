import {
  type IntType,
  int,
  isBig,
  type Range,
  rangeOf,
  type Scalar,
  typeFor,
  typeText,
} from './types.ts';

/** An expression, and what the language knows of it. */
export interface Value extends Range {
  readonly text: string;
  /** A bigint in the source. */
  readonly big: boolean;
  /** Bits behind the binary point: `min` and `max` count units of 2^-fraction. */
  readonly fraction: number;
  /**
   * The name of its type, where the source has one; 'mixed' for a choice of several; undefined for
   * a plain number. TypeScript refuses `===` of two names.
   */
  readonly brand?: string | undefined;
  /** A number that stands in the text. */
  readonly literal?: boolean;
}

export function typed(text: string, type: Scalar): Value {
  const fraction = type.kind === 'fixed' ? type.fraction : 0;
  return { text, ...rangeOf(type), big: isBig(type), fraction, brand: typeText(type) };
}

export function literal(value: bigint, big = false): Value {
  const digits = `${value}${big ? 'n' : ''}`;
  const text = value < 0n ? `(${digits})` : digits;
  return { text, min: value, max: value, big, fraction: 0, literal: true };
}

/** The result of an operator: the range grows to that of the smallest type, as the language keeps types. */
export function result(text: string, range: Range, big = false, fraction = 0): Value {
  return { text, ...rangeOf(typeFor(range)), big, fraction };
}

export function widthOf(value: Range): number {
  return typeFor(value).width;
}

export function union(a: Range, b: Range): Range {
  return { min: a.min < b.min ? a.min : b.min, max: a.max > b.max ? a.max : b.max };
}

export function product(a: Range, b: Range): Range {
  const ends = [a.min * b.min, a.min * b.max, a.max * b.min, a.max * b.max];
  return {
    min: ends.reduce((least, one) => (one < least ? one : least)),
    max: ends.reduce((most, one) => (one > most ? one : most)),
  };
}

/** The range moved up by the least and the most of an amount. */
export function shifted(a: Range, least: bigint, most: bigint): Range {
  return {
    min: a.min << (a.min < 0n ? most : least),
    max: a.max << (a.max > 0n ? most : least),
  };
}

/** A narrowing call: `u8(x)` or `u8.saturate(x)`. */
export function narrowed(value: Value, type: IntType, saturate = false): Value {
  return typed(`${typeText(type)}${saturate ? '.saturate' : ''}(${value.text})`, type);
}

/** An integer held in at most `most` bits: as it is where it fits. */
export function atMost(value: Value, most: number, signed = value.min < 0n): Value {
  if (value.fraction === 0 && !value.big && widthOf(value) <= most) return value;
  return narrowed(value, int(signed, most));
}

/** Two values of a choice. */
export function eitherBrand(a: Value, b: Value): string | undefined {
  if (a.brand === undefined || b.brand === undefined) return undefined;
  return a.brand === b.brand ? a.brand : 'mixed';
}
