import { performance } from 'node:perf_hooks';
import type { Manifest } from '../../../codegen/package/manifest.ts';
import { TilewrightError } from '../../../codegen/support/errors.ts';
import koffi, { type KoffiFunc } from '../../../codegen/support/koffi.ts';
import type { BuiltKernel } from '../built-kernel.ts';
import type { Device, DeviceBuffer, KernelArguments, LoadedKernel, RunReport } from '../device.ts';
import { faultHints } from '../fault-hints.ts';
import { bufferOf, checkNames, scalarValue } from '../kernel-arguments.ts';
import { RunQueue } from '../run-queue.ts';
import { buildNativeLibrary, type NativeOptions } from './build-library.ts';
import { NativeBuffer } from './native-buffer.ts';

/** Longest error that a kernel can report. */
const reportBytes = 1024;

/** What running calls point into: nothing of it may be collected meanwhile. */
const inFlight = new Set<readonly unknown[]>();

class NativeKernel implements LoadedKernel {
  readonly built: BuiltKernel;
  readonly #entry: KoffiFunc<(...args: readonly unknown[]) => number>;
  readonly #text: KoffiFunc<(log: bigint) => string>;
  readonly #free: KoffiFunc<(log: bigint) => void>;
  readonly #queue: RunQueue;

  constructor(built: BuiltKernel, library: string, queue: RunQueue) {
    this.built = built;
    this.#queue = queue;
    const types = this.#inOrder().flatMap(({ kind }) =>
      kind === 'memory' ? ['void *', 'uint64_t'] : ['uint64_t'],
    );
    const loaded = koffi.load(library);
    this.#entry = loaded.func('tilewright_run', 'int', [...types, 'void *', 'uint64_t', 'void *']);
    this.#text = loaded.func('tilewright_text', 'const char *', ['uint64_t']);
    this.#free = loaded.func('tilewright_free', 'void', ['uint64_t']);
  }

  /** Memories first, then scalars, as the shim takes them. */
  #inOrder() {
    const all = this.built.manifest.arguments;
    return [
      ...all.filter(({ kind }) => kind === 'memory'),
      ...all.filter(({ kind }) => kind === 'scalar'),
    ];
  }

  async run(
    args: KernelArguments,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<RunReport> {
    const { manifest } = this.built;
    checkNames(manifest, args);
    for (const argument of this.#inOrder()) this.#value(argument, args);
    return this.#queue.add(async () => {
      if (options.signal?.aborted) {
        throw new TilewrightError(`${manifest.kernel} was stopped before it started`, {
          code: 'ABORTED',
          hint: 'No buffer was changed; start it again when it is wanted.',
          cause: options.signal.reason,
        });
      }
      return this.#call(args);
    });
  }

  #value(argument: Manifest['arguments'][number], args: KernelArguments): readonly unknown[] {
    const { manifest } = this.built;
    const value = Object.hasOwn(args, argument.name) ? args[argument.name] : undefined;
    if (argument.kind === 'scalar') return [scalarValue(manifest, argument, value)];
    const { data } = bufferOf(NativeBuffer, manifest, argument, value);
    return [data, data.byteLength];
  }

  async #call(args: KernelArguments): Promise<RunReport> {
    const report = new Uint8Array(reportBytes);
    const values = this.#inOrder().flatMap((argument) => this.#value(argument, args));
    const log = new BigUint64Array(1);
    values.push(report, reportBytes, log);
    inFlight.add(values);
    const before = performance.now();
    const status = await new Promise<number>((resolve, reject) => {
      this.#entry.async(...values, (error: unknown, result: number) => {
        inFlight.delete(values);
        if (error) reject(error);
        else resolve(result);
      });
    });
    const hostMs = performance.now() - before;
    const lines = this.#takeLog(log[0]);
    if (status !== 0) throw this.#failure(report);
    return { hostMs, log: lines };
  }

  /** The lines at an address that the run gave; they are freed. */
  #takeLog(address: bigint): readonly string[] {
    if (address === 0n) return [];
    const lines = this.#text(address).split('\n');
    this.#free(address);
    return lines.slice(0, -1);
  }

  #failure(report: Uint8Array): TilewrightError {
    const text = Buffer.from(report.subarray(0, report.indexOf(0))).toString('utf8');
    const [code, ...message] = text.split('\n');
    return new TilewrightError(`${this.built.manifest.kernel}: ${message.join('\n')}`, {
      code,
      hint: faultHints[code] ?? 'Run it on the device golden to see more.',
    });
  }
}

class NativeDevice implements Device {
  readonly name = 'native';
  readonly #queue = new RunQueue();
  readonly #options: NativeOptions;

  constructor(options: NativeOptions) {
    this.#options = options;
  }

  async load(kernel: BuiltKernel): Promise<LoadedKernel> {
    return new NativeKernel(kernel, await buildNativeLibrary(kernel, this.#options), this.#queue);
  }

  allocate(bytes: number): DeviceBuffer {
    return new NativeBuffer(bytes);
  }

  async close(): Promise<void> {
    await this.#queue.idle();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * The device `native`: the kernel's HLS C++ compiled by g++ and called in a thread beside the event
 * loop. Buffers are used in place. A run cannot be stopped half-way: `signal` is heeded before each.
 * Accesses outside a buffer and requests that do not match their uses are errors, as in golden.
 */
export function nativeDevice(options: NativeOptions = {}): Device {
  return new NativeDevice(options);
}
