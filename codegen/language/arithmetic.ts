import { TilewrightError } from '../support/errors.ts';

function exact(value: bigint, name: string): number {
  const result = Number(value);
  if (!Number.isSafeInteger(result)) {
    throw new TilewrightError(`${name}: the result ${value} does not fit into 53 bits`, {
      code: 'INEXACT_VALUE',
      hint: 'Ask for fewer result bits.',
    });
  }
  return result;
}

/** ⌊a / 2^n⌋ for values of any width up to 53 bits (JavaScript's own shifts stop at 32). n is unsigned. */
export function shiftRight(a: number, n: number): number {
  return Math.floor(a / 2 ** n);
}

/** a · 2^n, which must stay within 53 bits; n is unsigned. */
export function shiftLeft(a: number, n: number): number {
  return exact(BigInt(a) << BigInt(n), 'shiftLeft');
}

/** The low `bits` bits of a · b, unsigned: for products past 2^53. */
export function mulLow(a: number, b: number, bits: number): number {
  return exact(BigInt.asUintN(bits, BigInt(a) * BigInt(b)), 'mulLow');
}

/** ⌊a · b / 2^shift⌋: the upper part of a product past 2^53. The product is at most 64 bits wide. */
export function mulHigh(a: number, b: number, shift: number): number {
  return exact((BigInt(a) * BigInt(b)) >> BigInt(shift), 'mulHigh');
}
