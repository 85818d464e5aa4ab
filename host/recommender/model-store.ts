import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { artefactStore } from '../../codegen/support/store.ts';
import type { Dataset } from '../dataset/interactions.ts';
import type { RecommenderModel, TrainingInput } from './train-model.ts';
import { trainingHistories, trainModel } from './train-model.ts';

const formatVersion = 2;

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
  /** Of every other file, in hex. */
  readonly sha256: Readonly<Record<string, string>>;
}

function bytesOf(array: Int16Array | Float32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A model as files by name; the same model gives the same bytes. */
export function modelFiles(model: RecommenderModel): ReadonlyMap<string, Uint8Array> {
  const { options, key, h0, userText, itemText, fusion } = model;
  const files = new Map<string, Uint8Array>([
    ['h0.i16', bytesOf(h0.values as Int16Array)],
    ['user-text.f32', bytesOf(userText)],
    ['item-text.f32', bytesOf(itemText)],
    ['fusion.onnx', fusion],
  ]);
  const hashes = Object.fromEntries([...files].map(([name, bytes]) => [name, sha256(bytes)]));
  const head: ModelHead = { formatVersion, options, key, scale: h0.scale, sha256: hashes };
  const text = `${JSON.stringify(head, undefined, 2)}\n`;
  return files.set('model.json', new TextEncoder().encode(text));
}

/** Writes a model into an empty folder. */
export async function writeModel(model: RecommenderModel, folder: string): Promise<void> {
  for (const [name, bytes] of modelFiles(model)) await writeFile(join(folder, name), bytes);
}

function broken(folder: string, what: string, cause?: unknown): TilewrightError {
  return new TilewrightError(`the trained model in ${folder} is damaged: ${what}`, {
    code: 'MODEL_DAMAGED',
    hint: 'Remove that folder (or run tilewright clean); it is trained again at the next call.',
    cause,
  });
}

function readPart(folder: string, name: string, head: ModelHead, bytes?: number): ArrayBuffer {
  let data: Buffer;
  try {
    data = readFileSync(join(folder, name));
  } catch (cause) {
    throw broken(folder, `${name} is missing`, cause);
  }
  if (bytes !== undefined && data.length !== bytes) {
    throw broken(folder, `${name} has ${data.length} bytes, not ${bytes}`);
  }
  if (sha256(data) !== head.sha256?.[name]) throw broken(folder, `${name} was changed`);
  return new Uint8Array(data).buffer;
}

/**
 * Reads a model that `writeModel` wrote, trained on `rows` of the dataset.
 * @throws TilewrightError `MODEL_DAMAGED` when a file is missing, cut off or changed.
 */
export function readModel(folder: string, dataset: Dataset, rows: Uint32Array): RecommenderModel {
  let head: ModelHead;
  try {
    head = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as ModelHead;
  } catch (cause) {
    throw broken(folder, 'model.json cannot be read', cause);
  }
  if (head.formatVersion !== formatVersion) throw broken(folder, 'it has another format version');
  const histories = trainingHistories(dataset, rows);
  const { users, items } = histories;
  const { dimension: columns, textColumns } = head.options;
  const values = new Int16Array(readPart(folder, 'h0.i16', head, (users + items) * columns * 2));
  return {
    options: head.options,
    key: head.key,
    histories,
    h0: { rows: users + items, columns, bits: 16, scale: head.scale, values },
    userText: new Float32Array(readPart(folder, 'user-text.f32', head, users * textColumns * 4)),
    itemText: new Float32Array(readPart(folder, 'item-text.f32', head, items * textColumns * 4)),
    fusion: new Uint8Array(readPart(folder, 'fusion.onnx', head)),
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
