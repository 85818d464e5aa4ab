import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { TilewrightError } from '../../codegen/support/errors.ts';

/** Bytes that are read range by range, from memory or from a file; never as a whole. */
export interface ByteSource extends AsyncDisposable {
  /** For messages: the path of a file. */
  readonly name: string;
  readonly bytes: number;
  /**
   * Fills `target` with what begins at `offset`.
   * @throws TilewrightError `GRAPH_FILE_CUT` or `GRAPH_FILE_CHANGED` where the file is not what it was when
   * it was opened, `GRAPH_FILE` where it cannot be read. What `target` holds then is not to be used.
   * @throws RangeError for a range that was never there.
   */
  read(target: Uint8Array, offset: number): Promise<void>;
  close(): Promise<void>;
}

function checkRange(source: ByteSource, target: Uint8Array, offset: number): void {
  if (Number.isSafeInteger(offset) && offset >= 0 && offset + target.byteLength <= source.bytes) {
    return;
  }
  throw new RangeError(
    `bytes ${offset} to ${offset + target.byteLength - 1} of ${source.name}, ` +
      `which has ${source.bytes}`,
  );
}

/** An array of this process as a source: read in place, and no copy of it is kept. */
export function memorySource(name: string, array: ArrayBufferView): ByteSource {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  return {
    name,
    bytes: bytes.length,
    async read(target, offset) {
      checkRange(this, target, offset);
      target.set(bytes.subarray(offset, offset + target.byteLength));
    },
    close: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

/** What tells that a file is still what it was. */
interface Stamp {
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

async function stampOf(handle: FileHandle): Promise<Stamp> {
  const { size, mtimeNs, ctimeNs } = await handle.stat({ bigint: true });
  return { size, mtimeNs, ctimeNs };
}

/** Node reads no more than 2 GiB - 1 with one call. */
const mostAtOnce = 1 << 30;

function unreadable(verb: string, path: string, cause: unknown): TilewrightError {
  return new TilewrightError(`cannot ${verb} ${path}: ${(cause as Error).message}`, {
    code: 'GRAPH_FILE',
    hint: 'A graph is a folder with all of its files, as writeGraph() leaves it.',
    cause,
  });
}

/**
 * Opens what must be a file: opening a pipe would wait for somebody who writes.
 * @throws TilewrightError `GRAPH_FILE`.
 */
async function openFile(path: string): Promise<FileHandle> {
  let handle: FileHandle;
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    throw unreadable('open', path, cause);
  }
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw unreadable('read', path, new Error('it is not a file'));
}

/**
 * The text of a file that is known to be short.
 * @throws TilewrightError `GRAPH_FILE` where it cannot be read or has more than `most` bytes.
 */
export async function readSmallFile(path: string, most: number): Promise<string> {
  const handle = await openFile(path);
  try {
    const { size } = await handle.stat();
    if (size > most) throw new Error(`it has ${size} bytes, far more than it should`);
    return await handle.readFile('utf8');
  } catch (cause) {
    throw unreadable('read', path, cause);
  } finally {
    await handle.close();
  }
}

/**
 * Ranges are read by pread, not through a memory map: reading a mapping of a file that somebody else cuts
 * short ends the process with SIGBUS, where a read can say which file it was.
 */
class FileSource implements ByteSource {
  readonly name: string;
  readonly bytes: number;
  readonly #handle: FileHandle;
  readonly #stamp: Stamp;
  #closed: Promise<void> | undefined;

  constructor(path: string, handle: FileHandle, stamp: Stamp) {
    this.name = path;
    this.bytes = Number(stamp.size);
    this.#handle = handle;
    this.#stamp = stamp;
  }

  async read(target: Uint8Array, offset: number): Promise<void> {
    checkRange(this, target, offset);
    try {
      await this.#read(target, offset);
    } catch (cause) {
      if (this.#closed === undefined) {
        throw cause instanceof TilewrightError ? cause : unreadable('read', this.name, cause);
      }
      throw new TilewrightError(`${this.name} was closed while it was read`, {
        code: 'GRAPH_CLOSED',
        hint: 'Close a graph when the streams of it have ended.',
        cause,
      });
    }
  }

  async #read(target: Uint8Array, offset: number): Promise<void> {
    let filled = 0;
    while (filled < target.byteLength) {
      const length = Math.min(mostAtOnce, target.byteLength - filled);
      const { bytesRead } = await this.#handle.read(target, filled, length, offset + filled);
      if (bytesRead === 0) {
        const found = (await stampOf(this.#handle)).size;
        throw new TilewrightError(
          `${this.name} was cut short while it was read: it had ${this.bytes} bytes and now has ${found}`,
          { code: 'GRAPH_FILE_CUT', hint: 'Put the whole file back, and start again.' },
        );
      }
      filled += bytesRead;
    }
    // After the bytes, so that a change before or during the read is seen.
    const { size, mtimeNs, ctimeNs } = await stampOf(this.#handle);
    const before = this.#stamp;
    if (size !== before.size || mtimeNs !== before.mtimeNs || ctimeNs !== before.ctimeNs) {
      throw new TilewrightError(`${this.name} was changed while it was read`, {
        code: 'GRAPH_FILE_CHANGED',
        hint: 'Leave the files of a graph alone while it is open; write a new graph beside it instead.',
      });
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#handle.close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Opens a file to be read in ranges.
 * @param expected bytes that it must have.
 * @throws TilewrightError `GRAPH_FILE` where it cannot be opened or has another size.
 */
export async function openFileSource(path: string, expected: number): Promise<ByteSource> {
  const handle = await openFile(path);
  try {
    const stamp = await stampOf(handle);
    if (stamp.size !== BigInt(expected)) {
      throw new TilewrightError(
        `${path} has ${stamp.size} bytes, and the graph needs ${expected}`,
        {
          code: 'GRAPH_FILE',
          hint: 'The file was cut short, or belongs to another graph: write the graph again.',
        },
      );
    }
    return new FileSource(path, handle, stamp);
  } catch (error) {
    await handle.close();
    throw error;
  }
}
