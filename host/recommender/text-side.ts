import { TilewrightError } from '../../codegen/support/errors.ts';
import type { Matrix } from './dense.ts';
import { times, transposeTimes } from './dense.ts';
import type { Histories } from './histories.ts';
import { byRecency } from './histories.ts';
import { sparseTimes } from './item-regression.ts';
import { seededRandom } from './random.ts';
import { truncatedSvd } from './truncated-svd.ts';

/** The text of an item as the encoder sees it: `Toy Story (1995): Adventure, Animation`. */
export function itemText(title: string, genres: string): string {
  const kinds = genres.split('|').filter((genre) => genre !== '');
  return [title, kinds.join(', ')].filter((part) => part !== '').join(': ');
}

/** Vectors of the items' texts from a text encoder. */
export interface TextVectors {
  readonly dimensions: number;
  /** Row-major, items × dimensions; zeros for an item without text. */
  readonly values: Float32Array;
}

/** @throws TilewrightError `TEXT_NOT_FINITE` naming item and column of the first NaN or infinity. */
export function checkTextVectors(vectors: TextVectors, items: number): void {
  const { dimensions, values } = vectors;
  if (values.length !== items * dimensions) {
    throw new RangeError(`${values.length} text values for ${items} items of ${dimensions}`);
  }
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  throw new TilewrightError(
    `the text vector of item ${Math.floor(bad / dimensions)} has ${values[bad]} ` +
      `in column ${bad % dimensions}`,
    { code: 'TEXT_NOT_FINITE', hint: 'Check the text encoder: its vectors must be finite.' },
  );
}

/** A linear map that reduces text vectors: (e − mean)·matrix, brought to length 1. */
export interface TextProjection {
  readonly dimensions: number;
  readonly columns: number;
  /** Length `dimensions`. */
  readonly mean: Float64Array;
  /** dimensions × columns. */
  readonly matrix: Matrix;
}

const rowsOf = (values: ArrayLike<number>, dimensions: number) => values.length / dimensions;

function isZeroRow(values: ArrayLike<number>, dimensions: number, row: number): boolean {
  for (let at = row * dimensions; at < (row + 1) * dimensions; at++) {
    if (values[at] !== 0) return false;
  }
  return true;
}

/**
 * Principal directions of the items' texts. Each is divided by the square root of its spread: halfway
 * to whitening, so that what most titles share (genres) does not drown what few share (a series' name).
 */
export function fitTextProjection(
  vectors: TextVectors,
  columns: number,
  seed: number,
): TextProjection {
  const { dimensions, values } = vectors;
  const mean = new Float64Array(dimensions);
  const present: number[] = [];
  for (let row = 0; row < rowsOf(values, dimensions); row++) {
    if (isZeroRow(values, dimensions, row)) continue;
    present.push(row);
    for (let d = 0; d < dimensions; d++) mean[d] += values[row * dimensions + d];
  }
  for (let d = 0; d < dimensions; d++) mean[d] /= Math.max(1, present.length);
  const centred = new Float64Array(present.length * dimensions);
  present.forEach((row, to) => {
    for (let d = 0; d < dimensions; d++) {
      centred[to * dimensions + d] = values[row * dimensions + d] - mean[d];
    }
  });
  const spread = transposeTimes(centred, dimensions, centred, dimensions);
  const apply = (x: Matrix, k: number) => times(spread, dimensions, x, k);
  const svd = truncatedSvd(
    { rows: dimensions, columns: dimensions, apply, applyTransposed: apply },
    columns,
    seededRandom(seed, 'text projection'),
  );
  const matrix = new Float64Array(dimensions * columns);
  for (let k = 0; k < svd.rank; k++) {
    // The singular values of the spread are squares of those of the vectors.
    const factor = svd.values[k] > 0 ? svd.values[k] ** -0.25 : 0;
    for (let d = 0; d < dimensions; d++) {
      matrix[d * columns + k] = svd.left[d * svd.rank + k] * factor;
    }
  }
  return { dimensions, columns, mean, matrix };
}

/** Reduces rows of text vectors to rows of `columns`, of length 1; a row of zeros stays zero. */
export function projectText(
  projection: TextProjection,
  values: Float32Array | Float64Array,
): Float32Array {
  const { dimensions, columns, mean, matrix } = projection;
  const rows = rowsOf(values, dimensions);
  const centred = new Float64Array(values.length);
  for (let row = 0; row < rows; row++) {
    if (isZeroRow(values, dimensions, row)) continue;
    for (let d = 0, at = row * dimensions; d < dimensions; d++, at++) {
      centred[at] = values[at] - mean[d];
    }
  }
  const reduced = times(centred, dimensions, matrix, columns);
  const result = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    let square = 0;
    for (let k = 0; k < columns; k++) square += reduced[row * columns + k] ** 2;
    const factor = square > 0 ? 1 / Math.sqrt(square) : 0;
    for (let k = 0; k < columns; k++)
      result[row * columns + k] = reduced[row * columns + k] * factor;
  }
  return result;
}

/**
 * e_u before reduction: the mean of the text vectors of the items in a user's history, the last items
 * weighing most (by exp(−age / span)); zeros for a user without history or without any text.
 */
export function userTextVectors(
  histories: Histories,
  vectors: TextVectors,
  span: number,
): Float64Array {
  const { dimensions, values } = vectors;
  const weights = byRecency(histories, span);
  const sums = sparseTimes(weights, Float64Array.from(values), dimensions);
  const { rowPtr, colIdx } = weights.lists;
  for (let user = 0; user < histories.users; user++) {
    let total = 0;
    for (let at = rowPtr[user]; at < rowPtr[user + 1]; at++) {
      if (!isZeroRow(values, dimensions, colIdx[at])) total += weights.values[at];
    }
    const factor = total > 0 ? 1 / total : 0;
    for (let d = 0; d < dimensions; d++) sums[user * dimensions + d] *= factor;
  }
  return sums;
}
