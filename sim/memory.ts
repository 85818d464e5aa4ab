import { TilewrightError } from '../codegen/support/errors.ts';

/** Buffers are a whole number of these: one 512-bit beat. */
export const beatBytes = 64;
const maximumBytes = 2 ** 32;

/** Memory of the simulated device: its bytes here, and the address the kernel knows it by. */
export interface SimBuffer extends Disposable {
  readonly bytes: number;
  /** 4 KiB-aligned; no other buffer of this process ever had it. */
  readonly address: bigint;
  /** The device's own bytes, not a copy. */
  readonly data: Uint8Array;
  release(): void;
}

let allocated = 0n;

/**
 * An address of its own for each buffer, never used again, so that a stale or stray access is an error
 * of its own and not somebody else's data. A buffer of more than one page lies across a 4 GiB border:
 * an address adder that loses its carry is found out.
 */
function freshAddress(bytes: number): bigint {
  allocated += 1n;
  const pagesBelow = BigInt(Math.floor(bytes / 2 / 4096));
  return (0x10n + 2n * allocated) * 0x1_0000_0000n - pagesBelow * 4096n;
}

class OwnBuffer implements SimBuffer {
  readonly bytes: number;
  readonly address: bigint;
  #data: Uint8Array | undefined;

  constructor(bytes: number) {
    this.bytes = bytes;
    this.address = freshAddress(bytes);
    // An ArrayBuffer's memory never moves, so that C++ may keep its address while it is bound.
    this.#data = new Uint8Array(new ArrayBuffer(bytes));
  }

  get data(): Uint8Array {
    if (this.#data !== undefined) return this.#data;
    throw new TilewrightError(`a buffer of ${this.bytes} bytes was used after its release`, {
      code: 'BUFFER_RELEASED',
      hint: 'Release a buffer only after the last run that uses it.',
    });
  }

  release(): void {
    this.#data = undefined;
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

/**
 * A zeroed buffer for any simulator of this process.
 * @param bytes a multiple of 64, up to 4 GiB.
 * @throws TilewrightError `BUFFER_SIZE`.
 */
export function allocateSimBuffer(bytes: number): SimBuffer {
  if (!Number.isSafeInteger(bytes) || bytes <= 0 || bytes % beatBytes !== 0) {
    throw new TilewrightError(`a device buffer cannot have ${bytes} bytes`, {
      code: 'BUFFER_SIZE',
      hint: `Pad it with zeros to a whole number of ${beatBytes}-byte beats, one at least.`,
    });
  }
  if (bytes > maximumBytes) {
    throw new TilewrightError(`a simulated buffer cannot have ${bytes} bytes, more than 4 GiB`, {
      code: 'BUFFER_SIZE',
      hint: 'Cut the data into tiles.',
    });
  }
  return new OwnBuffer(bytes);
}
