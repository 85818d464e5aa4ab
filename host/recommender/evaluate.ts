import { performance } from 'node:perf_hooks';
import { TilewrightError } from '../../codegen/support/errors.ts';
import type { Dataset } from '../dataset/interactions.ts';
import {
  itemNeighbourScorer,
  popularityScorer,
  regressionScorer,
  type Scorer,
} from './baselines.ts';
import { type FusionInputs, graphLayers } from './fusion-network.ts';
import { openFusion } from './fusion-session.ts';
import type { GraphSide } from './graph-side.ts';
import { type Histories, historyOf } from './histories.ts';
import { midRank, type RankingFigures, rankingFigures } from './ranking.ts';
import type { RecommenderModel } from './train-model.ts';

export type MethodName =
  | 'full'
  | 'without h'
  | 'without e'
  | 'without h1, h2'
  | 'popularity'
  | 'ItemKNN'
  | 'EASE';

export interface EvaluationRow {
  readonly name: MethodName;
  readonly figures: RankingFigures;
  /** From 0, of each held-out item in the order of the rows: for paired comparisons. */
  readonly ranks: readonly number[];
}

export interface EvaluationOptions {
  /** Also the network without h1 and h2, ItemKNN and EASE, as peers in the same run. Default false. */
  readonly peers?: boolean;
  /** Told the milliseconds of each request to the fusion network: all items for one user. */
  readonly onScored?: (milliseconds: number) => void;
}

/** Inputs of the fusion network from a model and a device's graph side. */
export function fusionInputs(model: RecommenderModel, graph: GraphSide): FusionInputs {
  const { userText, itemText } = model;
  return { userGraph: graph.users, itemGraph: graph.items, userText, itemText };
}

function zeros(values: Float32Array): Float32Array {
  return new Float32Array(values.length);
}

/** Inputs with h, e, or what aggregation added to h0, set to zero. */
export function ablated(inputs: FusionInputs, part: 'h' | 'e' | 'h1, h2', columns: number) {
  const { userGraph, itemGraph, userText, itemText } = inputs;
  if (part === 'h') {
    return { ...inputs, userGraph: zeros(userGraph), itemGraph: zeros(itemGraph) };
  }
  if (part === 'e') return { ...inputs, userText: zeros(userText), itemText: zeros(itemText) };
  const width = graphLayers * columns;
  const own = (h: Float32Array) => h.map((value, at) => (at % width < columns ? value : 0));
  return { ...inputs, userGraph: own(userGraph), itemGraph: own(itemGraph) };
}

/**
 * The rank, from 0 and mid-rank for ties, of each row's item among all items that its user has not met.
 * @throws TilewrightError `SCORE_NOT_FINITE` naming user and item: a NaN compares as smaller than nothing
 * and would rank first.
 */
export async function ranksOf(
  scorer: Scorer,
  histories: Histories,
  dataset: Dataset,
  test: Uint32Array,
): Promise<number[]> {
  const { user, item } = dataset.interactions;
  const ranks: number[] = [];
  for (const row of test) {
    const scores = await scorer(user[row]);
    for (let at = 0; at < scores.length; at++) {
      if (Number.isFinite(scores[at])) continue;
      throw new TilewrightError(
        `the score of item ${dataset.itemIds[at]} for user ${dataset.userIds[user[row]]} ` +
          `is ${scores[at]}`,
        { code: 'SCORE_NOT_FINITE', hint: 'Scores must be finite numbers to be ranked.' },
      );
    }
    ranks.push(midRank(scores, item[row], historyOf(histories, user[row])));
  }
  return ranks;
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
  options: EvaluationOptions = {},
): Promise<readonly EvaluationRow[]> {
  const { peers = false, onScored } = options;
  const { histories } = model;
  const { dimension, textColumns, seed, embedding } = model.options;
  const rows: EvaluationRow[] = [];
  const add = async (name: MethodName, scorer: Scorer) => {
    onProgress(`ranking all items for ${test.length} users, ${name}`);
    const ranks = await ranksOf(scorer, histories, dataset, test);
    rows.push({ name, figures: rankingFigures(ranks), ranks });
  };
  const network = async (name: MethodName, given: FusionInputs) => {
    const columns = { graphColumns: dimension, textColumns };
    await using session = await openFusion(model.fusion, given, columns);
    await add(name, async (user) => {
      const begin = performance.now();
      const scores = await session.score(user);
      onScored?.(performance.now() - begin);
      return scores;
    });
  };
  await network('full', inputs);
  await network('without h', ablated(inputs, 'h', dimension));
  await network('without e', ablated(inputs, 'e', dimension));
  if (peers) await network('without h1, h2', ablated(inputs, 'h1, h2', dimension));
  await add('popularity', popularityScorer(histories));
  if (peers) {
    await add('ItemKNN', itemNeighbourScorer(histories));
    await add('EASE', regressionScorer(histories, { ...embedding, seed }));
  }
  return rows;
}
