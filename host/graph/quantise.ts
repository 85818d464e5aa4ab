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
   * up to one bit of resolution. A number is the scale itself, for rows that come in parts: values that do
   * not fit it are refused.
   */
  readonly scale?: 'real' | 'power-of-two' | number;
  /** What the first row is called in messages, where the rows are a part; default 0. */
  readonly firstRow?: number;
}

/**
 * Rounds rows of real numbers to fixed point with one symmetric scale, to the nearest integer and halves
 * upwards (as `mean_aggregate` rounds). The error of a value is at most scale / 2.
 * @param values row-major, rows × columns.
 * @throws TilewrightError `QUANTISE_NOT_FINITE` naming row and column of the first NaN or infinity,
 * `QUANTISE_RANGE` those of the first value that a given scale does not reach.
 * @throws RangeError when `values` is not a whole number of rows.
 */
export function quantise(
  values: Float32Array | Float64Array,
  columns: number,
  options: QuantiseOptions = {},
): Quantised {
  const { bits = 16, scale: kind = 'real', firstRow = 0 } = options;
  const rows = values.length / columns;
  if (!Number.isInteger(rows) || columns < 1) {
    throw new RangeError(`${values.length} values are not whole rows of ${columns}`);
  }
  let largest = 0;
  for (let at = 0; at < values.length; at++) {
    const size = Math.abs(values[at]);
    if (!Number.isFinite(size)) {
      throw new TilewrightError(
        `cannot quantise ${placeOf(at, columns, firstRow)}: the value is ${values[at]}`,
        {
          code: 'QUANTISE_NOT_FINITE',
          hint: 'Features must be finite numbers: look at how this row was made.',
        },
      );
    }
    if (size > largest) largest = size;
  }
  const most = 2 ** (bits - 1) - 1;
  if (typeof kind === 'number') {
    return { rows, columns, bits, scale: kind, values: fixedScale(values, columns, kind, options) };
  }
  const exact = largest / most;
  // Tiny values would need a subnormal scale, whose reciprocal overflows: they are all zero here.
  const real = exact < Number.MIN_VALUE * 2 ** 52 ? 1 : exact;
  const scale = kind === 'real' ? real : 2 ** Math.ceil(Math.log2(real));
  const result = emptyOf(bits, values.length);
  for (let at = 0; at < values.length; at++) {
    const rounded = Math.floor(values[at] / scale + 0.5);
    result[at] = rounded > most ? most : rounded < -most ? -most : rounded;
  }
  return { rows, columns, bits, scale, values: result };
}

const placeOf = (at: number, columns: number, firstRow: number) =>
  `row ${firstRow + Math.floor(at / columns)}, column ${at % columns}`;

const emptyOf = (bits: QuantisedBits, length: number) =>
  bits === 8 ? new Int8Array(length) : new Int16Array(length);

/** Rounds to a scale that was given, which may not reach all values. */
function fixedScale(
  values: Float32Array | Float64Array,
  columns: number,
  scale: number,
  { bits = 16, firstRow = 0 }: QuantiseOptions,
): Int8Array | Int16Array {
  const most = 2 ** (bits - 1) - 1;
  if (!(scale > 0 && Number.isFinite(scale) && Number.isFinite(1 / scale))) {
    throw new RangeError(`${scale} is no scale`);
  }
  const result = emptyOf(bits, values.length);
  for (let at = 0; at < values.length; at++) {
    const rounded = Math.floor(values[at] / scale + 0.5);
    if (Math.abs(rounded) > most) {
      throw new TilewrightError(
        `cannot quantise ${placeOf(at, columns, firstRow)}: the value ${values[at]} is beyond ` +
          `±${most * scale}, as far as ${bits} bits of ${scale} reach`,
        {
          code: 'QUANTISE_RANGE',
          hint: 'Give a larger scale, or bring the features into its range.',
        },
      );
    }
    result[at] = rounded;
  }
  return result;
}

/** The real numbers that integers of a scale stand for. */
export function dequantise(values: Int8Array | Int16Array, scale: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let at = 0; at < values.length; at++) result[at] = values[at] * scale;
  return result;
}
