import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../codegen/support/atomic-write.ts';
import { artefactStore } from '../../codegen/support/store.ts';
import type { SentenceEncoder } from './open-encoder.ts';

const magic = 'TWEMB001';
const hashBytes = 16;
const headerBytes = 16 + 32;
const suffix = '.vectors';
/** More files than this are merged into one when the cache is opened. */
const mostFiles = 16;

function textKey(text: string): string {
  return createHash('sha256')
    .update(text)
    .digest('hex')
    .slice(0, 2 * hashBytes);
}

/**
 * One file of vectors: the magic word, count and dimensions (u32), SHA-256 of the rest, the texts' hashes
 * (16 bytes each), the vectors (float32, little-endian).
 */
function packVectors(keys: readonly string[], vectors: Float32Array): Uint8Array {
  const body = Buffer.concat([
    Buffer.from(keys.join(''), 'hex'),
    Buffer.from(vectors.buffer, vectors.byteOffset, vectors.byteLength),
  ]);
  const header = Buffer.alloc(16);
  header.write(magic, 'latin1');
  header.writeUInt32LE(keys.length, 8);
  header.writeUInt32LE(vectors.length / keys.length, 12);
  return Buffer.concat([header, createHash('sha256').update(body).digest(), body]);
}

/** Undefined for a file that is damaged or of another width. */
function unpackVectors(
  bytes: Buffer,
  dimensions: number,
): { keys: string[]; vectors: Float32Array } | undefined {
  if (bytes.length < headerBytes || bytes.toString('latin1', 0, 8) !== magic) return undefined;
  const count = bytes.readUInt32LE(8);
  const body = bytes.subarray(headerBytes);
  if (bytes.readUInt32LE(12) !== dimensions) return undefined;
  if (body.length !== count * (hashBytes + 4 * dimensions)) return undefined;
  const sum = createHash('sha256').update(body).digest();
  if (!sum.equals(bytes.subarray(16, headerBytes))) return undefined;
  const hashes = body.toString('hex', 0, count * hashBytes);
  const keys = Array.from({ length: count }, (_, row) =>
    hashes.slice(2 * hashBytes * row, 2 * hashBytes * (row + 1)),
  );
  const vectors = new Float32Array(Uint8Array.from(body.subarray(count * hashBytes)).buffer);
  return { keys, vectors };
}

/** Vectors of texts on disk. Files are only ever added whole, so that any number of processes may share them. */
class VectorFiles {
  private readonly folder: string;
  private readonly dimensions: number;
  private readonly known = new Map<string, Float32Array>();

  constructor(folder: string, dimensions: number) {
    this.folder = folder;
    this.dimensions = dimensions;
  }

  async load(): Promise<void> {
    const files = (await readdir(this.folder)).filter((name) => name.endsWith(suffix)).sort();
    const good: string[] = [];
    for (const name of files) {
      const path = join(this.folder, name);
      // Another process may have merged the file away since: its vectors are computed again.
      const bytes = await readFile(path).catch(() => undefined);
      if (bytes === undefined) continue;
      const unpacked = unpackVectors(bytes, this.dimensions);
      if (unpacked === undefined) {
        await rm(path, { force: true });
        continue;
      }
      good.push(path);
      this.remember(unpacked.keys, unpacked.vectors);
    }
    if (good.length <= mostFiles) return;
    const merged = await this.write([...this.known.keys()]);
    for (const path of good) {
      if (path !== merged) await rm(path, { force: true });
    }
  }

  private remember(keys: readonly string[], vectors: Float32Array): void {
    keys.forEach((key, row) => {
      this.known.set(key, vectors.subarray(row * this.dimensions, (row + 1) * this.dimensions));
    });
  }

  /** Returns the path of the file, which its content names. */
  private async write(keys: readonly string[]): Promise<string> {
    const vectors = new Float32Array(keys.length * this.dimensions);
    keys.forEach((key, row) => {
      vectors.set(this.get(key) ?? [], row * this.dimensions);
    });
    const bytes = packVectors(keys, vectors);
    const name = createHash('sha256').update(bytes).digest('hex').slice(0, 24);
    const path = join(this.folder, `${name}${suffix}`);
    await writeFileAtomic(path, bytes);
    return path;
  }

  get(key: string): Float32Array | undefined {
    return this.known.get(key);
  }

  async add(keys: readonly string[], vectors: Float32Array): Promise<void> {
    this.remember(keys, vectors);
    await this.write(keys);
  }
}

export interface CachedEncoder extends SentenceEncoder {
  /** Texts answered from the cache, and texts encoded, since it was opened. */
  readonly counts: { readonly cached: number; readonly encoded: number };
}

/**
 * An encoder that keeps every vector on disk, keyed by the encoder's identity and the text's hash.
 * Only texts seen for the first time are encoded; each call that meets some adds one file, atomically.
 * A damaged file is removed and its texts are encoded again. Closing it closes `encoder`.
 * @throws TilewrightError when the cache cannot be written.
 */
export async function cachedEncoder(
  encoder: SentenceEncoder,
  options: { readonly cacheFolder?: string } = {},
): Promise<CachedEncoder> {
  const { cacheFolder } = options;
  const store = artefactStore(cacheFolder === undefined ? {} : { folder: cacheFolder });
  const key = { identity: await encoder.identity(), format: magic };
  const { folder } = await store.build('text-vectors', key, async () => undefined);
  const { dimensions } = encoder;
  const files = new VectorFiles(folder, dimensions);
  await files.load();
  const counts = { cached: 0, encoded: 0 };
  return {
    folder: encoder.folder,
    dimensions,
    counts,
    identity: () => encoder.identity(),
    close: () => encoder.close(),
    [Symbol.asyncDispose]: () => encoder.close(),
    async encode(texts) {
      const keys = texts.map(textKey);
      const missing = new Map<string, string>();
      keys.forEach((key, index) => {
        if (files.get(key) === undefined) missing.set(key, texts[index]);
      });
      if (missing.size > 0) {
        await files.add([...missing.keys()], await encoder.encode([...missing.values()]));
      }
      counts.encoded += missing.size;
      counts.cached += texts.length - missing.size;
      const result = new Float32Array(texts.length * dimensions);
      keys.forEach((key, index) => {
        result.set(files.get(key) ?? [], index * dimensions);
      });
      return result;
    },
  };
}
