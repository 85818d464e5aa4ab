import type { FusionTrainingOptions } from './fusion-training.ts';
import type { NodeEmbeddingOptions } from './node-embeddings.ts';

/** Everything that fixes a trained recommender besides its data; all of it is part of the model's hash. */
export interface RecommenderOptions {
  readonly seed: number;
  /** Neighbours drawn for each node and hop. */
  readonly fanout: number;
  /** Columns of h0, h1 and h2; a multiple of 32, so that rows are whole beats of i16. */
  readonly dimension: number;
  /** Columns of e after reduction. */
  readonly textColumns: number;
  /** How many interactions back a text's weight in e_u falls to 1/e. */
  readonly textRecency: number;
  /** Last items of each user that the fusion network learns to predict. */
  readonly heldBack: number;
  readonly embedding: Omit<NodeEmbeddingOptions, 'seed' | 'dimension'>;
  readonly fusion: Omit<FusionTrainingOptions, 'seed'> & {
    readonly hidden: number;
    readonly textHeads: number;
  };
}

/** Chosen by the validation part of the MovieLens split. */
export const defaultOptions: RecommenderOptions = {
  seed: 1,
  fanout: 16,
  dimension: 64,
  textColumns: 128,
  textRecency: 3,
  heldBack: 5,
  embedding: { regularisation: 200, spectrum: 200, graphRecency: 4 },
  fusion: {
    hidden: 32,
    textHeads: 2,
    epochs: 8,
    negatives: 512,
    batch: 16,
    learningRate: 0.005,
    decay: 0.01,
    modalityDropout: 0.1,
    mostUsers: 1500,
  },
};
