import type { BuiltKernel } from '../built-kernel.ts';
import type { Device, DeviceBuffer } from '../device.ts';
import { DeviceLife } from '../device-life.ts';
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
  readonly #life: DeviceLife;
  #pool: Promise<ThreadPool> | undefined;

  constructor(options: LibraryDeviceOptions) {
    this.name = options.name;
    this.#options = options;
    this.#life = new DeviceLife(options.name);
  }

  async load(kernel: BuiltKernel): Promise<LibraryKernel> {
    this.#life.check();
    const { name: device, threads, inParts, build } = this.#options;
    const library = await build(kernel);
    this.#pool ??= nativeRuntime().then((runtime) => new ThreadPool(runtime, device, threads));
    const pool = await this.#pool;
    return new LibraryKernel(kernel, { device, library, pool, queue: this.#queue, inParts });
  }

  allocate(bytes: number): DeviceBuffer {
    this.#life.check();
    return new ProcessBuffer(bytes);
  }

  async close(): Promise<void> {
    this.#life.end();
    await this.#queue.idle();
    (await this.#pool)?.release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
