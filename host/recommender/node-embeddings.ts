import { TilewrightError } from '../../codegen/support/errors.ts';
import type { Histories } from './histories.ts';
import { byRecency } from './histories.ts';
import { fitItemRegression, normalisedScores, regressionScores } from './item-regression.ts';
import { seededRandom } from './random.ts';
import { truncatedSvd } from './truncated-svd.ts';

export interface NodeEmbeddingOptions {
  readonly seed: number;
  /** Columns of an embedding; a row of them must be whole beats of the aggregation kernel. */
  readonly dimension: number;
  /** λ of the item regression. */
  readonly regularisation: number;
  /** Singular vectors of the interactions that the regression uses. */
  readonly spectrum: number;
  /** How many interactions back a user's weight falls to 1/e. */
  readonly graphRecency: number;
}

/**
 * h0, the embeddings of all nodes of the joint graph (users, then items): row-major, nodes × dimension.
 *
 * An item regression on the training interactions scores every item for every user from the user's
 * history, the last items weighing most; the leading singular vectors of these scores, each side scaled
 * by the root of the singular value, are the embeddings. So ⟨h0(u), h0(i)⟩ approximates the score, and the
 * mean of h0 over neighbours lies in the same space as h0. Nodes without interactions get zeros.
 */
export function trainNodeEmbeddings(
  histories: Histories,
  options: NodeEmbeddingOptions,
): Float64Array {
  const { users, items } = histories;
  if (histories.lists.colIdx.length === 0) {
    throw new TilewrightError('there are no training interactions to learn from', {
      code: 'TRAINING_EMPTY',
      hint: 'Give a dataset whose users have at least one interaction outside the test part.',
    });
  }
  const random = seededRandom(options.seed, 'node embeddings');
  const regression = fitItemRegression(
    histories,
    { regularisation: options.regularisation, rank: options.spectrum },
    random,
  );
  const scores = regressionScores(regression, byRecency(histories, options.graphRecency));
  const svd = truncatedSvd(normalisedScores(scores), options.dimension, random, { iterations: 3 });
  const { dimension } = options;
  const h0 = new Float64Array((users + items) * dimension);
  for (let k = 0; k < svd.rank; k++) {
    const root = Math.sqrt(svd.values[k]);
    for (let user = 0; user < users; user++) {
      h0[user * dimension + k] = svd.left[user * svd.rank + k] * root;
    }
    for (let item = 0; item < items; item++) {
      h0[(users + item) * dimension + k] = svd.right[item * svd.rank + k] * root;
    }
  }
  return h0;
}
