import type { DeviceBuffer } from '../device/device.ts';
import type { ByteSource } from '../graph/byte-source.ts';

/** Bytes that are read of a file at once. */
const chunkBytes = 1 << 20;

export async function upload(buffer: DeviceBuffer, source: Uint8Array, offset = 0): Promise<void> {
  if (buffer.upload === undefined) buffer.write(source, offset);
  else await buffer.upload(source, offset);
}

export async function download(buffer: DeviceBuffer, target: Uint8Array): Promise<void> {
  if (buffer.download === undefined) buffer.read(target);
  else await buffer.download(target);
}

/** Copies a range of a source to the beginning of a buffer, chunk by chunk: one is read while one is sent. */
export class RangeCopier {
  readonly #chunks = [new Uint8Array(chunkBytes), new Uint8Array(chunkBytes)];

  /** One at a time. */
  async copy(
    source: ByteSource,
    offset: number,
    bytes: number,
    buffer: DeviceBuffer,
    signal: AbortSignal,
  ): Promise<void> {
    let sending: Promise<void> = Promise.resolve();
    try {
      for (let at = 0, turn = 0; at < bytes; at += chunkBytes, turn ^= 1) {
        signal.throwIfAborted();
        const chunk = this.#chunks[turn].subarray(0, Math.min(chunkBytes, bytes - at));
        await source.read(chunk, offset + at);
        await sending;
        sending = upload(buffer, chunk, at);
        // Awaited in the next turn; a failure before that is not nobody's.
        sending.catch(() => undefined);
      }
    } finally {
      await sending;
    }
  }
}
