import { TilewrightError } from '../../codegen/support/errors.ts';
import { checkTransfer } from './check-transfer.ts';
import type { DeviceBuffer } from './device.ts';

const beatBytes = 64;

/** A device buffer in this process's own memory: whole 64-byte beats, zero at first. */
export class HostBuffer implements DeviceBuffer {
  readonly bytes: number;
  #data: Uint8Array | undefined;

  /** @param allocate makes the memory once the size is known to be right. */
  constructor(
    bytes: number,
    allocate: (size: number) => Uint8Array = (size) => new Uint8Array(size),
  ) {
    if (!Number.isSafeInteger(bytes) || bytes <= 0 || bytes % beatBytes !== 0) {
      throw new TilewrightError(`a device buffer cannot have ${bytes} bytes`, {
        code: 'BUFFER_SIZE',
        hint: `Pad it with zeros to a whole number of ${beatBytes}-byte beats, one at least.`,
      });
    }
    this.bytes = bytes;
    this.#data = allocate(bytes);
  }

  /** The memory itself; an ArrayBuffer's memory never moves while somebody holds it. */
  get data(): Uint8Array {
    if (this.#data !== undefined) return this.#data;
    throw new TilewrightError('a device buffer was used after its release', {
      code: 'BUFFER_RELEASED',
      hint: 'Release a buffer when the last run that uses it is over.',
    });
  }

  get released(): boolean {
    return this.#data === undefined;
  }

  write(source: Uint8Array, offset = 0): void {
    checkTransfer('write', source, offset, this.bytes);
    this.data.set(source, offset);
  }

  read(target: Uint8Array, offset = 0): void {
    checkTransfer('read', target, offset, this.bytes);
    target.set(this.data.subarray(offset, offset + target.byteLength));
  }

  release(): void {
    this.#data = undefined;
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
