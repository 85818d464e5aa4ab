import { MappedMemory } from '../../ffi/mapped-memory.ts';
import { HostBuffer } from '../host-buffer.ts';
import type { BufferReference } from './xrt-calls.ts';

let made = 0;

/** The host's side of a buffer, which XRT uses in place; what a card has of it is known by its version. */
export class XrtHostBuffer extends HostBuffer {
  readonly memory: MappedMemory;
  readonly #id = made++;
  readonly #forget: (id: number) => void;
  #version = 0;

  /**
   * @param shared with another process.
   * @param forget told when it is released.
   */
  constructor(bytes: number, shared: boolean, forget: (id: number) => void) {
    const memories: MappedMemory[] = [];
    super(bytes, (size) => {
      memories.push(shared ? MappedMemory.share(size) : MappedMemory.allocate(size));
      return memories[0].bytes;
    });
    this.memory = memories[0];
    this.#forget = forget;
  }

  get reference(): BufferReference {
    const { bytes, memory } = this;
    return { id: this.#id, bytes, descriptor: memory.descriptor, version: this.#version };
  }

  /** A kernel has written it, on the one card that is up to date with it then. */
  changed(): void {
    this.#version += 1;
  }

  override write(source: Uint8Array, offset = 0): void {
    super.write(source, offset);
    this.#version += 1;
  }

  override release(): void {
    super.release();
    if (this.memory.released) return;
    this.#forget(this.#id);
    this.memory.release();
  }
}
