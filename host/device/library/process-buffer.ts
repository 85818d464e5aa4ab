import { TilewrightError } from '../../../codegen/support/errors.ts';
import koffi from '../../../codegen/support/koffi.ts';
import { hugePageBytes, preferHugePages } from '../../ffi/huge-pages.ts';
import { HostBuffer } from '../host-buffer.ts';

const beatBytes = 64;

/**
 * Memory of this process that the compiled kernel reads and writes in place. It starts at a multiple
 * of 64 bytes, so that a beat is one cache line; a large one with a huge page.
 */
export class ProcessBuffer extends HostBuffer {
  /** Of the first byte; valid as long as somebody holds `data`. */
  readonly address: bigint;

  constructor(bytes: number) {
    super(bytes, alignedBytes);
    this.address = koffi.address(this.data);
  }
}

function alignedBytes(bytes: number): Uint8Array {
  const large = bytes >= hugePageBytes;
  const alignment = large ? hugePageBytes : beatBytes;
  let memory: ArrayBuffer;
  try {
    memory = new ArrayBuffer(bytes + alignment);
  } catch (error) {
    throw new TilewrightError(`there is no memory for a buffer of ${bytes} bytes`, {
      code: 'BUFFER_SIZE',
      hint: 'Release buffers that are no longer needed, or cut the data into tiles.',
      cause: error,
    });
  }
  const address = koffi.address(new Uint8Array(memory));
  const skip = Number((BigInt(alignment) - (address % BigInt(alignment))) % BigInt(alignment));
  if (large) preferHugePages(address + BigInt(skip), bytes);
  return new Uint8Array(memory, skip, bytes);
}
