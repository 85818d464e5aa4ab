import { TilewrightError } from '../../codegen/support/errors.ts';

export type QuantisedBits = 8 | 16;

/** Rows of integers that stand for `integer · scale`. */
export interface Quantised {
  readonly rows: number;
  readonly columns: number;
  readonly bits: QuantisedBits;
  /** One for the whole tensor, above 0. */
  readonly scale: number;
  /** Row-major, rows × columns, within ±(2^(bits − 1) − 1). */
  readonly values: Int8Array | Int16Array;
}

export interface QuantiseOptions {
  /** Default 16. */
  readonly bits?: QuantisedBits;
  /**
   * `real` (the default) uses the whole integer range; `power-of-two` makes dequantising a shift, at
   * up to one bit of resolution.
   */
  readonly scale?: 'real' | 'power-of-two';
}

/**
 * Rounds rows of real numbers to fixed point with one symmetric scale, to the nearest integer and halves
 * upwards (as `mean_aggregate` rounds). The error of a value is at most scale / 2.
 * @param values row-major, rows × columns.
 * @throws TilewrightError `QUANTISE_NOT_FINITE` naming row and column of the first NaN or infinity.
 * @throws RangeError when `values` is not a whole number of rows.
 */
export function quantise(
  values: Float32Array | Float64Array,
  columns: number,
  options: QuantiseOptions = {},
): Quantised {
  const { bits = 16, scale: kind = 'real' } = options;
  const rows = values.length / columns;
  if (!Number.isInteger(rows) || columns < 1) {
    throw new RangeError(`${values.length} values are not whole rows of ${columns}`);
  }
  let largest = 0;
  for (let at = 0; at < values.length; at++) {
    const size = Math.abs(values[at]);
    if (!Number.isFinite(size)) {
      throw new TilewrightError(
        `cannot quantise row ${Math.floor(at / columns)}, column ${at % columns}: ` +
          `the value is ${values[at]}`,
        {
          code: 'QUANTISE_NOT_FINITE',
          hint: 'Features must be finite numbers: look at how this row was made.',
        },
      );
    }
    if (size > largest) largest = size;
  }
  const most = 2 ** (bits - 1) - 1;
  const exact = largest / most;
  // Tiny values would need a subnormal scale, whose reciprocal overflows: they are all zero here.
  const real = exact < Number.MIN_VALUE * 2 ** 52 ? 1 : exact;
  const scale = kind === 'real' ? real : 2 ** Math.ceil(Math.log2(real));
  const result = bits === 8 ? new Int8Array(values.length) : new Int16Array(values.length);
  for (let at = 0; at < values.length; at++) {
    const rounded = Math.floor(values[at] / scale + 0.5);
    result[at] = rounded > most ? most : rounded < -most ? -most : rounded;
  }
  return { rows, columns, bits, scale, values: result };
}

/** The real numbers that integers of a scale stand for. */
export function dequantise(values: Int8Array | Int16Array, scale: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let at = 0; at < values.length; at++) result[at] = values[at] * scale;
  return result;
}
