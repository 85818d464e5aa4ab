import { TilewrightError } from '../../codegen/support/errors.ts';
import koffi from '../../codegen/support/koffi.ts';
import { libc } from './libc.ts';

const pageBytes = 4096;
const readWrite = 1 | 2;
const shared = 1;
const anonymous = process.platform === 'darwin' ? 0x1000 : 0x20;
const unshared = 2;
const fixed = 0x10;
const closeOnExec = 1;

const failed = process.arch === 'x64' || process.arch === 'arm64' ? 2n ** 64n - 1n : 2n ** 32n - 1n;

function map(at: bigint, bytes: number, flags: number, fd: number): bigint {
  const address = BigInt(libc().mmap(at, bytes, readWrite, flags, fd, 0));
  if (address !== failed) return address;
  throw new TilewrightError(`there is no memory for a buffer of ${bytes} bytes`, {
    code: 'BUFFER_SIZE',
    hint: 'Release buffers that are no longer needed, or cut the data into tiles.',
  });
}

const collected = new FinalizationRegistry<{ readonly address: bigint; readonly length: number }>(
  ({ address, length }) => libc().munmap(address, length),
);

/**
 * Memory outside V8's heap: page-aligned, zero at first, seen by native code at `address` and by
 * JavaScript, without a copy, as `bytes`. A typed array over it stays valid for ever: after `release` it
 * reads zeros, and the address range is given back when nobody holds one any more.
 */
export class MappedMemory implements Disposable {
  readonly address: bigint;
  readonly bytes: Uint8Array;
  /** Of shared memory: what another process of this user opens under `/proc/<pid>/fd/`; −1 otherwise. */
  readonly descriptor: number;
  readonly #length: number;
  #released = false;

  private constructor(bytes: number, descriptor: number) {
    this.#length = Math.ceil(bytes / pageBytes) * pageBytes;
    this.descriptor = descriptor;
    const flags = descriptor < 0 ? unshared | anonymous : shared;
    this.address = map(0n, this.#length, flags, descriptor);
    const memory = koffi.view(this.address, this.#length);
    collected.register(memory, { address: this.address, length: this.#length });
    this.bytes = new Uint8Array(memory, 0, bytes);
  }

  /** Memory of this process alone. @throws TilewrightError `BUFFER_SIZE` where there is none. */
  static allocate(bytes: number): MappedMemory {
    return new MappedMemory(bytes, -1);
  }

  /** Memory without a name that another process can map as well: nothing of it is left behind, however both end. */
  static share(bytes: number): MappedMemory {
    const descriptor = libc().memfd('tilewright', closeOnExec);
    const length = Math.ceil(bytes / pageBytes) * pageBytes;
    if (descriptor < 0 || libc().truncate(descriptor, length) !== 0) {
      if (descriptor >= 0) libc().close(descriptor);
      throw new TilewrightError(`there is no shared memory for a buffer of ${bytes} bytes`, {
        code: 'BUFFER_SIZE',
        hint: 'Release buffers that are no longer needed, or raise the limit of open files.',
      });
    }
    try {
      return new MappedMemory(bytes, descriptor);
    } catch (error) {
      libc().close(descriptor);
      throw error;
    }
  }

  /** What process `pid` shares as `descriptor`. @throws TilewrightError `BUFFER_SHARED` when it is gone. */
  static adopt(pid: number, descriptor: number, bytes: number): MappedMemory {
    const readWriteFile = 2 | 0o2000000;
    const own = libc().open(`/proc/${pid}/fd/${descriptor}`, readWriteFile);
    if (own < 0) {
      throw new TilewrightError(`process ${pid} does not share its buffer any more`, {
        code: 'BUFFER_SHARED',
        hint: 'It has ended or released the buffer: run it again.',
      });
    }
    try {
      return new MappedMemory(bytes, own);
    } catch (error) {
      libc().close(own);
      throw error;
    }
  }

  get released(): boolean {
    return this.#released;
  }

  /** Gives the memory itself back at once, whoever still looks at it. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    map(this.address, this.#length, unshared | anonymous | fixed, -1);
    if (this.descriptor >= 0) libc().close(this.descriptor);
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
