import { TilewrightError } from '../../codegen/support/errors.ts';
import { MappedMemory } from '../ffi/mapped-memory.ts';
import { NativeHandle } from '../ffi/native-handle.ts';
import type { XrtDevice } from './device.ts';
import { inThread, type Pointer } from './library.ts';
import { takeMessages } from './message-log.ts';
import { check, xrtError } from './xrt-error.ts';

export interface BufferOptions {
  /** The host's side of the buffer; made where left out. It must outlive the buffer. */
  readonly memory?: MappedMemory | undefined;
}

const toDevice = 0;
const fromDevice = 1;

/**
 * Memory of the card and its counterpart in this process, `bytes`. `toDevice` and `fromDevice` carry what
 * changed across; nothing is copied within this process.
 */
export class XrtBuffer extends NativeHandle<Pointer> {
  readonly device: XrtDevice;
  readonly size: number;
  /** The host's side, in place: what native code and the card's DMA see. */
  readonly bytes: Uint8Array;

  /** Of this buffer alone: given back with it. What other buffers or the caller use as well is not. */
  readonly #own: MappedMemory | undefined;

  private constructor(
    parent: XrtDevice | XrtBuffer,
    raw: Pointer,
    bytes: Uint8Array,
    memory?: MappedMemory,
    own?: MappedMemory,
  ) {
    const device = parent instanceof XrtBuffer ? parent.device : parent;
    const { library } = device;
    const free = (handle: Pointer, held?: MappedMemory) => {
      // The memory is held here so that it is mapped for as long as XRT knows of it.
      void held;
      check('freeing a buffer', library.bufferFree(handle));
    };
    super('XRT buffer', raw, (handle) => free(handle, memory), parent);
    this.device = device;
    this.size = bytes.length;
    this.bytes = bytes;
    this.#own = own;
  }

  /** See `XrtDevice.allocate`. */
  static allocate(
    device: XrtDevice,
    bytes: number,
    group: number,
    { memory }: BufferOptions,
  ): XrtBuffer {
    const used = memory ?? MappedMemory.allocate(bytes);
    takeMessages();
    const { bufferAllocateOver } = device.library;
    const raw = bufferAllocateOver(device.raw, used.address, bytes, 0n, group);
    if (raw !== null) {
      const own = memory === undefined ? used : undefined;
      return new XrtBuffer(device, raw, used.bytes.subarray(0, bytes), used, own);
    }
    const error = xrtError(`allocating ${bytes} bytes in memory bank ${group}`);
    if (memory === undefined) used.release();
    throw error;
  }

  override release(): void {
    super.release();
    this.#own?.release();
  }

  /**
   * A part of this buffer as a buffer of its own; both see the same memory.
   * @param offset a multiple of 4096.
   * @throws TilewrightError `XRT_STATUS`.
   */
  part(offset: number, bytes: number): XrtBuffer {
    takeMessages();
    const raw = this.device.library.bufferPart(this.raw, bytes, offset);
    if (raw === null) throw xrtError(`bytes ${offset} to ${offset + bytes - 1} of a buffer`);
    const view = this.bytes.subarray(offset, offset + bytes);
    return new XrtBuffer(this, raw, view);
  }

  /** Where it lies in the card's address space. */
  get address(): bigint {
    return BigInt(this.device.library.bufferAddress(this.raw));
  }

  /** Carries bytes to the card. @throws TilewrightError `BUFFER_RANGE`, `XRT_STATUS`. */
  toDevice(offset = 0, bytes = this.size - offset): Promise<void> {
    return this.#sync(toDevice, offset, bytes);
  }

  /** Carries bytes from the card. @throws TilewrightError `BUFFER_RANGE`, `XRT_STATUS`. */
  fromDevice(offset = 0, bytes = this.size - offset): Promise<void> {
    return this.#sync(fromDevice, offset, bytes);
  }

  #sync(direction: number, offset: number, bytes: number): Promise<void> {
    const way = direction === toDevice ? 'to' : 'from';
    if (!(offset >= 0 && bytes >= 0 && offset + bytes <= this.size)) {
      throw new TilewrightError(
        `cannot carry bytes ${offset} to ${offset + bytes - 1} of a buffer of ${this.size} bytes`,
        { code: 'BUFFER_RANGE', hint: 'Allocate a larger buffer, or carry fewer bytes.' },
      );
    }
    takeMessages();
    return this.during(async (raw) => {
      const { library } = this.device;
      const status = await inThread(library.bufferSync, raw, direction, bytes, offset);
      check(`carrying ${bytes} bytes ${way} the device`, status);
    });
  }
}
