import { describe, expect, it } from 'vitest';
import {
  orthonormalise,
  symmetricEigen,
  times,
  transposeTimes,
} from '../../host/recommender/dense.ts';
import type { Histories } from '../../host/recommender/histories.ts';
import { byRecency } from '../../host/recommender/histories.ts';
import {
  fitItemRegression,
  normalisedScores,
  regressionScores,
  scoresOfUser,
} from '../../host/recommender/item-regression.ts';
import { seededRandom } from '../../host/recommender/random.ts';
import { truncatedSvd } from '../../host/recommender/truncated-svd.ts';

function randomMatrix(rows: number, columns: number, seed = 1): Float64Array {
  const random = seededRandom(seed, 'matrix');
  return new Float64Array(rows * columns).map(() => random.normal());
}

function plainProduct(a: Float64Array, rows: number, m: number, b: Float64Array, n: number) {
  return Float64Array.from({ length: rows * n }, (_, at) => {
    let sum = 0;
    for (let k = 0; k < m; k++) sum += a[Math.floor(at / n) * m + k] * b[k * n + (at % n)];
    return sum;
  });
}

function transposed(a: Float64Array, rows: number, columns: number): Float64Array {
  return a.map((_, at) => a[(at % rows) * columns + Math.floor(at / rows)]);
}

function expectClose(a: Float64Array, b: Float64Array, digits = 9): void {
  expect(a.length).toBe(b.length);
  a.forEach((value, at) => {
    expect(value).toBeCloseTo(b[at], digits);
  });
}

/** Inverse by Gauss-Jordan, for a reference. */
function inverse(source: Float64Array, n: number): Float64Array {
  const a = source.slice();
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++) result[i * n + i] = 1;
  for (let i = 0; i < n; i++) {
    const pivot = a[i * n + i];
    for (let k = 0; k < n; k++) {
      a[i * n + k] /= pivot;
      result[i * n + k] /= pivot;
    }
    for (let row = 0; row < n; row++) {
      const factor = a[row * n + i];
      if (row === i || factor === 0) continue;
      for (let k = 0; k < n; k++) {
        a[row * n + k] -= factor * a[i * n + k];
        result[row * n + k] -= factor * result[i * n + k];
      }
    }
  }
  return result;
}

describe('matrix products', () => {
  it.each([
    [1, 1, 1],
    [2, 4, 8],
    [3, 5, 7],
    [9, 2, 3],
    [4, 11, 1],
  ])('%i × %i × %i', (rows, m, n) => {
    const a = randomMatrix(rows, m);
    const b = randomMatrix(m, n, 2);
    const expected = plainProduct(a, rows, m, b, n);
    expectClose(times(a, m, b, n), expected);
    expectClose(transposeTimes(transposed(a, rows, m), rows, b, n), expected);
  });
});

describe('orthonormalise', () => {
  it('makes orthonormal columns and drops dependent ones', () => {
    const y = randomMatrix(20, 4);
    for (let row = 0; row < 20; row++) y[row * 4 + 2] = 3 * y[row * 4] - y[row * 4 + 1];
    orthonormalise(y, 4);
    const gram = transposeTimes(y, 4, y, 4);
    expectClose(gram, Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1));
  });
});

describe('symmetricEigen', () => {
  it('takes a symmetric matrix apart', () => {
    const n = 12;
    const half = randomMatrix(n, n);
    const a = half.map((value, at) => value + half[(at % n) * n + Math.floor(at / n)]);
    const { values, vectors } = symmetricEigen(a.slice(), n);
    const scaled = vectors.map((value, at) => value * values[at % n]);
    expectClose(plainProduct(scaled, n, n, transposed(vectors, n, n), n), a);
    expect([...values]).toEqual([...values].sort((x, y) => y - x));
  });
});

describe('truncatedSvd', () => {
  const operatorOf = (a: Float64Array, rows: number, columns: number) => ({
    rows,
    columns,
    apply: (x: Float64Array, k: number) => times(a, columns, x, k),
    applyTransposed: (y: Float64Array, k: number) => transposeTimes(a, columns, y, k),
  });

  it('restores a matrix of low rank', () => {
    const a = plainProduct(randomMatrix(30, 3), 30, 3, randomMatrix(3, 17, 2), 17);
    const svd = truncatedSvd(operatorOf(a, 30, 17), 6, seededRandom(1));
    expect([...svd.values.subarray(3)]).toEqual([0, 0, 0]);
    const scaled = svd.left.map((value, at) => value * svd.values[at % svd.rank]);
    const back = plainProduct(scaled, 30, svd.rank, transposed(svd.right, 17, svd.rank), 17);
    expectClose(back, a);
  });

  it('does not depend on the random start, signs included', () => {
    const a = randomMatrix(25, 18);
    const [one, other] = [1, 2].map((seed) =>
      truncatedSvd(operatorOf(a, 25, 18), 3, seededRandom(seed), { iterations: 60 }),
    );
    expectClose(one.values, other.values, 6);
    expectClose(one.right, other.right, 4);
  });

  it('takes what there is when asked for too much, and a matrix of zeros', () => {
    const svd = truncatedSvd(operatorOf(randomMatrix(3, 5), 3, 5), 10, seededRandom(1));
    expect(svd.rank).toBe(3);
    const none = truncatedSvd(operatorOf(new Float64Array(12), 3, 4), 2, seededRandom(1));
    expect([...none.left, ...none.right, ...none.values].every((value) => value === 0)).toBe(true);
  });
});

describe('item regression', () => {
  const [users, items] = [14, 9];
  const random = seededRandom(3, 'histories');
  const lists = Array.from({ length: users }, () => {
    const order = Array.from({ length: items }, (_, item) => item).sort(
      () => random.uniform() - 0.5,
    );
    return order.slice(0, 2 + random.below(5));
  });
  const rowPtr = new Uint32Array(users + 1);
  lists.forEach((list, user) => {
    rowPtr[user + 1] = rowPtr[user] + list.length;
  });
  const colIdx = Uint32Array.from(lists.flat());
  const histories: Histories = { users, items, lists: { nodes: users, rowPtr, colIdx } };
  const weights = byRecency(histories, 2);
  const regression = fitItemRegression(histories, { regularisation: 5, rank: 9 }, seededRandom(1));

  /** B = 1 − P / diag(P) with P = (XᵀX + λ)⁻¹, from the definition. */
  function expectedScores(): Float64Array {
    const x = new Float64Array(users * items);
    const w = new Float64Array(users * items);
    for (let user = 0; user < users; user++) {
      for (let at = rowPtr[user]; at < rowPtr[user + 1]; at++) {
        x[user * items + colIdx[at]] = 1;
        w[user * items + colIdx[at]] = weights.values[at];
      }
    }
    const gram = transposeTimes(x, items, x, items);
    for (let item = 0; item < items; item++) gram[item * items + item] += 5;
    const p = inverse(gram, items);
    const b = p.map((value, at) => {
      const [row, column] = [Math.floor(at / items), at % items];
      return row === column ? 0 : -value / p[column * items + column];
    });
    return plainProduct(w, users, items, b, items);
  }

  it('equals the closed form with all singular vectors', () => {
    const expected = expectedScores();
    const scores = regressionScores(regression, weights);
    const row = new Float64Array(items);
    for (let user = 0; user < users; user++) {
      scoresOfUser(scores, user, row);
      expectClose(row, expected.slice(user * items, (user + 1) * items));
    }
  });

  it('is an operator with rows of length 1', () => {
    const expected = expectedScores();
    for (let user = 0; user < users; user++) {
      const row = expected.subarray(user * items, (user + 1) * items);
      const length = Math.hypot(...row);
      row.forEach((value, item) => {
        row[item] = value / length;
      });
    }
    const operator = normalisedScores(regressionScores(regression, weights));
    const x = randomMatrix(items, 3);
    expectClose(operator.apply(x, 3), plainProduct(expected, users, items, x, 3));
    const y = randomMatrix(users, 2);
    const flipped = transposed(expected, users, items);
    expectClose(operator.applyTransposed(y, 2), plainProduct(flipped, items, users, y, 2));
  });
});
