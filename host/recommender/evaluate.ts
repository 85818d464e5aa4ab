import type { Dataset } from '../dataset/interactions.ts';
import type { FusionInputs } from './fusion-network.ts';
import { openFusion } from './fusion-session.ts';
import type { GraphSide } from './graph-side.ts';
import { historyOf, popularity } from './histories.ts';
import { midRank, type RankingFigures, rankingFigures } from './ranking.ts';
import type { RecommenderModel } from './train-model.ts';

export interface EvaluationRow {
  /** `full`, `without h`, `without e` or `popularity`. */
  readonly name: string;
  readonly figures: RankingFigures;
}

/** Inputs of the fusion network from a model and a device's graph side. */
export function fusionInputs(model: RecommenderModel, graph: GraphSide): FusionInputs {
  const { userText, itemText } = model;
  return { userGraph: graph.users, itemGraph: graph.items, userText, itemText };
}

function zeros(values: Float32Array): Float32Array {
  return new Float32Array(values.length);
}

/**
 * Protocol `full`: each user's held-out item among all items that the user has not met in training,
 * ties at mid-rank; NDCG@10 and HR@10 with standard errors. Beside the model: popularity on the same
 * split, and the same network with h set to zero and with e set to zero.
 * @param test rows of the interactions, one a user.
 */
export async function evaluateFull(
  model: RecommenderModel,
  inputs: FusionInputs,
  dataset: Dataset,
  test: Uint32Array,
  onProgress: (message: string) => void = () => {},
): Promise<readonly EvaluationRow[]> {
  const { histories } = model;
  const { user, item } = dataset.interactions;
  const ranksBy = async (scoresOf: (user: number) => Promise<ArrayLike<number>>) => {
    const ranks: number[] = [];
    for (const row of test) {
      const scores = await scoresOf(user[row]);
      ranks.push(midRank(scores, item[row], historyOf(histories, user[row])));
    }
    return rankingFigures(ranks);
  };
  const variants: readonly (readonly [string, FusionInputs])[] = [
    ['full', inputs],
    [
      'without h',
      { ...inputs, userGraph: zeros(inputs.userGraph), itemGraph: zeros(inputs.itemGraph) },
    ],
    [
      'without e',
      { ...inputs, userText: zeros(inputs.userText), itemText: zeros(inputs.itemText) },
    ],
  ];
  const rows: EvaluationRow[] = [];
  const columns = {
    graphColumns: model.options.dimension,
    textColumns: model.options.textColumns,
  };
  for (const [name, one] of variants) {
    onProgress(`ranking all items for ${test.length} users, ${name}`);
    await using session = await openFusion(model.fusion, one, columns);
    rows.push({ name, figures: await ranksBy((who) => session.score(who)) });
  }
  const counts = popularity(histories);
  rows.push({ name: 'popularity', figures: await ranksBy(async () => counts) });
  return rows;
}
