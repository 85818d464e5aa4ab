import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dataset } from '../../host/dataset/index.ts';
import { ablated } from '../../host/recommender/evaluate.ts';
import {
  evaluateFull,
  type FusionInputs,
  fusionInputs,
  graphOf,
  graphSide,
  likedItems,
  type RecommenderModel,
  readModel,
  recommend,
  storedModel,
  trainModel,
  userIndex,
  writeModel,
} from '../../host/recommender/index.ts';
import { modelFiles } from '../../host/recommender/model-store.ts';
import { plainKernels } from '../stream/plain-device.ts';
import { smallOptions, smallWorld } from './small-world.ts';

const world = smallWorld();
const { dataset, split, rows, input } = world;
const folder = mkdtempSync(join(tmpdir(), 'tilewright-model-'));
let model: RecommenderModel;
let inputs: FusionInputs;

async function graphInputs(of: RecommenderModel): Promise<FusionInputs> {
  const { histories, h0, key } = of;
  const { device, kernels } = input;
  const graph = await graphSide(device, kernels, graphOf(histories), h0, histories.users, key);
  return fusionInputs(of, graph);
}

beforeAll(async () => {
  model = await trainModel(input);
  inputs = await graphInputs(model);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('trainModel', () => {
  it('gives the same bytes for the same seed, others for another', async () => {
    expect(modelFiles(await trainModel(input))).toEqual(modelFiles(model));
    const other = await trainModel({ ...input, options: { ...smallOptions, seed: 2 } });
    expect(other.fusion).not.toEqual(model.fusion);
  });

  it('never looks at the test part', async () => {
    const { interactions } = dataset;
    const item = interactions.item.slice();
    const rating = interactions.rating.slice();
    for (const row of split.test) {
      item[row] = (item[row] + 1) % dataset.itemIds.length;
      rating[row] = 0.5;
    }
    const changed: Dataset = { ...dataset, interactions: { ...interactions, item, rating } };
    expect(modelFiles(await trainModel({ ...input, dataset: changed }))).toEqual(modelFiles(model));
  });

  it('ranks above popularity, and worse without h or e', async () => {
    const table = await evaluateFull(model, inputs, dataset, split.test, undefined, {
      peers: true,
    });
    expect(table.map(({ name }) => name)).toEqual([
      'full',
      'without h',
      'without e',
      'without h1, h2',
      'popularity',
      'ItemKNN',
      'EASE',
    ]);
    const ndcg = Object.fromEntries(table.map(({ name, figures }) => [name, figures.ndcg]));
    expect(ndcg['full']).toBeGreaterThan(ndcg['popularity']);
    expect(ndcg['full']).toBeGreaterThan(ndcg['without h']);
    expect(ndcg['full']).toBeGreaterThan(ndcg['without e']);
    expect(table.every(({ ranks }) => ranks.length === split.test.length)).toBe(true);
  });

  it('refuses text vectors that are not finite, and a training part without interactions', async () => {
    const values = world.text.values.slice();
    values[0] = Number.POSITIVE_INFINITY;
    const { dimensions } = world.text;
    await expect(trainModel({ ...input, text: { dimensions, values } })).rejects.toThrow(
      'the text vector of item 0 has Infinity in column 0',
    );
    await expect(trainModel({ ...input, rows: new Uint32Array(0) })).rejects.toThrow(
      'no training interactions',
    );
  });

  it('stops when it is told to', async () => {
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(trainModel({ ...input, signal })).rejects.toThrow('stopped');
  });

  it('manages users with one interaction and items with none', async () => {
    const interactions = {
      user: Uint32Array.of(0, 1, 1, 2),
      item: Uint32Array.of(0, 0, 1, 3),
      rating: new Float32Array(4).fill(4),
      time: Float64Array.of(1, 2, 3, 4),
    };
    const tiny: Dataset = {
      name: 'tiny',
      userIds: ['a', 'b', 'c'],
      itemIds: ['p', 'q', 'r', 's', 't'],
      titles: ['One', 'Two', '', 'Four', 'Five'],
      genres: ['', '', '', '', ''],
      interactions,
    };
    const small = smallWorld(tiny);
    const trained = await trainModel({ ...small.input, rows: Uint32Array.of(0, 1, 2, 3) });
    const given = await graphInputs(trained);
    const items = await recommend(trained, given, tiny, 0, 10);
    expect(items.length).toBe(4);
    expect(items.every(({ score }) => Number.isFinite(score))).toBe(true);
  });
});

describe('a stored model', () => {
  it('comes back as it was', async () => {
    const place = mkdtempSync(join(folder, 'whole-'));
    await writeModel(model, place);
    const read = readModel(place, dataset, rows);
    expect(modelFiles(read)).toEqual(modelFiles(model));
    const items = await recommend(read, await graphInputs(read), dataset, 5, 10);
    expect(items).toEqual(await recommend(model, inputs, dataset, 5, 10));
  });

  it('is trained once and taken from the store after that', async () => {
    const before = process.env['TILEWRIGHT_CACHE'];
    process.env['TILEWRIGHT_CACHE'] = mkdtempSync(join(folder, 'store-'));
    try {
      let prepared = 0;
      const { text, device, kernels, ...rest } = input;
      const prepare = async () => {
        prepared++;
        return { text, device, kernels };
      };
      const first = await storedModel({ ...rest, encoder: 'words', prepare });
      const second = await storedModel({ ...rest, encoder: 'words', prepare });
      expect([first.cached, second.cached, prepared]).toEqual([false, true, 1]);
      expect(modelFiles(second.model)).toEqual(modelFiles(model));
      const options = { ...smallOptions, seed: 3 };
      const other = await storedModel({ ...rest, options, encoder: 'words', prepare });
      expect([other.cached, prepared]).toEqual([false, 2]);
    } finally {
      if (before === undefined) delete process.env['TILEWRIGHT_CACHE'];
      else process.env['TILEWRIGHT_CACHE'] = before;
    }
  });

  it('is refused when a file is missing, cut off or changed', async () => {
    const place = mkdtempSync(join(folder, 'broken-'));
    await writeModel(model, place);
    for (const name of readdirSync(place)) {
      await writeModel(model, place);
      writeFileSync(join(place, name), 'x');
      expect(() => readModel(place, dataset, rows), name).toThrow(/is damaged/);
      await writeModel(model, place);
      rmSync(join(place, name));
      expect(() => readModel(place, dataset, rows), name).toThrow(/is damaged/);
    }
    await writeModel(model, place);
    appendFileSync(join(place, 'fusion.onnx'), ' ');
    expect(() => readModel(place, dataset, rows)).toThrow('fusion.onnx was changed');
  });
});

describe('ablations', () => {
  it('set what they name to zero and nothing else', () => {
    const isZero = (values: Float32Array) => values.every((value) => value === 0);
    const withoutH = ablated(inputs, 'h', 32);
    expect(isZero(withoutH.userGraph) && isZero(withoutH.itemGraph)).toBe(true);
    expect(withoutH.userText).toBe(inputs.userText);
    expect(withoutH.itemText).toBe(inputs.itemText);
    const withoutE = ablated(inputs, 'e', 32);
    expect(isZero(withoutE.userText) && isZero(withoutE.itemText)).toBe(true);
    expect(withoutE.userGraph).toBe(inputs.userGraph);
    const ownOnly = ablated(inputs, 'h1, h2', 32);
    const row = ownOnly.itemGraph.subarray(96, 192);
    expect(row.subarray(0, 32)).toEqual(inputs.itemGraph.subarray(96, 128));
    expect(isZero(row.subarray(32))).toBe(true);
    expect(isZero(inputs.itemGraph)).toBe(false);
  });
});

describe('recommend', () => {
  it('gives unseen items, best first, with titles', async () => {
    const user = 3;
    const seen = new Set([...rows].filter((row) => dataset.interactions.user[row] === user));
    const items = await recommend(model, inputs, dataset, user, 10);
    expect(items.length).toBe(10);
    const seenIds = [...seen].map((row) => dataset.itemIds[dataset.interactions.item[row]]);
    items.forEach(({ item, title, score }, at) => {
      expect(seenIds).not.toContain(item);
      expect(title).toBe(dataset.titles[dataset.itemIds.indexOf(item)]);
      if (at > 0) expect(score).toBeLessThanOrEqual(items[at - 1].score);
    });
  });

  it('depends on what was sampled', async () => {
    const fewer = plainKernels({ rowBeats: 1, fanout: 2 });
    const { histories, h0, key } = model;
    const graph = await graphSide(
      input.device,
      fewer,
      graphOf(histories),
      h0,
      histories.users,
      key,
    );
    expect(graph.users).not.toEqual(inputs.userGraph);
    expect(graph.users.length).toBe(inputs.userGraph.length);
  });

  it('finds users by their ids and says which there are', () => {
    expect(userIndex(dataset, dataset.userIds[7])).toBe(7);
    expect(() => userIndex(dataset, '99999')).toThrow('there is no user 99999');
    try {
      userIndex(dataset, 'x');
    } catch (error) {
      expect((error as { hint: string }).hint).toContain(
        `${dataset.userIds.length} users, from ${dataset.userIds[0]} to ${dataset.userIds.at(-1)}`,
      );
    }
  });

  it('lists liked items by rating, then the latest', () => {
    const liked = likedItems(dataset, rows, 4, 5);
    expect(liked.length).toBe(5);
    liked.forEach(({ rating }, at) => {
      if (at > 0) expect(rating).toBeLessThanOrEqual(liked[at - 1].rating);
    });
  });
});
