/** The recommender: training, fusion of graph and text side, ranking, evaluation. */

export { type EvaluationRow, evaluateFull, fusionInputs } from './evaluate.ts';
export type { FusionInputs } from './fusion-network.ts';
export { openFusion } from './fusion-session.ts';
export { type GraphSide, graphOf, graphSide } from './graph-side.ts';
export { type StoredTraining, storedModel } from './model-store.ts';
export { midRank, type RankingFigures, rankingFigures, topItems } from './ranking.ts';
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
