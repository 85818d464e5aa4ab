import type { Csr } from '../graph/csr.ts';
import { Adam } from './adam.ts';
import { times, transposeTimes } from './dense.ts';
import type { FusionInputs, FusionNetwork, FusionShape } from './fusion-network.ts';
import {
  featureCount,
  graphFeatures,
  graphLayers,
  initialNetwork,
  writeGraphFeatures,
  writeLayerLengths,
} from './fusion-network.ts';
import type { Histories } from './histories.ts';
import { historyOf } from './histories.ts';
import type { Random } from './random.ts';
import { seededRandom, shuffle } from './random.ts';
import { addWeightedTexts, weightedUserText, writeTextFeatures } from './text-features.ts';

export interface FusionTrainingOptions {
  readonly seed: number;
  readonly epochs: number;
  /** Unseen items against which a user's next items are ranked. */
  readonly negatives: number;
  /** Users in one step. */
  readonly batch: number;
  readonly learningRate: number;
  /** Decay of weights, apart from the gradient (AdamW). */
  readonly decay: number;
  /** How often a user is shown without h, and how often without e. */
  readonly modalityDropout: number;
  /** Most users that are trained on; more are drawn at random. */
  readonly mostUsers: number;
}

/** One user's training pairs: the next items first, then unseen ones. */
export interface Lesson {
  readonly user: number;
  readonly positives: number;
  readonly items: Uint32Array;
  /** items × graphFeatures, as they come from z. */
  readonly graph: Float32Array;
  readonly lengths: Float32Array;
  /** How many unseen items each drawn one stands for. */
  readonly share: number;
}

export function drawLesson(
  inputs: FusionInputs,
  shape: FusionShape,
  before: Histories,
  next: Uint32Array,
  user: number,
  negatives: number,
  random: Random,
): Lesson {
  const taken = new Set([...historyOf(before, user), ...next]);
  const unseen = before.items - taken.size;
  const items: number[] = [...next];
  if (unseen <= negatives) {
    for (let item = 0; item < before.items; item++) if (!taken.has(item)) items.push(item);
  } else {
    while (items.length < next.length + negatives) {
      const item = random.below(before.items);
      if (taken.has(item)) continue;
      taken.add(item);
      items.push(item);
    }
  }
  const graph = new Float32Array(items.length * graphFeatures);
  items.forEach((item, at) => {
    writeGraphFeatures(inputs, shape.graphColumns, user, item, graph, at * graphFeatures);
  });
  const lengths = new Float32Array(graphLayers);
  writeLayerLengths(inputs.userGraph, shape.graphColumns, user, lengths, 0);
  const share = unseen / Math.max(1, items.length - next.length);
  return {
    user,
    positives: next.length,
    items: Uint32Array.from(items),
    graph,
    lengths,
    share,
  };
}

/** The gradient of a loss by each trained part of a network, in one piece. */
export type Gradients = Record<TrainedPart, Float64Array>;
export const trainedParts = ['heads', 'w1', 'wUser', 'b1', 'w2', 'skip'] as const;
export type TrainedPart = (typeof trainedParts)[number];

/** What a forward pass leaves for the backward one. */
export interface Pass {
  /** pairs × features, standardised. */
  readonly features: Float64Array;
  /** pairs × hidden, after the rectifier. */
  readonly activations: Float64Array;
  /** One a pair. */
  readonly scores: Float64Array;
}

export interface Masks {
  /** 0 or 1. */
  readonly graph: number;
  readonly text: number;
}

export function forward(
  network: FusionNetwork,
  inputs: FusionInputs,
  lesson: Lesson,
  masks: Masks,
): Pass {
  const { shape, mean, deviation, w1, wUser, b1, w2, skip } = network;
  const { hidden, textColumns } = shape;
  const count = featureCount(shape);
  const pairs = lesson.items.length;
  const weighted = weightedUserText(network, inputs.userText, lesson.user);
  const features = new Float64Array(pairs * count);
  const scores = new Float64Array(pairs);
  const { itemText } = inputs;
  if (masks.text) {
    const start = graphFeatures;
    writeTextFeatures(weighted, itemText, textColumns, lesson.items, features, start, count);
  }
  for (let pair = 0; pair < pairs; pair++) {
    const f = pair * count;
    for (let k = 0; k < graphFeatures; k++) {
      features[f + k] = lesson.graph[pair * graphFeatures + k] * masks.graph;
    }
    for (let k = 0; k < count; k++) {
      const value = (features[f + k] - mean[k]) / deviation[k];
      features[f + k] = value;
      scores[pair] += value * skip[k];
    }
  }
  const bias = b1.slice();
  for (let k = 0; k < graphLayers; k++) {
    const length = lesson.lengths[k] * masks.graph;
    for (let unit = 0; unit < hidden; unit++) bias[unit] += length * wUser[k * hidden + unit];
  }
  const activations = times(features, count, w1, hidden);
  for (let pair = 0; pair < pairs; pair++) {
    for (let unit = 0, at = pair * hidden; unit < hidden; unit++, at++) {
      const active = Math.max(0, activations[at] + bias[unit]);
      activations[at] = active;
      scores[pair] += active * w2[unit];
    }
  }
  return { features, activations, scores };
}

/**
 * Softmax loss of each next item against the unseen items, which the drawn ones stand for; the scores
 * are overwritten by its derivatives. Returns the sum of the losses.
 */
export function lossAndDerivatives(lesson: Lesson, scores: Float64Array): number {
  const { positives, share } = lesson;
  const pairs = lesson.items.length;
  let top = Number.NEGATIVE_INFINITY;
  for (let pair = 0; pair < pairs; pair++) top = Math.max(top, scores[pair]);
  let rest = 0;
  for (let pair = positives; pair < pairs; pair++) {
    scores[pair] = share * Math.exp(scores[pair] - top);
    rest += scores[pair];
  }
  let loss = 0;
  let weight = 0;
  for (let pair = 0; pair < positives; pair++) {
    const own = Math.exp(scores[pair] - top);
    const total = own + rest;
    loss -= scores[pair] - top - Math.log(total);
    weight += 1 / total;
    scores[pair] = own / total - 1;
  }
  for (let pair = positives; pair < pairs; pair++) scores[pair] *= weight;
  return loss;
}

function addTo(sum: Float64Array, values: Float64Array): void {
  for (let at = 0; at < sum.length; at++) sum[at] += values[at];
}

/** `pass.scores` holds the derivatives by the scores. */
export function backward(
  network: FusionNetwork,
  inputs: FusionInputs,
  lesson: Lesson,
  masks: Masks,
  pass: Pass,
  gradients: Gradients,
): void {
  const { shape, deviation, w1, w2, skip } = network;
  const { hidden, textHeads, textColumns } = shape;
  const count = featureCount(shape);
  const { features, activations, scores } = pass;
  const bias = new Float64Array(hidden);
  const delta = activations;
  for (let pair = 0; pair < scores.length; pair++) {
    const slope = scores[pair];
    for (let k = 0, at = pair * count; k < count; k++) {
      gradients.skip[k] += slope * features[at + k];
    }
    for (let unit = 0, at = pair * hidden; unit < hidden; unit++, at++) {
      const active = activations[at];
      gradients.w2[unit] += slope * active;
      const change = active > 0 ? slope * w2[unit] : 0;
      delta[at] = change;
      bias[unit] += change;
    }
  }
  addTo(gradients.w1, transposeTimes(features, count, delta, hidden));
  addTo(gradients.b1, bias);
  for (let k = 0; k < graphLayers; k++) {
    for (let unit = 0; unit < hidden; unit++) {
      gradients.wUser[k * hidden + unit] += bias[unit] * lesson.lengths[k] * masks.graph;
    }
  }
  if (!masks.text) return;
  const slopes = new Float64Array(scores.length * textHeads);
  for (let pair = 0; pair < scores.length; pair++) {
    for (let head = 0; head < textHeads; head++) {
      const k = graphFeatures + head;
      let slope = scores[pair] * skip[k];
      for (let unit = 0; unit < hidden; unit++) {
        slope += delta[pair * hidden + unit] * w1[k * hidden + unit];
      }
      slopes[pair * textHeads + head] = slope / deviation[k];
    }
  }
  const text = new Float64Array(textHeads * textColumns);
  addWeightedTexts(text, slopes, inputs.itemText, textColumns, lesson.items);
  const from = lesson.user * textColumns;
  for (let at = 0; at < text.length; at++) {
    gradients.heads[at] += text[at] * inputs.userText[from + (at % textColumns)];
  }
}

/** Mean and deviation of each feature over the training pairs. */
function standardise(network: FusionNetwork, inputs: FusionInputs, lessons: readonly Lesson[]) {
  const { textColumns, textHeads } = network.shape;
  const count = featureCount(network.shape);
  const sum = new Float64Array(count);
  const squares = new Float64Array(count);
  let pairs = 0;
  const { itemText } = inputs;
  for (const lesson of lessons) {
    const weighted = weightedUserText(network, inputs.userText, lesson.user);
    const texts = new Float64Array(lesson.items.length * textHeads);
    writeTextFeatures(weighted, itemText, textColumns, lesson.items, texts, 0, textHeads);
    for (let pair = 0; pair < lesson.items.length; pair++) {
      for (let k = 0; k < count; k++) {
        const value =
          k < graphFeatures
            ? lesson.graph[pair * graphFeatures + k]
            : texts[pair * textHeads + k - graphFeatures];
        sum[k] += value;
        squares[k] += value * value;
      }
    }
    pairs += lesson.items.length;
  }
  for (let k = 0; k < count; k++) {
    network.mean[k] = sum[k] / pairs;
    const variance = squares[k] / pairs - network.mean[k] ** 2;
    // A feature that never varies says nothing; dividing by its zero deviation must not make it shout.
    network.deviation[k] = variance > 1e-18 ? Math.sqrt(variance) : 1;
  }
}

export interface FusionTrainingReport {
  readonly users: number;
  readonly positives: number;
  /** Mean loss of a positive in each epoch. */
  readonly losses: readonly number[];
}

/**
 * Trains a network to rank each user's next items (`later`) above unseen ones, from inputs that know
 * only what came before. `later` is empty for users that are not trained on.
 */
export function trainFusion(
  inputs: FusionInputs,
  before: Histories,
  later: Csr,
  shape: FusionShape,
  options: FusionTrainingOptions,
  onEpoch?: (epoch: number, loss: number) => void,
): { readonly network: FusionNetwork; readonly report: FusionTrainingReport } {
  const network = initialNetwork(shape, seededRandom(options.seed, 'fusion start'));
  const random = seededRandom(options.seed, 'fusion lessons');
  const all = Uint32Array.from({ length: before.users }, (_, user) => user);
  const chosen = shuffle(all, random)
    .filter((user) => later.rowPtr[user + 1] > later.rowPtr[user])
    .subarray(0, options.mostUsers);
  const lessons: Lesson[] = [];
  for (const user of chosen) {
    const next = later.colIdx.subarray(later.rowPtr[user], later.rowPtr[user + 1]);
    const { negatives } = options;
    const lesson = drawLesson(inputs, shape, before, next, user, negatives, random);
    if (lesson.items.length > lesson.positives) lessons.push(lesson);
  }
  const positives = lessons.reduce((sum, lesson) => sum + lesson.positives, 0);
  const losses: number[] = [];
  if (lessons.length === 0) return { network, report: { users: 0, positives, losses } };
  standardise(network, inputs, lessons);

  const gradients = Object.fromEntries(
    trainedParts.map((part) => [part, new Float64Array(network[part].length)]),
  ) as Gradients;
  const optimisers = trainedParts.map((part) => ({
    part,
    // The skip connection and the heads start as what they should stay near to: no pull to zero.
    adam: new Adam(network[part], part === 'w1' || part === 'w2' ? options.decay : 0),
  }));
  const order = Uint32Array.from(lessons, (_, at) => at);
  const steps = options.epochs * Math.ceil(lessons.length / options.batch);
  let step = 0;
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    shuffle(order, random);
    let total = 0;
    for (let from = 0; from < order.length; from += options.batch) {
      const batch = order.subarray(from, from + options.batch);
      for (const part of trainedParts) gradients[part].fill(0);
      let counted = 0;
      for (const at of batch) {
        const lesson = lessons[at];
        const draw = random.uniform();
        const masks: Masks = {
          graph: draw < options.modalityDropout ? 0 : 1,
          text: draw > 1 - options.modalityDropout ? 0 : 1,
        };
        const pass = forward(network, inputs, lesson, masks);
        total += lossAndDerivatives(lesson, pass.scores);
        backward(network, inputs, lesson, masks, pass, gradients);
        counted += lesson.positives;
      }
      // From full speed down to nothing along half a cosine.
      const rate = options.learningRate * 0.5 * (1 + Math.cos((Math.PI * step) / steps));
      step++;
      for (const { part, adam } of optimisers) adam.step(gradients[part], 1 / counted, rate);
    }
    losses.push(total / positives);
    onEpoch?.(epoch + 1, total / positives);
  }
  return { network, report: { users: lessons.length, positives, losses } };
}
