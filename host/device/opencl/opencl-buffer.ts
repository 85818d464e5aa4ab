import { MappedMemory } from '../../ffi/mapped-memory.ts';
import { type MappedBytes, OpenclBuffer, type OpenclContext } from '../../opencl/index.ts';
import { HostBuffer } from '../host-buffer.ts';

/**
 * A device buffer that lies in page-aligned memory of this process: a device that shares memory uses it in
 * place. Between runs it is mapped, and this process may read and write it.
 */
export class OpenclDeviceBuffer extends HostBuffer {
  readonly #context: OpenclContext;
  readonly #memory: MappedMemory;
  #buffer: OpenclBuffer | undefined;
  /** What has to be unmapped before the device uses the buffer; undefined before its first use. */
  mapped: MappedBytes | undefined;

  constructor(context: OpenclContext, bytes: number) {
    let memory: MappedMemory | undefined;
    super(bytes, (size) => {
      memory = MappedMemory.allocate(size);
      return memory.bytes;
    });
    this.#memory = memory as unknown as MappedMemory;
    this.#context = context;
  }

  /** Made with the first run, so that the device takes over what was written until then. */
  get buffer(): OpenclBuffer {
    this.#buffer ??= new OpenclBuffer(this.#context, this.bytes, { host: this.data });
    return this.#buffer;
  }

  override release(): void {
    this.#buffer?.release();
    this.#buffer = undefined;
    this.#memory.release();
    super.release();
  }
}
