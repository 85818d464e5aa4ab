/** The recommender: training, fusion of graph and text side, ranking, evaluation. */

export {
  itemNeighbourScorer,
  popularityScorer,
  regressionScorer,
  type Scorer,
} from './baselines.ts';
export {
  type EvaluationOptions,
  type EvaluationRow,
  evaluateFull,
  fusionInputs,
  type MethodName,
  ranksOf,
} from './evaluate.ts';
export type { FusionInputs } from './fusion-network.ts';
export { openFusion } from './fusion-session.ts';
export { type GraphSide, graphOf, graphSide } from './graph-side.ts';
export { type Latency, latencyOf, measureLatency } from './latency.ts';
export { readModel, type StoredTraining, storedModel, writeModel } from './model-store.ts';
export { midRank, pairedGain, type RankingFigures, rankingFigures, topItems } from './ranking.ts';
export {
  type LikedItem,
  likedItems,
  type Recommendation,
  recommend,
  userIndex,
} from './recommend.ts';
export { defaultOptions, type RecommenderOptions } from './recommender-options.ts';
export { itemText, type TextVectors } from './text-side.ts';
export { type RecommenderModel, type TrainingInput, trainModel } from './train-model.ts';
