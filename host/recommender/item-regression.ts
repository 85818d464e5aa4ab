import type { Matrix } from './dense.ts';
import { times, transposeTimes } from './dense.ts';
import type { Histories, Weighted } from './histories.ts';
import { binary } from './histories.ts';
import type { Random } from './random.ts';
import type { LinearOperator } from './truncated-svd.ts';
import { truncatedSvd } from './truncated-svd.ts';

/** m·x for a sparse m. */
export function sparseTimes(m: Weighted, x: Matrix, k: number): Matrix {
  const { rowPtr, colIdx } = m.lists;
  const result = new Float64Array(m.users * k);
  for (let user = 0; user < m.users; user++) {
    for (let at = rowPtr[user]; at < rowPtr[user + 1]; at++) {
      const factor = m.values[at];
      const from = colIdx[at] * k;
      for (let j = 0, to = user * k; j < k; j++) result[to + j] += factor * x[from + j];
    }
  }
  return result;
}

/** mᵀ·y for a sparse m. */
export function sparseTransposeTimes(m: Weighted, y: Matrix, k: number): Matrix {
  const { rowPtr, colIdx } = m.lists;
  const result = new Float64Array(m.items * k);
  for (let user = 0; user < m.users; user++) {
    for (let at = rowPtr[user]; at < rowPtr[user + 1]; at++) {
      const factor = m.values[at];
      const to = colIdx[at] * k;
      for (let j = 0, from = user * k; j < k; j++) result[to + j] += factor * y[from + j];
    }
  }
  return result;
}

/**
 * Predicts each item from all others by ridge regression without a diagonal (EASE, Steck 2019), in
 * closed form on the leading `rank` singular vectors of the interactions X ≈ U Σ Vᵀ, so that neither the
 * number of users nor that of items is inverted:
 * P = (XᵀX + λ)⁻¹ = (1 − V F Vᵀ) / λ with F = Σ² / (Σ² + λ), and weights B = 1 − P / diag(P).
 */
export interface ItemRegression {
  readonly items: number;
  readonly rank: number;
  /** V·F^½: items × rank. */
  readonly basis: Matrix;
  /** Per item 1 / (λ·P_jj), at least 1. */
  readonly gain: Float64Array;
}

export interface ItemRegressionOptions {
  /** λ: higher shrinks more. */
  readonly regularisation: number;
  readonly rank: number;
}

export function fitItemRegression(
  histories: Histories,
  options: ItemRegressionOptions,
  random: Random,
): ItemRegression {
  const x = binary(histories);
  const svd = truncatedSvd(
    {
      rows: x.users,
      columns: x.items,
      apply: (m, k) => sparseTimes(x, m, k),
      applyTransposed: (m, k) => sparseTransposeTimes(x, m, k),
    },
    options.rank,
    random,
    { iterations: 3 },
  );
  const { rank, right: basis } = svd;
  const root = svd.values.map((value) =>
    Math.sqrt(value ** 2 / (value ** 2 + options.regularisation)),
  );
  const gain = new Float64Array(x.items);
  for (let item = 0; item < x.items; item++) {
    let explained = 0;
    for (let k = 0, at = item * rank; k < rank; k++, at++) {
      basis[at] *= root[k];
      explained += basis[at] ** 2;
    }
    gain[item] = 1 / (1 - explained);
  }
  return { items: x.items, rank, basis, gain };
}

/** The scores W·B of all users for all items, as an operator: `own` sparse plus `codes` · basisᵀ·gain. */
export interface RegressionScores {
  readonly regression: ItemRegression;
  /** W ∘ (1 − gain): what the zero diagonal of B takes away again. */
  readonly own: Weighted;
  /** W·basis: users × rank. */
  readonly codes: Matrix;
}

export function regressionScores(regression: ItemRegression, weights: Weighted): RegressionScores {
  const { basis, rank, gain } = regression;
  const values = weights.values.map((w, at) => w * (1 - gain[weights.lists.colIdx[at]]));
  const codes = sparseTimes(weights, basis, rank);
  return { regression, own: { ...weights, values }, codes };
}

/** Writes one user's scores of all items. */
export function scoresOfUser(scores: RegressionScores, user: number, out: Float64Array): void {
  const { regression, own, codes } = scores;
  const { basis, gain, rank, items } = regression;
  const from = user * rank;
  for (let item = 0; item < items; item++) {
    let sum = 0;
    for (let k = 0, at = item * rank; k < rank; k++) sum += codes[from + k] * basis[at + k];
    out[item] = sum * gain[item];
  }
  const { rowPtr, colIdx } = own.lists;
  for (let at = rowPtr[user]; at < rowPtr[user + 1]; at++) out[colIdx[at]] += own.values[at];
}

/** The Euclidean length of each user's row of scores, without writing the rows out. */
function rowLengths({ regression, own, codes }: RegressionScores): Float64Array {
  const { basis, gain, rank, items } = regression;
  const scaled = basis.slice();
  for (let item = 0; item < items; item++) {
    for (let k = 0, at = item * rank; k < rank; k++, at++) scaled[at] *= gain[item];
  }
  const gram = transposeTimes(scaled, rank, scaled, rank);
  const through = times(codes, rank, gram, rank);
  const { rowPtr, colIdx } = own.lists;
  const lengths = new Float64Array(own.users);
  for (let user = 0; user < own.users; user++) {
    let sum = 0;
    for (let k = 0, at = user * rank; k < rank; k++, at++) sum += through[at] * codes[at];
    for (let at = rowPtr[user]; at < rowPtr[user + 1]; at++) {
      let score = 0;
      const from = colIdx[at] * rank;
      for (let k = 0; k < rank; k++) score += codes[user * rank + k] * scaled[from + k];
      sum += 2 * own.values[at] * score + own.values[at] ** 2;
    }
    lengths[user] = Math.sqrt(Math.max(0, sum));
  }
  return lengths;
}

/** The scores with every user's row brought to length 1, so that active users do not drown the others. */
export function normalisedScores(scores: RegressionScores): LinearOperator {
  const { regression, own, codes } = scores;
  const { basis, gain, rank, items } = regression;
  const inverse = rowLengths(scores).map((length) => (length > 0 ? 1 / length : 0));
  const scaleRows = (m: Matrix, k: number, by: Float64Array): Matrix => {
    const result = new Float64Array(m.length);
    for (let row = 0; row < by.length; row++) {
      for (let j = 0, at = row * k; j < k; j++, at++) result[at] = m[at] * by[row];
    }
    return result;
  };
  return {
    rows: own.users,
    columns: items,
    apply: (x, k) => {
      const inner = transposeTimes(basis, rank, scaleRows(x, k, gain), k);
      const result = times(codes, rank, inner, k);
      const rest = sparseTimes(own, x, k);
      for (let at = 0; at < result.length; at++) result[at] += rest[at];
      return scaleRows(result, k, inverse);
    },
    applyTransposed: (y, k) => {
      const scaled = scaleRows(y, k, inverse);
      const inner = transposeTimes(codes, rank, scaled, k);
      const result = scaleRows(times(basis, rank, inner, k), k, gain);
      const rest = sparseTransposeTimes(own, scaled, k);
      for (let at = 0; at < result.length; at++) result[at] += rest[at];
      return result;
    },
  };
}
