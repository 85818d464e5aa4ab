import type { Matrix } from './dense.ts';
import { orthonormalise, symmetricEigen, times, transposeTimes } from './dense.ts';
import type { Random } from './random.ts';

/** A matrix that is known by what it does to others. */
export interface LinearOperator {
  readonly rows: number;
  readonly columns: number;
  /** M·x for x (columns × k): rows × k. */
  apply(x: Matrix, k: number): Matrix;
  /** Mᵀ·y for y (rows × k): columns × k. */
  applyTransposed(y: Matrix, k: number): Matrix;
}

/** M ≈ left · diag(values) · rightᵀ. */
export interface TruncatedSvd {
  readonly rank: number;
  /** Singular values, largest first. */
  readonly values: Float64Array;
  /** rows × rank, orthonormal columns (zero where the singular value is). */
  readonly left: Matrix;
  /** columns × rank. */
  readonly right: Matrix;
}

/**
 * The leading singular triples by randomised subspace iteration (Halko, Martinsson, Tropp 2011). The
 * sign of each pair is fixed, so that results do not depend on the random start more than they must.
 */
export function truncatedSvd(
  operator: LinearOperator,
  wanted: number,
  random: Random,
  options: { readonly oversample?: number; readonly iterations?: number } = {},
): TruncatedSvd {
  const { rows, columns } = operator;
  const rank = Math.min(wanted, rows, columns);
  const { oversample = Math.max(10, rank >> 4), iterations = 4 } = options;
  const k = Math.min(rank + oversample, rows, columns);
  const start = new Float64Array(columns * k);
  for (let at = 0; at < start.length; at++) start[at] = random.normal();
  let basis = operator.apply(start, k);
  orthonormalise(basis, k);
  for (let iteration = 0; iteration < iterations; iteration++) {
    basis = operator.apply(operator.applyTransposed(basis, k), k);
    orthonormalise(basis, k);
  }
  const small = operator.applyTransposed(basis, k);
  const eigen = symmetricEigen(transposeTimes(small, k, small, k), k);
  const turn = new Float64Array(k * rank);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < rank; j++) turn[i * rank + j] = eigen.vectors[i * k + j];
  }
  const left = times(basis, k, turn, rank);
  const right = times(small, k, turn, rank);
  const values = eigen.values.slice(0, rank).map((value) => Math.sqrt(Math.max(0, value)));
  const least = values[0] * 1e-9;
  for (let j = 0; j < rank; j++) {
    const real = values[j] > least;
    if (!real) values[j] = 0;
    const sign = real ? signOfColumn(left, rank, j) : 0;
    for (let row = 0; row < rows; row++) left[row * rank + j] *= sign;
    for (let row = 0; row < columns; row++) right[row * rank + j] *= real ? sign / values[j] : 0;
  }
  return { rank, values, left, right };
}

/** The sign of the entry largest in size. */
function signOfColumn(matrix: Matrix, columns: number, column: number): number {
  let largest = 0;
  for (let at = column; at < matrix.length; at += columns) {
    if (Math.abs(matrix[at]) > Math.abs(largest)) largest = matrix[at];
  }
  return largest < 0 ? -1 : 1;
}
