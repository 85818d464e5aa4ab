import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { artefactStore } from '../../codegen/support/store.ts';
import type { Dataset } from '../dataset/interactions.ts';
import type { RecommenderModel, TrainingInput } from './train-model.ts';
import { trainingHistories, trainModel } from './train-model.ts';

const formatVersion = 1;

/** Hash of everything in a dataset that training looks at. */
export function datasetHash(dataset: Dataset, rows: Uint32Array): string {
  const hash = createHash('sha256');
  const { user, item, rating, time } = dataset.interactions;
  for (const array of [user, item, rating, time, rows]) {
    hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  }
  hash.update(JSON.stringify([dataset.titles, dataset.genres]));
  return hash.digest('hex');
}

interface ModelHead {
  readonly formatVersion: number;
  readonly options: RecommenderModel['options'];
  readonly key: number;
  readonly scale: number;
}

function bytesOf(array: Int16Array | Float32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

async function writeModel(model: RecommenderModel, folder: string): Promise<void> {
  const { options, key, h0, userText, itemText, fusion } = model;
  const head: ModelHead = { formatVersion, options, key, scale: h0.scale };
  await writeFile(join(folder, 'model.json'), `${JSON.stringify(head, undefined, 2)}\n`);
  await writeFile(join(folder, 'h0.i16'), bytesOf(h0.values as Int16Array));
  await writeFile(join(folder, 'user-text.f32'), bytesOf(userText));
  await writeFile(join(folder, 'item-text.f32'), bytesOf(itemText));
  await writeFile(join(folder, 'fusion.onnx'), fusion);
}

function broken(folder: string, what: string, cause?: unknown): TilewrightError {
  return new TilewrightError(`the trained model in ${folder} is damaged: ${what}`, {
    code: 'MODEL_DAMAGED',
    hint: 'Remove that folder (or run tilewright clean); it is trained again at the next call.',
    cause,
  });
}

function readPart(folder: string, name: string, bytes: number): ArrayBuffer {
  let data: Buffer;
  try {
    data = readFileSync(join(folder, name));
  } catch (cause) {
    throw broken(folder, `${name} is missing`, cause);
  }
  if (data.length !== bytes) throw broken(folder, `${name} has ${data.length} bytes, not ${bytes}`);
  return new Uint8Array(data).buffer;
}

function readModel(folder: string, dataset: Dataset, rows: Uint32Array): RecommenderModel {
  let head: ModelHead;
  let fusion: Uint8Array;
  try {
    head = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as ModelHead;
    fusion = readFileSync(join(folder, 'fusion.onnx'));
  } catch (cause) {
    throw broken(folder, 'model.json or fusion.onnx cannot be read', cause);
  }
  if (head.formatVersion !== formatVersion) throw broken(folder, 'it has another format version');
  const histories = trainingHistories(dataset, rows);
  const { users, items } = histories;
  const { dimension: columns, textColumns } = head.options;
  const values = new Int16Array(readPart(folder, 'h0.i16', (users + items) * columns * 2));
  return {
    options: head.options,
    key: head.key,
    histories,
    h0: { rows: users + items, columns, bits: 16, scale: head.scale, values },
    userText: new Float32Array(readPart(folder, 'user-text.f32', users * textColumns * 4)),
    itemText: new Float32Array(readPart(folder, 'item-text.f32', items * textColumns * 4)),
    fusion,
  };
}

export interface StoredTraining extends Omit<TrainingInput, 'text' | 'device' | 'kernels'> {
  /** Identity of the text encoder, e.g. `CachedEncoder.identity()`. */
  readonly encoder: string;
  /** Called when the model is not there yet: what only training needs. */
  readonly prepare: () => Promise<Pick<TrainingInput, 'text' | 'device' | 'kernels'>>;
}

/** The model of a dataset from the artefact store; trained first when it is not there. */
export async function storedModel(input: StoredTraining): Promise<{
  readonly model: RecommenderModel;
  readonly cached: boolean;
  readonly folder: string;
}> {
  const { dataset, rows, options, encoder, prepare } = input;
  const key = { formatVersion, options, encoder, data: datasetHash(dataset, rows) };
  const { folder, cached } = await artefactStore().build('recommender', key, async (temporary) => {
    await writeModel(await trainModel({ ...input, ...(await prepare()) }), temporary);
  });
  return { model: readModel(folder, dataset, rows), cached, folder };
}
