import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SentenceEncoder } from '../../host/encoder/index.ts';
import { openEncoder } from '../../host/encoder/index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

// What the npm package's own runtime and tokenizer give, see make-reference.cjs beside it.
const reference: {
  readonly stride: number;
  readonly rows: readonly {
    readonly text: string;
    readonly ids: readonly number[];
    readonly sample: readonly number[];
  }[];
} = JSON.parse(
  readFileSync(new URL('./fixtures/sentence-encoder-lite.json', import.meta.url), 'utf8'),
);
const { rows, stride } = reference;
const { folder, write } = temporaryFolder();
const dimensions = 512;
const steps: string[] = [];
let encoder: SentenceEncoder;

beforeAll(async () => {
  encoder = await openEncoder(undefined, {
    cacheFolder: folder,
    threads: 1,
    onProgress: (step) => steps.push(step),
  });
});
afterAll(() => encoder.close());

describe('the default encoder', () => {
  it('is converted once and laid out as on Hugging Face', async () => {
    expect(steps[0]).toContain('converting');
    expect(encoder.dimensions).toBe(dimensions);
    const config = JSON.parse(readFileSync(join(encoder.folder, 'config.json'), 'utf8'));
    expect(config).toMatchObject({ hidden_size: dimensions, max_position_embeddings: 128 });
    const again: string[] = [];
    const second = await openEncoder(undefined, {
      cacheFolder: folder,
      threads: 1,
      onProgress: (step) => again.push(step),
    });
    expect(second.folder).toBe(encoder.folder);
    expect(again.some((step) => step.includes('converting'))).toBe(false);
    await second.close();
    const plain = await openEncoder(encoder.folder, { threads: 1 });
    expect(await plain.identity()).toBe(await encoder.identity());
    await plain.close();
  });

  it('tokenises as the package does', () => {
    const json = JSON.parse(readFileSync(join(encoder.folder, 'tokenizer.json'), 'utf8'));
    const tokenizer = new Tokenizer(json, {});
    for (const { text, ids } of rows) expect(tokenizer.encode(text).ids, text).toEqual(ids);
    expect(tokenizer.encode('').ids).toEqual([]);
  });

  it('gives the vectors of the package’s own runtime', async () => {
    const vectors = await encoder.encode(rows.map(({ text }) => text));
    rows.forEach(({ text, sample }, row) => {
      sample.forEach((expected, at) => {
        const value = vectors[row * dimensions + at * stride];
        expect(Math.abs(value - expected), text).toBeLessThan(5e-6);
      });
    });
  });

  it('gives a text the same vector in any company', async () => {
    const texts = rows.map(({ text }) => text);
    const together = await encoder.encode(texts);
    for (const row of [0, 2, 8, 25, 28]) {
      const alone = await encoder.encode([texts[row]]);
      const difference = alone.map((value, at) =>
        Math.abs(value - together[row * dimensions + at]),
      );
      expect(Math.max(...difference)).toBeLessThan(1e-6);
      expect(Math.hypot(...alone)).toBeCloseTo(1, 5);
    }
    expect(await encoder.encode(texts)).toEqual(together);
  });

  it('gives zeros for an empty text and cuts at 128 tokens', async () => {
    const vectors = await encoder.encode([
      '',
      'a',
      'word '.repeat(200),
      'word '.repeat(128).trim(),
    ]);
    const vector = (row: number) => vectors.subarray(row * dimensions, (row + 1) * dimensions);
    expect(vector(0).every((value) => value === 0)).toBe(true);
    expect(vector(2)).toEqual(vector(3));
    expect(vector(1)).not.toEqual(vector(3));
    expect(await encoder.encode([''])).toEqual(new Float32Array(dimensions));
  });

  it('puts like texts closer together than unlike ones', async () => {
    const vectors = await encoder.encode([
      'How old are you?',
      'What is your age?',
      'The train leaves at noon.',
    ]);
    const product = (a: number, b: number): number => {
      let sum = 0;
      for (let at = 0; at < dimensions; at++) {
        sum += vectors[a * dimensions + at] * vectors[b * dimensions + at];
      }
      return sum;
    };
    expect(product(0, 1)).toBeGreaterThan(0.6);
    expect(product(0, 2)).toBeLessThan(0.4);
  });

  it('says so when the cache cannot be written', async () => {
    const file = write('a-file', '');
    await expect(
      openEncoder(undefined, { cacheFolder: join(file, 'cache') }),
    ).rejects.toMatchObject({
      name: 'TilewrightError',
      code: 'STORE_UNWRITABLE',
      message: expect.stringContaining(file),
    });
  });
});
