import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SentenceEncoder } from '../../host/encoder/index.ts';
import { cachedEncoder } from '../../host/encoder/index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const { folder, write } = temporaryFolder();

/** Encodes a text as its length and its first character, and counts. */
function fakeEncoder(identity: string): SentenceEncoder & { readonly seen: string[] } {
  const seen: string[] = [];
  return {
    seen,
    folder: '/fake',
    dimensions: 2,
    identity: async () => identity,
    close: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
    encode: async (texts) => {
      seen.push(...texts);
      return Float32Array.from(texts.flatMap((text) => [text.length, text.codePointAt(0) ?? 0]));
    },
  };
}

function vectorFiles(cache: string): string[] {
  return readdirSync(cache, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.vectors'))
    .map((name) => join(cache, name));
}

describe('cachedEncoder', () => {
  it('encodes each text once, across openings', async () => {
    const cacheFolder = join(folder, 'once');
    const fake = fakeEncoder('one');
    const first = await cachedEncoder(fake, { cacheFolder });
    expect(await first.encode(['ab', 'c', 'ab', ''])).toEqual(
      Float32Array.of(2, 97, 1, 99, 2, 97, 0, 0),
    );
    expect(await first.encode(['c', 'dé'])).toEqual(Float32Array.of(1, 99, 2, 100));
    expect(fake.seen).toEqual(['ab', 'c', '', 'dé']);
    expect(first.counts).toEqual({ cached: 2, encoded: 4 });

    const later = fakeEncoder('one');
    const second = await cachedEncoder(later, { cacheFolder });
    expect(await second.encode(['dé', 'ab'])).toEqual(Float32Array.of(2, 100, 2, 97));
    expect(later.seen).toEqual([]);
  });

  it('keeps encoders apart', async () => {
    const cacheFolder = join(folder, 'apart');
    await (await cachedEncoder(fakeEncoder('one'), { cacheFolder })).encode(['x']);
    const other = fakeEncoder('two');
    await (await cachedEncoder(other, { cacheFolder })).encode(['x']);
    expect(other.seen).toEqual(['x']);
  });

  it('encodes again what lies in a damaged file', async () => {
    const cacheFolder = join(folder, 'damaged');
    const first = await cachedEncoder(fakeEncoder('one'), { cacheFolder });
    await first.encode(['cut']);
    await first.encode(['flipped']);
    await first.encode(['good']);
    const holding = (bytes: number[]): string => {
      const wanted = Buffer.from(Float32Array.from(bytes).buffer);
      return vectorFiles(cacheFolder).find((file) => readFileSync(file).includes(wanted)) ?? '';
    };
    const cut = holding([3, 'c'.charCodeAt(0)]);
    const flipped = holding([7, 'f'.charCodeAt(0)]);
    writeFileSync(cut, readFileSync(cut).subarray(0, -1));
    const bytes = readFileSync(flipped);
    bytes[bytes.length - 1] ^= 1;
    writeFileSync(flipped, bytes);

    const later = fakeEncoder('one');
    const second = await cachedEncoder(later, { cacheFolder });
    expect(await second.encode(['good', 'cut', 'flipped'])).toEqual(
      Float32Array.of(4, 103, 3, 99, 7, 102),
    );
    expect(later.seen).toEqual(['cut', 'flipped']);
  });

  it('merges many small files into one and loses nothing', async () => {
    const cacheFolder = join(folder, 'many');
    const first = await cachedEncoder(fakeEncoder('one'), { cacheFolder });
    const texts = Array.from({ length: 20 }, (_, at) => 'x'.repeat(at + 1));
    for (const text of texts) await first.encode([text]);
    expect(vectorFiles(cacheFolder)).toHaveLength(20);
    await cachedEncoder(fakeEncoder('one'), { cacheFolder });
    expect(vectorFiles(cacheFolder)).toHaveLength(1);
    const later = fakeEncoder('one');
    const vectors = await (await cachedEncoder(later, { cacheFolder })).encode(texts);
    expect(later.seen).toEqual([]);
    expect(vectors[2 * 19]).toBe(20);
  });

  it('says so when the cache cannot be written', async () => {
    const file = write('not-a-folder', '');
    await expect(cachedEncoder(fakeEncoder('one'), { cacheFolder: file })).rejects.toMatchObject({
      name: 'TilewrightError',
      message: expect.stringContaining(file),
    });
  });
});
