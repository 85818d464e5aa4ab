import { TilewrightError } from '../../codegen/support/errors.ts';
import { NativeHandle } from '../ffi/native-handle.ts';
import { type BufferOptions, XrtBuffer } from './buffer.ts';
import { XrtKernel } from './kernel.ts';
import { inThread, type Pointer, type XrtLibrary } from './library.ts';
import { takeMessages } from './message-log.ts';
import { check, xrtError } from './xrt-error.ts';

function uuidText(uuid: Uint8Array): string {
  const hex = Buffer.from(uuid).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** A card, or what stands for one. Closing it releases its kernels, runs and buffers. */
export class XrtDevice extends NativeHandle<Pointer> {
  readonly library: XrtLibrary;
  #uuid: Uint8Array | undefined;

  private constructor(library: XrtLibrary, raw: Pointer) {
    super('XRT device', raw, (handle) => check('closing the device', library.deviceClose(handle)));
    this.library = library;
  }

  /**
   * @param index of the card in this machine, from 0.
   * @throws TilewrightError `XRT_NO_DEVICE` where there is no such card.
   */
  static open(library: XrtLibrary, index = 0): XrtDevice {
    takeMessages();
    const raw = library.deviceOpen(index);
    if (raw !== null) return new XrtDevice(library, raw);
    throw new TilewrightError(`there is no card ${index} in this machine`, {
      code: 'XRT_NO_DEVICE',
      hint: 'XRT emulates one with XCL_EMULATION_MODE=hw_emu; see `tilewright env`.',
      cause: xrtError(`opening device ${index}`),
    });
  }

  /**
   * Programs the card.
   * @param xclbin its file, or its bytes.
   * @throws TilewrightError `XRT_STATUS`.
   */
  async load(xclbin: string | Uint8Array): Promise<void> {
    const { library } = this;
    takeMessages();
    await this.during(async (raw) => {
      const what = typeof xclbin === 'string' ? `loading ${xclbin}` : 'loading an xclbin';
      const status =
        typeof xclbin === 'string'
          ? await inThread(library.loadXclbinFile, raw, xclbin)
          : await inThread(library.loadXclbin, raw, xclbin);
      check(what, status);
      const uuid = new Uint8Array(16);
      check('reading the UUID of the xclbin', library.xclbinUuid(raw, uuid));
      this.#uuid = uuid;
    });
  }

  /** Of the xclbin that was loaded, as 8-4-4-4-12 hex digits. */
  get uuid(): string {
    return uuidText(this.#loaded());
  }

  #loaded(): Uint8Array {
    if (this.#uuid !== undefined) return this.#uuid;
    throw new TilewrightError('no xclbin is loaded', {
      code: 'XRT_NOT_LOADED',
      hint: 'Load one first: await device.load(file).',
    });
  }

  /**
   * @param name `kernel`, or `kernel:{instance}` for one compute unit.
   * @param exclusive no other process may use its compute units; registers can be read then.
   * @throws TilewrightError `XRT_STATUS`, e.g. ENOENT for a kernel that the xclbin has not.
   */
  kernel(name: string, { exclusive = false }: { readonly exclusive?: boolean } = {}): XrtKernel {
    const { library } = this;
    const open = exclusive ? library.kernelOpenExclusive : library.kernelOpen;
    takeMessages();
    const raw = open(this.raw, this.#loaded(), name);
    if (raw === null) throw xrtError(`opening the kernel '${name}'`);
    return new XrtKernel(this, raw, name);
  }

  /**
   * Memory of the card with its counterpart in this process.
   * @param group the memory bank: `kernel.group(index)` of the argument that it is for.
   * @throws TilewrightError `XRT_STATUS`, ENOMEM when the bank is full.
   */
  allocate(bytes: number, group: number, options: BufferOptions = {}): XrtBuffer {
    return XrtBuffer.allocate(this, bytes, group, options);
  }
}
