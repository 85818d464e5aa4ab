import { jStat } from 'jstat';

/** Draws below which a cell joins its neighbours: the distribution is that of many draws. */
const fewest = 5;

/**
 * Two-sided p-value of a chi-square statistic: counts that agree too well with what is expected are no more
 * random than counts that do not agree.
 */
export function chiSquareP(statistic: number, freedom: number): number {
  const below = jStat.chisquare.cdf(statistic, freedom);
  return 2 * Math.min(below, 1 - below);
}

/**
 * Of counts against probabilities. Cells of few expected draws are pooled, the rarest first.
 * @param counts how often each cell came, `draws` independent draws in all.
 * @param spread variance of a count, as a share of what independent draws have.
 */
export function goodnessOfFit(
  counts: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  spread = 1,
): number {
  const draws = sum(counts);
  const order = Array.from(probabilities, (_, cell) => cell)
    .filter((cell) => probabilities[cell] > 0)
    .sort((a, b) => probabilities[a] - probabilities[b]);
  const cells: { count: number; expected: number }[] = [];
  let pool = { count: 0, expected: 0 };
  for (const cell of order) {
    pool.count += counts[cell];
    pool.expected += draws * probabilities[cell];
    if (pool.expected < fewest) continue;
    cells.push(pool);
    pool = { count: 0, expected: 0 };
  }
  const last = cells.at(-1);
  if (last === undefined || cells.length < 2) {
    throw new RangeError(`${draws} draws are too few for two cells of ${fewest}`);
  }
  last.count += pool.count;
  last.expected += pool.expected;
  const statistic = cells.reduce(
    (total, { count, expected }) => total + (count - expected) ** 2 / expected,
    0,
  );
  return chiSquareP(statistic / spread, cells.length - 1);
}

/**
 * Whether two outcomes of the same trial are independent, each cell of the table being as likely as its row
 * and its column together. The margins are known, so all cells but one are free.
 */
export function independence(
  pairs: readonly (readonly [number, number])[],
  first: ArrayLike<number>,
  second: ArrayLike<number> = first,
): number {
  const counts = new Float64Array(first.length * second.length);
  for (const [a, b] of pairs) counts[a * second.length + b] += 1;
  const probabilities = Array.from(counts, (_, cell) => {
    const row = Math.floor(cell / second.length);
    return first[row] * second[cell % second.length];
  });
  return goodnessOfFit(counts, probabilities);
}

/**
 * Whether every neighbour is in as many samples as any other, `fanout` of `degree` without replacement.
 *
 * A sample's indicators are not multinomial: they exclude each other, so their covariance is
 * p(1 − p) on the diagonal and −p(1 − p)/(d − 1) elsewhere, p = k/d. This is k(d − k)/(d − 1) times
 * (I/d − J/d²), where k multinomial draws have k times it. Pearson's sum over many samples is hence
 * (d − k)/(d − 1) times a chi-square of d − 1 degrees of freedom. The same factor holds where neighbours
 * are put together to bins, whose counts are multivariate hypergeometric.
 * @param bins size of each bin, d in all.
 */
export function inclusionP(
  counts: ArrayLike<number>,
  bins: ArrayLike<number>,
  fanout: number,
): number {
  const degree = sum(bins);
  const probabilities = Array.from(bins, (size) => size / degree);
  return goodnessOfFit(counts, probabilities, (degree - fanout) / (degree - 1));
}

/**
 * Whether every pair of neighbours is in as many samples as any other, beyond what single neighbours show.
 *
 * The covariance of a sample's pair indicators commutes with every renaming of neighbours. Such a matrix on
 * pairs has three eigenspaces (Johnson's scheme): constants, in which the count of pairs does not vary;
 * f(x) + f(y), which is what single neighbours show; and what is left, of dimension d(d − 3)/2, with the
 * eigenvalue P(xy) − 2 P(xyz) + P(wxyz). In that space the counts are as many equal normal variables.
 * @param samples each of `fanout` different neighbours below `degree`; 4 ≤ fanout ≤ degree − 2.
 */
export function pairInclusionP(
  samples: readonly (readonly number[])[],
  fanout: number,
  degree: number,
): number {
  const [d, k] = [degree, fanout];
  const two = (k * (k - 1)) / (d * (d - 1));
  const three = (two * (k - 2)) / (d - 2);
  const four = (three * (k - 3)) / (d - 3);
  const deviation = new Float64Array(d * d).fill(-samples.length * two);
  for (const sample of samples) {
    for (const x of sample) for (const y of sample) deviation[x * d + y] += 1;
  }
  const row = Float64Array.from(
    { length: d },
    (_, x) => sum(deviation.subarray(x * d, x * d + d)) - deviation[x * d + x],
  );
  let squares = 0;
  for (let x = 0; x < d; x++) {
    for (let y = x + 1; y < d; y++) {
      squares += (deviation[x * d + y] - (row[x] + row[y]) / (d - 2)) ** 2;
    }
  }
  const variance = samples.length * (two - 2 * three + four);
  return chiSquareP(squares / variance, (d * (d - 3)) / 2);
}

/** Chances of 0, 1, … common elements of two independent samples of `fanout` out of `degree`. */
export function overlapChances(fanout: number, degree: number): readonly number[] {
  const chances = Array.from({ length: fanout + 1 }, (_, common) => {
    const [d, k] = [degree, fanout];
    return Math.exp(logChoose(k, common) + logChoose(d - k, k - common) - logChoose(d, k));
  });
  return chances;
}

function logChoose(n: number, k: number): number {
  let log = 0;
  for (let i = 1; i <= k; i++) log += Math.log((n - k + i) / i);
  return k > n ? Number.NEGATIVE_INFINITY : log;
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let at = 0; at < values.length; at++) total += values[at];
  return total;
}
