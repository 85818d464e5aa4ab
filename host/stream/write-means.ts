import { writeFileAtomic } from '../../codegen/support/atomic-write.ts';
import type { TileResult } from './stream.ts';

/**
 * Writes the means of a stream to a file as they come, 16-bit little-endian rows in the order of the nodes:
 * what `openGraph` takes as features of the next layer. The file appears when the last tile is in it.
 * @throws TilewrightError `FILE_UNWRITABLE` (a full disk among others), after which the stream has ended; and
 * whatever the stream throws. Nothing is left of the file then.
 */
export async function writeMeans(path: string, results: AsyncIterable<TileResult>): Promise<void> {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for await (const { means } of results) {
      yield new Uint8Array(means.buffer, means.byteOffset, means.byteLength);
    }
  }
  await writeFileAtomic(path, bytes());
}
