/**
 * Small dense linear algebra, in double precision and row-major, for matrices of a few hundred columns.
 * Loops are written out, with the innermost one along a row: that is what makes them fast in JavaScript.
 */
export type Matrix = Float64Array;

/**
 * Adds to two rows of `sum`, each n long, multiples of the same four rows of b (p for the first row, q for
 * the second). Two by four is what keeps the loop from spending its time on loads and stores.
 */
function addToTwoRows(
  sum: Matrix,
  first: number,
  second: number,
  b: Matrix,
  n: number,
  b0: number,
  b1: number,
  b2: number,
  b3: number,
  p: Float64Array,
  q: Float64Array,
): void {
  const [p0, p1, p2, p3] = p;
  const [q0, q1, q2, q3] = q;
  for (let j = 0; j < n; j++) {
    const x0 = b[b0 + j];
    const x1 = b[b1 + j];
    const x2 = b[b2 + j];
    const x3 = b[b3 + j];
    sum[first + j] += p0 * x0 + p1 * x1 + p2 * x2 + p3 * x3;
    sum[second + j] += q0 * x0 + q1 * x1 + q2 * x2 + q3 * x3;
  }
}

/**
 * Σ over `depth` of an outer product: sum[i] += factor(i, d) · b[d], where factor(i, d) lies in `a` at
 * i · iStride + d · dStride.
 */
function product(
  a: Matrix,
  count: number,
  iStride: number,
  depth: number,
  dStride: number,
  b: Matrix,
  n: number,
): Matrix {
  // One row more: an odd last row needs a second one to add to.
  const result = new Float64Array((count + 1) * n);
  const p = new Float64Array(4);
  const q = new Float64Array(4);
  const block = (i: number, d: number): void => {
    const rows = Math.min(4, depth - d);
    const pair = i + 1 < count;
    const from = i * iStride + d * dStride;
    for (let row = 0; row < 4; row++) {
      p[row] = row < rows ? a[from + row * dStride] : 0;
      q[row] = row < rows && pair ? a[from + iStride + row * dStride] : 0;
    }
    const b0 = d * n;
    const b1 = b0 + (rows > 1 ? n : 0);
    const b2 = b1 + (rows > 2 ? n : 0);
    const b3 = b2 + (rows > 3 ? n : 0);
    addToTwoRows(result, i * n, (i + 1) * n, b, n, b0, b1, b2, b3, p, q);
  };
  // The longer loop goes outside: what the inner one passes over again and again then fits the cache.
  if (count > depth) {
    for (let i = 0; i < count; i += 2) for (let d = 0; d < depth; d += 4) block(i, d);
  } else {
    for (let d = 0; d < depth; d += 4) for (let i = 0; i < count; i += 2) block(i, d);
  }
  return result.subarray(0, count * n);
}

/** aᵀ·b for a (rows × m) and b (rows × n): m × n. */
export function transposeTimes(a: Matrix, m: number, b: Matrix, n: number): Matrix {
  return product(a, m, 1, a.length / m, m, b, n);
}

/** a·b for a (rows × m) and b (m × n): rows × n. */
export function times(a: Matrix, m: number, b: Matrix, n: number): Matrix {
  return product(a, a.length / m, m, m, 1, b, n);
}

/**
 * Makes the columns of y (rows × k) orthonormal in place, by y·R⁻¹ with yᵀy = RᵀR, twice since once loses
 * digits. A column that depends on earlier ones becomes zero.
 */
export function orthonormalise(y: Matrix, k: number): void {
  const rows = y.length / k;
  for (let pass = 0; pass < 2; pass++) {
    const r = transposeTimes(y, k, y, k);
    const kept = new Uint8Array(k);
    for (let i = 0; i < k; i++) {
      const own = r[i * k + i];
      let pivot = own;
      for (let p = 0; p < i; p++) pivot -= r[p * k + i] ** 2;
      kept[i] = own > 0 && pivot > own * 1e-11 ? 1 : 0;
      const root = kept[i] ? Math.sqrt(pivot) : 1;
      for (let j = i + 1; j < k; j++) {
        let sum = r[i * k + j];
        for (let p = 0; p < i; p++) sum -= r[p * k + i] * r[p * k + j];
        r[i * k + j] = kept[i] ? sum / root : 0;
      }
      r[i * k + i] = root;
    }
    for (let row = 0; row < rows; row++) {
      for (let i = 0, base = row * k; i < k; i++) {
        const value = kept[i] ? y[base + i] / r[i * k + i] : 0;
        y[base + i] = value;
        if (value === 0) continue;
        for (let j = i + 1; j < k; j++) y[base + j] -= value * r[i * k + j];
      }
    }
  }
}

/** Eigenvalues, largest first, and their eigenvectors as the columns of `vectors` (n × n). */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: Matrix;
}

/** Cyclic Jacobi for a symmetric matrix, which is overwritten. */
export function symmetricEigen(a: Matrix, n: number): Eigen {
  // Eigenvectors are kept as rows, so that every rotation runs along rows of both matrices.
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  let size = 0;
  for (const value of a) size += value * value;
  const negligible = Math.sqrt(size) * 1e-14;
  for (let sweep = 0; sweep < 40; sweep++) {
    let rotated = false;
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) {
        const apq = a[p * n + q];
        if (Math.abs(apq) <= negligible) continue;
        rotated = true;
        const app = a[p * n + p];
        const aqq = a[q * n + q];
        const theta = (aqq - app) / (2 * apq);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        for (let k = 0, at = p * n, bt = q * n; k < n; k++, at++, bt++) {
          const x = a[at];
          const y = a[bt];
          a[at] = c * x - s * y;
          a[bt] = s * x + c * y;
          const vx = v[at];
          const vy = v[bt];
          v[at] = c * vx - s * vy;
          v[bt] = s * vx + c * vy;
        }
        // The matrix is symmetric: columns p and q are the rows just made, but for the 2 × 2 block.
        for (let k = 0; k < n; k++) {
          a[k * n + p] = a[p * n + k];
          a[k * n + q] = a[q * n + k];
        }
        a[p * n + p] = app - t * apq;
        a[q * n + q] = aqq + t * apq;
        a[p * n + q] = 0;
        a[q * n + p] = 0;
      }
    }
    if (!rotated) break;
  }
  const order = Array.from({ length: n }, (_, i) => i);
  order.sort((i, j) => a[j * n + j] - a[i * n + i] || i - j);
  const values = Float64Array.from(order, (i) => a[i * n + i]);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    for (let k = 0; k < n; k++) vectors[k * n + to] = v[from * n + k];
  });
  return { values, vectors };
}
