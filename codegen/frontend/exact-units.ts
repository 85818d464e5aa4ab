import type { Span } from '../ir/ir.ts';
import { fail } from './diagnostics.ts';

/** A constant beside a hardware value has at most so many significant bits: 0.5 and 0.375, but not 0.1. */
const significantBits = 32;

/**
 * A compile-time number as units of 2^-fraction. A number whose binary fraction does not end soon stands
 * for a decimal that no binary number is: the source must say how it is rounded.
 */
export function exactUnits(
  value: number,
  span: Span,
): { readonly units: bigint; readonly fraction: number } {
  if (Number.isSafeInteger(value)) return { units: BigInt(value), fraction: 0 };
  if (!Number.isFinite(value) || Number.isInteger(value)) {
    fail(
      'TW1001',
      span,
      `${value} is not a whole number that hardware can hold`,
      'Round it at compile time (Math.round, Math.floor), and stay within 53 bits.',
    );
  }
  let fraction = 0;
  let scaled = value;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    fraction += 1;
  }
  if (Math.abs(scaled) < 2 ** significantBits) return { units: BigInt(scaled), fraction };
  fail(
    'TW2101',
    span,
    `${value} has no binary fraction of ${significantBits} bits or fewer`,
    `Say how it is rounded by naming a type: fixed(16, 14, 'half-even', 'saturate')(${value}).`,
  );
}
