import type { Random } from './random.ts';

/** Layers of h: h0, h1, h2. */
export const graphLayers = 3;

/** The sizes that fix a fusion network. */
export interface FusionShape {
  /** Columns of one graph layer; h has three of them side by side. */
  readonly graphColumns: number;
  /** Columns of e. */
  readonly textColumns: number;
  /** Learned weightings of e_u ⊙ e_i. */
  readonly textHeads: number;
  readonly hidden: number;
}

/**
 * The four parts of z = h_u‖e_u‖h_i‖e_i (arXiv 2507.01035), for all users or all items. Rows of h are
 * h0‖h1‖h2, rows of e have length 1 or are zero.
 */
export interface FusionInputs {
  /** users × 3·graphColumns. */
  readonly userGraph: Float32Array;
  /** users × textColumns. */
  readonly userText: Float32Array;
  /** items × 3·graphColumns. */
  readonly itemGraph: Float32Array;
  /** items × textColumns. */
  readonly itemText: Float32Array;
}

/**
 * The network from z to a score. Its first layer takes inner products of the blocks of z: every layer of
 * h_u with every layer of h_i, weighted products of e_u with e_i, and the lengths of the layers. The axes
 * of trained embeddings are arbitrary and turn from one training to the next, inner products do not:
 * so what is learned on one state of the graph holds on another. Then
 * score = relu(f·w1 + g·wUser + b1)·w2 + f·skip, f standardised.
 */
export interface FusionNetwork {
  readonly shape: FusionShape;
  /** textHeads × textColumns. */
  readonly heads: Float64Array;
  /** Of each feature of a pair, over the training pairs: graph features, then text features. */
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
  /** features × hidden. */
  readonly w1: Float64Array;
  /** graphLayers × hidden, from the lengths of the layers of h_u. */
  readonly wUser: Float64Array;
  readonly b1: Float64Array;
  readonly w2: Float64Array;
  readonly skip: Float64Array;
}

/** Inner products of all pairs of layers, then the lengths of the item's layers. */
export const graphFeatures = graphLayers * graphLayers + graphLayers;

export function featureCount(shape: FusionShape): number {
  return graphFeatures + shape.textHeads;
}

/**
 * A network whose skip connection already ranks by ⟨h0(u), h0(i)⟩ and ⟨e_u, e_i⟩, so that training starts from
 * something sensible.
 */
export function initialNetwork(shape: FusionShape, random: Random): FusionNetwork {
  const { textColumns, textHeads, hidden } = shape;
  const features = featureCount(shape);
  const normal = (length: number, scale: number) =>
    new Float64Array(length).map(() => random.normal() * scale);
  const skip = new Float64Array(features);
  skip[0] = 1;
  for (let head = 0; head < textHeads; head++) skip[graphFeatures + head] = 1 / textHeads;
  return {
    shape,
    heads: normal(textHeads * textColumns, 0.1).map((value) => 1 + value),
    mean: new Float64Array(features),
    deviation: new Float64Array(features).fill(1),
    w1: normal(features * hidden, Math.sqrt(2 / features)),
    wUser: normal(graphLayers * hidden, 0.1),
    b1: normal(hidden, 0.1),
    w2: normal(hidden, 0.1),
    skip,
  };
}

/** Writes a user's and an item's graph features at `at`. */
export function writeGraphFeatures(
  inputs: FusionInputs,
  columns: number,
  user: number,
  item: number,
  out: Float32Array,
  at: number,
): void {
  const { userGraph, itemGraph } = inputs;
  const width = graphLayers * columns;
  let to = at;
  for (let layer = 0; layer < graphLayers; layer++) {
    const mine = item * width + layer * columns;
    for (let other = 0; other < graphLayers; other++) {
      const theirs = user * width + other * columns;
      let sum = 0;
      for (let d = 0; d < columns; d++) sum += itemGraph[mine + d] * userGraph[theirs + d];
      out[to++] = sum;
    }
  }
  writeLayerLengths(itemGraph, columns, item, out, to);
}

/** Writes the Euclidean length of each layer of a row of h at `at`. */
export function writeLayerLengths(
  graph: Float32Array,
  columns: number,
  row: number,
  out: Float32Array | Float64Array,
  at: number,
): void {
  for (let layer = 0; layer < graphLayers; layer++) {
    const from = (row * graphLayers + layer) * columns;
    let sum = 0;
    for (let d = from; d < from + columns; d++) sum += graph[d] * graph[d];
    out[at + layer] = Math.sqrt(sum);
  }
}

/** Scores all items for one user, in double precision: what the exported ONNX graph is checked against. */
export function scoreWithNetwork(
  network: FusionNetwork,
  inputs: FusionInputs,
  user: number,
): Float64Array {
  const { shape, heads, mean, deviation, w1, wUser, b1, w2, skip } = network;
  const { graphColumns, textColumns, textHeads, hidden } = shape;
  const items = inputs.itemText.length / textColumns;
  const features = featureCount(shape);
  const pair = new Float32Array(graphFeatures);
  const lengths = new Float64Array(graphLayers);
  writeLayerLengths(inputs.userGraph, graphColumns, user, lengths, 0);
  const scores = new Float64Array(items);
  const f = new Float64Array(features);
  for (let item = 0; item < items; item++) {
    writeGraphFeatures(inputs, graphColumns, user, item, pair, 0);
    f.set(pair);
    for (let head = 0; head < textHeads; head++) {
      let sum = 0;
      for (let d = 0; d < textColumns; d++) {
        sum +=
          heads[head * textColumns + d] *
          inputs.userText[user * textColumns + d] *
          inputs.itemText[item * textColumns + d];
      }
      f[graphFeatures + head] = sum;
    }
    let score = 0;
    for (let k = 0; k < features; k++) {
      f[k] = (f[k] - mean[k]) / deviation[k];
      score += f[k] * skip[k];
    }
    for (let unit = 0; unit < hidden; unit++) {
      let sum = b1[unit];
      for (let k = 0; k < features; k++) sum += f[k] * w1[k * hidden + unit];
      for (let k = 0; k < graphLayers; k++) sum += lengths[k] * wUser[k * hidden + unit];
      if (sum > 0) score += sum * w2[unit];
    }
    scores[item] = score;
  }
  return scores;
}
