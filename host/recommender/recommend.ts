import { TilewrightError } from '../../codegen/support/errors.ts';
import type { Dataset } from '../dataset/interactions.ts';
import type { FusionInputs } from './fusion-network.ts';
import { openFusion } from './fusion-session.ts';
import { historyOf } from './histories.ts';
import { topItems } from './ranking.ts';
import type { RecommenderModel } from './train-model.ts';

export interface Recommendation {
  /** The dataset's own id. */
  readonly item: string;
  readonly title: string;
  readonly genres: string;
  readonly score: number;
}

export interface LikedItem {
  readonly item: string;
  readonly title: string;
  readonly genres: string;
  readonly rating: number;
}

/** Index of a user by the dataset's own id. */
export function userIndex(dataset: Dataset, id: string): number {
  const index = dataset.userIds.indexOf(id);
  if (index >= 0) return index;
  const [first, last] = [dataset.userIds[0], dataset.userIds.at(-1)];
  throw new TilewrightError(`there is no user ${id} in ${dataset.name}`, {
    code: 'UNKNOWN_USER',
    hint: `It has ${dataset.userIds.length} users, from ${first} to ${last}.`,
  });
}

/** The best-rated training items of a user, the latest of them first. */
export function likedItems(
  dataset: Dataset,
  rows: Uint32Array,
  user: number,
  count: number,
): readonly LikedItem[] {
  const { interactions, itemIds, titles, genres } = dataset;
  return Array.from(rows)
    .filter((row) => interactions.user[row] === user)
    .sort(
      (a, b) =>
        interactions.rating[b] - interactions.rating[a] ||
        interactions.time[b] - interactions.time[a] ||
        a - b,
    )
    .slice(0, count)
    .map((row) => {
      const item = interactions.item[row];
      return {
        item: itemIds[item],
        title: titles[item],
        genres: genres[item],
        rating: interactions.rating[row],
      };
    });
}

/** The `count` best items that a user has not met in training, best first; equal scores by item index. */
export async function recommend(
  model: RecommenderModel,
  inputs: FusionInputs,
  dataset: Dataset,
  user: number,
  count: number,
): Promise<readonly Recommendation[]> {
  await using session = await openFusion(model.fusion, inputs, {
    graphColumns: model.options.dimension,
    textColumns: model.options.textColumns,
  });
  const scores = await session.score(user);
  return topItems(scores, historyOf(model.histories, user), count).map((item) => ({
    item: dataset.itemIds[item],
    title: dataset.titles[item],
    genres: dataset.genres[item],
    score: scores[item],
  }));
}
