import type { BuiltKernel } from '../built-kernel.ts';
import type { Device, DeviceBuffer } from '../device.ts';
import { RunQueue } from '../run-queue.ts';
import { LibraryKernel } from './library-kernel.ts';
import { ProcessBuffer } from './process-buffer.ts';
import { nativeRuntime, ThreadPool } from './runtime.ts';

/** What a device that runs kernels' libraries in this process is made of. */
interface LibraryDeviceOptions {
  readonly name: string;
  readonly threads: number;
  readonly inParts: boolean;
  /** The library's absolute path. */
  readonly build: (kernel: BuiltKernel) => Promise<string>;
}

/** Kernels as shared libraries of this process. */
export class LibraryDevice implements Device {
  readonly name: string;
  readonly #options: LibraryDeviceOptions;
  readonly #queue = new RunQueue();
  #pool: Promise<ThreadPool> | undefined;

  constructor(options: LibraryDeviceOptions) {
    this.name = options.name;
    this.#options = options;
  }

  async load(kernel: BuiltKernel): Promise<LibraryKernel> {
    const { name: device, threads, inParts, build } = this.#options;
    const library = await build(kernel);
    this.#pool ??= nativeRuntime().then((runtime) => new ThreadPool(runtime, device, threads));
    const pool = await this.#pool;
    return new LibraryKernel(kernel, { device, library, pool, queue: this.#queue, inParts });
  }

  allocate(bytes: number): DeviceBuffer {
    return new ProcessBuffer(bytes);
  }

  async close(): Promise<void> {
    await this.#queue.idle();
    (await this.#pool)?.release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
