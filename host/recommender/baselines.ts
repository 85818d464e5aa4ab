import type { Histories } from './histories.ts';
import { binary, historyOf, popularity } from './histories.ts';
import { fitItemRegression, regressionScores, scoresOfUser } from './item-regression.ts';
import { seededRandom } from './random.ts';

/** Scores all items for one user. The array may be used again by the next call. */
export type Scorer = (user: number) => ArrayLike<number> | Promise<ArrayLike<number>>;

/** The same scores for everybody: how many users met the item. */
export function popularityScorer(histories: Histories): Scorer {
  const counts = popularity(histories);
  return () => counts;
}

/**
 * ItemKNN with all neighbours: an item's score is the sum of its cosine similarities to the items of the
 * user's history.
 */
export function itemNeighbourScorer(histories: Histories): Scorer {
  const { users, items, lists } = histories;
  const root = popularity(histories).map((count) => (count > 0 ? 1 / Math.sqrt(count) : 0));
  const mine = new Uint8Array(items);
  const scores = new Float64Array(items);
  return (user) => {
    const history = historyOf(histories, user);
    for (const item of history) mine[item] = 1;
    scores.fill(0);
    // Σ over the history of x_i·x_j / (|x_i| |x_j|), gathered by the users that both items share.
    for (let other = 0; other < users; other++) {
      let shared = 0;
      for (let at = lists.rowPtr[other]; at < lists.rowPtr[other + 1]; at++) {
        if (mine[lists.colIdx[at]]) shared += root[lists.colIdx[at]];
      }
      if (shared === 0) continue;
      for (let at = lists.rowPtr[other]; at < lists.rowPtr[other + 1]; at++) {
        scores[lists.colIdx[at]] += shared * root[lists.colIdx[at]];
      }
    }
    for (const item of history) mine[item] = 0;
    return scores;
  };
}

/** The item regression by itself, every item of the history weighing the same (EASE, truncated). */
export function regressionScorer(
  histories: Histories,
  options: { readonly regularisation: number; readonly spectrum: number; readonly seed: number },
): Scorer {
  const regression = fitItemRegression(
    histories,
    { regularisation: options.regularisation, rank: options.spectrum },
    seededRandom(options.seed, 'baseline regression'),
  );
  const scores = regressionScores(regression, binary(histories));
  const out = new Float64Array(histories.items);
  return (user) => {
    scoresOfUser(scores, user, out);
    return out;
  };
}
