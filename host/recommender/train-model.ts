import { createHash } from 'node:crypto';
import type { Dataset } from '../dataset/interactions.ts';
import { buildCsr } from '../graph/csr.ts';
import { type Quantised, quantise } from '../graph/quantise.ts';
import type { AggregationKernels, Device } from '../stream/index.ts';
import type { FusionInputs } from './fusion-network.ts';
import { exportFusion } from './fusion-onnx.ts';
import { trainFusion } from './fusion-training.ts';
import { graphOf, graphSide } from './graph-side.ts';
import { type Histories, historiesOf, holdBackLast } from './histories.ts';
import { trainNodeEmbeddings } from './node-embeddings.ts';
import type { RecommenderOptions } from './recommender-options.ts';
import {
  checkTextVectors,
  fitTextProjection,
  projectText,
  type TextProjection,
  type TextVectors,
  userTextVectors,
} from './text-side.ts';

/** A trained recommender: all that is needed besides a device to score every item for every user. */
export interface RecommenderModel {
  readonly options: RecommenderOptions;
  /** Key of the sampling. */
  readonly key: number;
  /** What the model learned from: the graph that is sampled, and what counts as seen. */
  readonly histories: Histories;
  /** nodes × dimension, int16. */
  readonly h0: Quantised;
  /** users × textColumns. */
  readonly userText: Float32Array;
  /** items × textColumns. */
  readonly itemText: Float32Array;
  /** The fusion network as an ONNX graph. */
  readonly fusion: Uint8Array;
}

export interface TrainingInput {
  readonly dataset: Dataset;
  /** Rows of the interactions to learn from. */
  readonly rows: Uint32Array;
  /** Of all items. */
  readonly text: TextVectors;
  readonly kernels: AggregationKernels;
  /** Where h1 and h2 are computed; which one does not matter to the result. */
  readonly device: Device;
  readonly options: RecommenderOptions;
  readonly signal?: AbortSignal;
  readonly onProgress?: (message: string) => void;
}

/** The histories of the training rows of a dataset. */
export function trainingHistories(dataset: Dataset, rows: Uint32Array): Histories {
  const items = dataset.itemIds.length;
  const { userToItem } = buildCsr(dataset.userIds.length, items, dataset.interactions, rows);
  return historiesOf(userToItem, items);
}

/** A sampling key that follows from the training seed. */
function samplingKey(seed: number): number {
  return createHash('sha256').update(`sampling ${seed}`).digest().readUInt32LE(0);
}

async function stateOf(
  histories: Histories,
  input: TrainingInput,
  projection: TextProjection,
  itemText: Float32Array,
  key: number,
): Promise<{ readonly h0: Quantised; readonly inputs: FusionInputs }> {
  const { options, text, kernels, device, signal } = input;
  const { dimension, seed } = options;
  const embeddings = trainNodeEmbeddings(histories, { seed, dimension, ...options.embedding });
  const h0 = quantise(embeddings, dimension);
  const joint = graphOf(histories);
  const graph = await graphSide(device, kernels, joint, h0, histories.users, key, signal);
  const userText = projectText(projection, userTextVectors(histories, text, options.textRecency));
  return {
    h0,
    inputs: { userGraph: graph.users, itemGraph: graph.items, userText, itemText },
  };
}

/**
 * Trains node embeddings and the fusion network. The network learns on a state of the graph without each
 * user's last items, which it has to predict; the model's own state then knows all training rows.
 * Deterministic: the same input gives the same bytes.
 */
export async function trainModel(input: TrainingInput): Promise<RecommenderModel> {
  const { options, onProgress = () => {}, signal } = input;
  const histories = trainingHistories(input.dataset, input.rows);
  checkTextVectors(input.text, histories.items);
  const key = samplingKey(options.seed);
  const projection = fitTextProjection(input.text, options.textColumns, options.seed);
  const itemText = projectText(projection, input.text.values);

  onProgress('node embeddings without the last items');
  const { before, later } = holdBackLast(histories, options.heldBack);
  const early = await stateOf(before, input, projection, itemText, key);
  signal?.throwIfAborted();
  const { hidden, textHeads, ...training } = options.fusion;
  const shape = {
    graphColumns: options.dimension,
    textColumns: options.textColumns,
    textHeads,
    hidden,
  };
  const { network } = trainFusion(
    early.inputs,
    before,
    later,
    shape,
    { seed: options.seed, ...training },
    (epoch, loss) =>
      onProgress(`fusion epoch ${epoch} of ${training.epochs}: loss ${loss.toFixed(3)}`),
  );
  signal?.throwIfAborted();
  onProgress('node embeddings of all training interactions');
  const { h0, inputs } = await stateOf(histories, input, projection, itemText, key);
  return {
    options,
    key,
    histories,
    h0,
    userText: inputs.userText,
    itemText,
    fusion: exportFusion(network),
  };
}
