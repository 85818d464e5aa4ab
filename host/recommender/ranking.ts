/**
 * Rank of one item among candidates by score, from 0; items of the same score share the middle of their
 * places (mid-rank), so that a tied block neither wins nor loses.
 * @param seen items that are no candidates.
 */
export function midRank(scores: ArrayLike<number>, target: number, seen: Iterable<number>): number {
  const own = scores[target];
  let above = 0;
  let level = 0;
  for (let item = 0; item < scores.length; item++) {
    if (scores[item] > own) above++;
    else if (scores[item] === own) level++;
  }
  for (const item of new Set(seen)) {
    if (item === target) continue;
    if (scores[item] > own) above--;
    else if (scores[item] === own) level--;
  }
  return above + (level - 1) / 2;
}

/** The `k` best candidates by score, best first; equal scores by the smaller item index. */
export function topItems(
  scores: ArrayLike<number>,
  seen: Iterable<number>,
  k: number,
): readonly number[] {
  const out = new Set(seen);
  // Kept sorted: most items fall at the first comparison, which is far cheaper than sorting all.
  const best: number[] = [];
  for (let item = 0; item < scores.length; item++) {
    if (best.length >= k && !(scores[item] > scores[best[k - 1]])) continue;
    if (k < 1 || out.has(item)) continue;
    let at = best.length;
    while (at > 0 && scores[best[at - 1]] < scores[item]) at--;
    best.splice(at, 0, item);
    if (best.length > k) best.pop();
  }
  return best;
}

/** Means over users with their standard errors. */
export interface RankingFigures {
  readonly users: number;
  /** 1 / log2(rank + 2) where rank < cutoff, else 0; the mean over users. */
  readonly ndcg: number;
  readonly ndcgError: number;
  /** Share of users whose item is among the first `cutoff`. */
  readonly hitRate: number;
  readonly hitRateError: number;
}

export function meanAndError(values: readonly number[]): { mean: number; error: number } {
  const count = values.length;
  if (count === 0) return { mean: 0, error: 0 };
  const mean = values.reduce((sum, one) => sum + one, 0) / count;
  const square = values.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  return { mean, error: count > 1 ? Math.sqrt(square / (count - 1) / count) : 0 };
}

/** NDCG of a single relevant item at a rank from 0. */
export function gainAt(rank: number, cutoff = 10): number {
  return rank < cutoff ? 1 / Math.log2(rank + 2) : 0;
}

/**
 * The mean of NDCG(a) − NDCG(b) over the same users, with its standard error, which is smaller than those
 * of a and b suggest: both meet the same easy and hard users.
 */
export function pairedGain(
  a: readonly number[],
  b: readonly number[],
  cutoff = 10,
): { mean: number; error: number } {
  if (a.length !== b.length) throw new RangeError(`${a.length} ranks against ${b.length}`);
  return meanAndError(a.map((rank, at) => gainAt(rank, cutoff) - gainAt(b[at], cutoff)));
}

/** NDCG@cutoff and HR@cutoff of one held-out item a user, from its ranks. */
export function rankingFigures(ranks: readonly number[], cutoff = 10): RankingFigures {
  const gains = ranks.map((rank) => gainAt(rank, cutoff));
  const hits = ranks.map((rank) => (rank < cutoff ? 1 : 0));
  const ndcg = meanAndError(gains);
  const hitRate = meanAndError(hits);
  return {
    users: ranks.length,
    ndcg: ndcg.mean,
    ndcgError: ndcg.error,
    hitRate: hitRate.mean,
    hitRateError: hitRate.error,
  };
}
