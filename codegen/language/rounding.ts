/** Where a result falls between two values of its type. In brackets what ap_fixed calls it. */
export type Rounding =
  /** Down, towards −∞ (AP_TRN). */
  | 'floor'
  /** Towards zero (AP_TRN_ZERO). */
  | 'zero'
  /** To the nearest, halves up (AP_RND). */
  | 'half-up'
  /** To the nearest, halves to the even neighbour (AP_RND_CONV). */
  | 'half-even';

/** What becomes of a result that its type cannot hold. In brackets what ap_fixed calls it. */
export type Overflow =
  /** The upper bits are lost (AP_WRAP). */
  | 'wrap'
  /** The nearest value that the type holds (AP_SAT). */
  | 'saturate';

export const roundings: readonly Rounding[] = ['floor', 'zero', 'half-up', 'half-even'];
export const overflows: readonly Overflow[] = ['wrap', 'saturate'];

/** units / 2^shift, rounded; exact where shift is not positive. */
export function rescale(units: bigint, shift: number, rounding: Rounding): bigint {
  if (shift <= 0) return units << BigInt(-shift);
  const by = BigInt(shift);
  const down = units >> by;
  const rest = units - (down << by);
  const half = 1n << (by - 1n);
  switch (rounding) {
    case 'floor':
      return down;
    case 'zero':
      return units < 0n && rest > 0n ? down + 1n : down;
    case 'half-up':
      return rest >= half ? down + 1n : down;
    case 'half-even':
      return rest > half || (rest === half && (down & 1n) === 1n) ? down + 1n : down;
  }
}

/** A number rounded to a whole one. Exact: the distance to the whole part below loses no bit. */
export function roundNumber(value: number, rounding: Rounding): number {
  const whole = Math.trunc(value);
  const rest = Math.abs(value - whole);
  if (rest === 0) return whole;
  const sign = value < 0 ? -1 : 1;
  switch (rounding) {
    case 'floor':
      return sign < 0 ? whole - 1 : whole;
    case 'zero':
      return whole;
    case 'half-up':
      return rest > 0.5 || (rest === 0.5 && sign > 0) ? whole + sign : whole;
    case 'half-even':
      return rest > 0.5 || (rest === 0.5 && whole % 2 !== 0) ? whole + sign : whole;
  }
}

/** Whole units held in `width` bits. */
export function holdIn(units: bigint, signed: boolean, width: number, overflow: Overflow): bigint {
  if (overflow === 'wrap') {
    return signed ? BigInt.asIntN(width, units) : BigInt.asUintN(width, units);
  }
  const min = signed ? -(1n << BigInt(width - 1)) : 0n;
  const max = (1n << BigInt(signed ? width - 1 : width)) - 1n;
  return units < min ? min : units > max ? max : units;
}
