import { type Dataset, splitLeaveLastOut, syntheticDataset } from '../../host/dataset/index.ts';
import {
  defaultOptions,
  itemText,
  type RecommenderOptions,
  type TextVectors,
  type TrainingInput,
} from '../../host/recommender/index.ts';
import { seededRandom } from '../../host/recommender/random.ts';
import { PlainDevice, plainKernels } from '../stream/plain-device.ts';

const dimensions = 24;

/** Stands in for a text encoder: the sum of a fixed random vector for each word, of length 1. */
export function wordVectors(texts: readonly string[]): TextVectors {
  const values = new Float32Array(texts.length * dimensions);
  texts.forEach((text, row) => {
    const sum = new Float64Array(dimensions);
    for (const word of text.toLowerCase().match(/[a-z]{3,}/g) ?? []) {
      const random = seededRandom(1, word);
      for (let d = 0; d < dimensions; d++) sum[d] += random.normal();
    }
    const length = Math.hypot(...sum) || 1;
    for (let d = 0; d < dimensions; d++) values[row * dimensions + d] = sum[d] / length;
  });
  return { dimensions, values };
}

export const smallOptions: RecommenderOptions = {
  ...defaultOptions,
  dimension: 32,
  textColumns: 12,
  heldBack: 3,
  textRecency: 50,
  embedding: { regularisation: 20, spectrum: 40, graphRecency: 50 },
  fusion: { ...defaultOptions.fusion, hidden: 8, epochs: 5, negatives: 60 },
};

/** A dataset with taste in it, split, and what training takes. */
export function smallWorld(dataset: Dataset = syntheticDataset({ users: 300, items: 100 })) {
  const split = splitLeaveLastOut(dataset.interactions);
  const rows = Uint32Array.from([...split.train, ...split.validation]).sort();
  const text = wordVectors(dataset.titles.map((title, at) => itemText(title, dataset.genres[at])));
  const input: TrainingInput = {
    dataset,
    rows,
    text,
    kernels: plainKernels({ rowBeats: 1 }),
    device: new PlainDevice(),
    options: smallOptions,
  };
  return { dataset, split, rows, text, input };
}
