import koffi from 'koffi';
import { TilewrightError } from '../../../codegen/support/errors.ts';
import type { DeviceBuffer } from '../device.ts';

const beatBytes = 64;

/**
 * Memory of this process that the compiled kernel reads and writes in place. It starts at a multiple
 * of 64 bytes, so that a beat is one cache line.
 */
export class NativeBuffer implements DeviceBuffer {
  readonly bytes: number;
  #data: Uint8Array | undefined;

  constructor(bytes: number) {
    if (!Number.isSafeInteger(bytes) || bytes <= 0 || bytes % beatBytes !== 0) {
      throw new TilewrightError(`a device buffer cannot have ${bytes} bytes`, {
        code: 'BUFFER_SIZE',
        hint: `Pad it with zeros to a whole number of ${beatBytes}-byte beats, one at least.`,
      });
    }
    this.bytes = bytes;
    this.#data = alignedBytes(bytes);
  }

  /** The memory itself; an ArrayBuffer's memory never moves while somebody holds it. */
  get data(): Uint8Array {
    if (this.#data !== undefined) return this.#data;
    throw new TilewrightError('a device buffer was used after its release', {
      code: 'BUFFER_RELEASED',
      hint: 'Release a buffer when the last run that uses it is over.',
    });
  }

  write(source: Uint8Array, offset = 0): void {
    this.#checkRange('write', source.byteLength, offset);
    this.data.set(source, offset);
  }

  read(target: Uint8Array, offset = 0): void {
    this.#checkRange('read', target.byteLength, offset);
    target.set(this.data.subarray(offset, offset + target.byteLength));
  }

  release(): void {
    this.#data = undefined;
  }

  [Symbol.dispose](): void {
    this.release();
  }

  #checkRange(what: string, length: number, offset: number): void {
    if (Number.isSafeInteger(offset) && offset >= 0 && offset + length <= this.bytes) return;
    throw new TilewrightError(
      `cannot ${what} bytes ${offset} to ${offset + length - 1} of a buffer of ${this.bytes} bytes`,
      { code: 'BUFFER_RANGE', hint: 'Allocate a larger buffer, or transfer fewer bytes.' },
    );
  }
}

function alignedBytes(bytes: number): Uint8Array {
  let memory: ArrayBuffer;
  try {
    memory = new ArrayBuffer(bytes + beatBytes);
  } catch (error) {
    throw new TilewrightError(`there is no memory for a buffer of ${bytes} bytes`, {
      code: 'BUFFER_SIZE',
      hint: 'Release buffers that are no longer needed, or cut the data into tiles.',
      cause: error,
    });
  }
  const address = koffi.address(new Uint8Array(memory));
  const skip = Number((BigInt(beatBytes) - (address % BigInt(beatBytes))) % BigInt(beatBytes));
  return new Uint8Array(memory, skip, bytes);
}
