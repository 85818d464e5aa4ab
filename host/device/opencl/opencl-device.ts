import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { TilewrightError } from '../../../codegen/support/errors.ts';
import {
  chooseDevice,
  OpenclBuffer,
  OpenclContext,
  type OpenclEvent,
  type OpenclKernel,
  OpenclProgram,
  OpenclQueue,
  type ScalarType,
  wayToDevices,
} from '../../opencl/index.ts';
import type { BuiltKernel } from '../built-kernel.ts';
import type { Device, DeviceBuffer, KernelArguments, LoadedKernel, RunReport } from '../device.ts';
import { DeviceLife } from '../device-life.ts';
import { bufferOf, checkNames, scalarValue } from '../kernel-arguments.ts';
import { RunQueue } from '../run-queue.ts';
import { OpenclDeviceBuffer } from './opencl-buffer.ts';
import { rowSlices } from './row-slices.ts';
import { RunReportReader, reportBytes } from './run-report.ts';

export interface OpenclDeviceOptions {
  /** `platform:device`, numbers or parts of names; else what TILEWRIGHT_OPENCL says, else the first. */
  readonly openclDevice?: string | undefined;
  /** The most work-items that rows are dealt to, where a kernel says that they are independent. Default: 4 a compute unit. */
  readonly openclItems?: number | undefined;
  /** Compiles without optimising: sooner done, slower runs. */
  readonly quick?: boolean | undefined;
}

const beatBytes = 64;
/** Work-items a compute unit: some rows take longer than others. */
const itemsAUnit = 4;
/** Of print(), at first; what a run needs more is learnt from it. */
const firstTextBytes = 4096;

/** Everything that a queue's commands made; released together. */
async function completed(events: readonly OpenclEvent[]): Promise<void> {
  try {
    await events[events.length - 1].done();
  } finally {
    for (const event of events) event.release();
  }
}

type Value = bigint | { readonly buffer: OpenclBuffer; readonly beats: number };

/** The program's kernel, and what it needs besides its arguments. */
class KernelInstance {
  readonly #built: BuiltKernel;
  readonly #context: OpenclContext;
  readonly #queue: OpenclQueue;
  readonly #kernel: OpenclKernel;
  readonly #most: number;
  /** Of all work-items; made anew where a run needs more. */
  #workspace: OpenclBuffer;
  #report: OpenclBuffer;
  #slices: OpenclBuffer | undefined;
  #workspaceBytes = 0;
  #textBytes = firstTextBytes;

  /** @param most work-items at once. */
  constructor(
    built: BuiltKernel,
    context: OpenclContext,
    queue: OpenclQueue,
    program: OpenclProgram,
    most: number,
  ) {
    this.#built = built;
    this.#context = context;
    this.#queue = queue;
    this.#kernel = program.kernel(built.manifest.kernel);
    this.#most = most;
    this.#workspace = new OpenclBuffer(context, beatBytes);
    this.#report = new OpenclBuffer(context, beatBytes);
  }

  get #reportBytes(): number {
    return reportBytes(this.#built.manifest, this.#textBytes);
  }

  /** Learns how much workspace the kernel needs; nothing else is done. */
  async prepare(): Promise<void> {
    using nothing = new OpenclBuffer(this.#context, beatBytes);
    const values = this.#built.manifest.arguments.map((one) =>
      one.kind === 'memory' ? { buffer: nothing, beats: 0 } : 0n,
    );
    this.#set(values, 1);
    const [report] = await this.#once(1);
    this.#workspaceBytes = report.workspaceBytes;
  }

  /** A buffer of so many bytes at least, in place of a smaller one. */
  #grown(buffer: OpenclBuffer | undefined, bytes: number): OpenclBuffer {
    if (buffer !== undefined && buffer.bytes >= bytes) return buffer;
    buffer?.release();
    return new OpenclBuffer(this.#context, bytes);
  }

  /** Arguments in the order of the manifest. */
  #set(values: readonly Value[], items: number): void {
    this.#workspace = this.#grown(this.#workspace, Math.max(8, items * this.#workspaceBytes));
    this.#report = this.#grown(this.#report, items * this.#reportBytes);
    const lengths: number[] = [];
    let index = 0;
    for (const [at, argument] of this.#built.manifest.arguments.entries()) {
      const value = values[at];
      if (argument.kind === 'memory' && typeof value !== 'bigint') {
        this.#kernel.setBuffer(index, value.buffer);
        lengths.push(value.beats);
      } else if (argument.kind === 'scalar' && typeof value === 'bigint') {
        const size = argument.bytes === 4 ? 'int' : 'long';
        const type: ScalarType = argument.type.signed ? size : `u${size}`;
        this.#kernel.setScalar(index, type, value);
      }
      index += 1;
    }
    for (const beats of lengths) this.#kernel.setScalar(index++, 'ulong', beats);
    this.#kernel.setBuffer(index++, items > 1 ? this.#slices : undefined);
    this.#kernel.setBuffer(index++, this.#workspace);
    this.#kernel.setScalar(index++, 'ulong', this.#workspaceBytes);
    this.#kernel.setBuffer(index++, this.#report);
    this.#kernel.setScalar(index++, 'ulong', this.#reportBytes);
  }

  /** One run with the arguments that are set, and the report of each work-item. */
  async #once(
    items: number,
    before: readonly OpenclEvent[] = [],
  ): Promise<readonly RunReportReader[]> {
    const each = this.#reportBytes;
    const bytes = new Uint8Array(items * each);
    const run = this.#queue.run(this.#kernel, items);
    await completed([...before, run, this.#queue.read(this.#report, bytes)]);
    return Array.from(
      { length: items },
      (_, item) =>
        new RunReportReader(this.#built.manifest, bytes.subarray(item * each, item * each + each)),
    );
  }

  async run(values: readonly Value[]): Promise<readonly RunReportReader[]> {
    for (;;) {
      const slices = rowSlices(this.#built.manifest, values, this.#most);
      const before: OpenclEvent[] = [];
      if (slices !== undefined) {
        const words = new Uint8Array(slices.words.buffer);
        this.#slices = this.#grown(this.#slices, words.byteLength);
        before.push(this.#queue.write(this.#slices, words));
      }
      const items = slices?.items ?? 1;
      this.#set(values, items);
      const reports = await this.#once(items, before);
      const text = Math.max(...reports.map(({ textBytes }) => textBytes));
      if (text <= this.#textBytes) return reports;
      // The log was cut short: the run is done again, which gives the same words.
      this.#textBytes = text;
    }
  }
}

class OpenclLoadedKernel implements LoadedKernel {
  readonly built: BuiltKernel;
  readonly #instance: KernelInstance;
  readonly #queue: OpenclQueue;
  readonly #runs: RunQueue;

  constructor(built: BuiltKernel, instance: KernelInstance, queue: OpenclQueue, runs: RunQueue) {
    this.built = built;
    this.#instance = instance;
    this.#queue = queue;
    this.#runs = runs;
  }

  async run(
    args: KernelArguments,
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<RunReport> {
    const { manifest } = this.built;
    checkNames(manifest, args);
    const values = manifest.arguments.map((argument) => {
      const value = Object.hasOwn(args, argument.name) ? args[argument.name] : undefined;
      return argument.kind === 'scalar'
        ? scalarValue(manifest, argument, value)
        : bufferOf(OpenclDeviceBuffer, manifest, argument, value);
    });
    return this.#runs.add(async () => {
      if (options.signal?.aborted) {
        throw new TilewrightError(`${manifest.kernel} was stopped before it started`, {
          code: 'ABORTED',
          hint: 'No buffer was changed; start it again when it is wanted.',
          cause: options.signal.reason,
        });
      }
      return this.#call(values);
    });
  }

  async #call(values: readonly (bigint | OpenclDeviceBuffer)[]): Promise<RunReport> {
    const buffers = new Set(values.filter((value) => typeof value !== 'bigint'));
    const before = performance.now();
    for (const one of buffers) {
      if (one.mapped === undefined) continue;
      this.#queue.unmap(one.buffer, one.mapped).release();
      one.mapped = undefined;
    }
    try {
      const reports = await this.#instance.run(
        values.map((value) =>
          typeof value === 'bigint'
            ? value
            : { buffer: value.buffer, beats: value.bytes / beatBytes },
        ),
      );
      const failed = reports.find(({ status }) => status !== 'done');
      if (failed !== undefined) throw failed.failure;
      // Process by process, as golden runs them.
      const lines = reports.flatMap(({ log }) => log).sort((a, b) => a.process - b.process);
      return { hostMs: performance.now() - before, log: lines.map(({ text }) => text) };
    } finally {
      const events: OpenclEvent[] = [];
      for (const one of buffers) {
        const { event, ...mapped } = this.#queue.map(one.buffer);
        one.mapped = mapped;
        events.push(event);
      }
      if (events.length > 0) await completed(events);
    }
  }
}

async function sourceOf(built: BuiltKernel): Promise<string> {
  const artefact = built.manifest.artefacts.find(({ kind }) => kind === 'opencl');
  const path = artefact === undefined ? undefined : join(built.folder, artefact.path);
  const missing = (cause?: unknown) =>
    new TilewrightError(`the built kernel ${built.manifest.kernel} has no OpenCL C`, {
      code: 'OPENCL_NO_SOURCE',
      hint: 'Build it again with: tilewright build.',
      cause,
    });
  if (path === undefined) throw missing();
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw missing(error);
  });
}

class OpenclBackedDevice implements Device {
  readonly name = 'opencl';
  readonly #context: OpenclContext;
  readonly #queue: OpenclQueue;
  readonly #runs = new RunQueue();
  readonly #life = new DeviceLife('opencl');
  readonly #quick: boolean;
  readonly #items: number;
  /** By source: a program is compiled once. */
  readonly #loaded = new Map<string, Promise<KernelInstance>>();
  #closed: Promise<void> | undefined;

  constructor({ openclDevice, openclItems, quick = false }: OpenclDeviceOptions) {
    const device = chooseDevice(openclDevice);
    if (!device.littleEndian || !device.hasCompiler) {
      throw new TilewrightError(`${device.name} cannot run OpenCL C that tilewright writes`, {
        code: 'OPENCL_DEVICE',
        hint: `It takes a little-endian device with a compiler: choose one with TILEWRIGHT_OPENCL. ${wayToDevices()}`,
      });
    }
    this.#context = new OpenclContext(device);
    this.#queue = new OpenclQueue(this.#context);
    this.#quick = quick;
    this.#items = openclItems ?? itemsAUnit * device.computeUnits;
  }

  async load(kernel: BuiltKernel): Promise<LoadedKernel> {
    this.#life.check();
    const source = await sourceOf(kernel);
    let loading = this.#loaded.get(source);
    if (loading === undefined) {
      loading = this.#build(kernel, source);
      this.#loaded.set(source, loading);
    }
    return new OpenclLoadedKernel(kernel, await loading, this.#queue, this.#runs);
  }

  async #build(kernel: BuiltKernel, source: string): Promise<KernelInstance> {
    const options = `-cl-std=CL1.2${this.#quick ? ' -cl-opt-disable' : ''}`;
    const program = await OpenclProgram.fromSource(this.#context, source, options);
    const instance = new KernelInstance(
      ...([kernel, this.#context, this.#queue, program, this.#items] as const),
    );
    await this.#runs.add(() => instance.prepare());
    return instance;
  }

  allocate(bytes: number): DeviceBuffer {
    this.#life.check();
    return new OpenclDeviceBuffer(this.#context, bytes);
  }

  close(): Promise<void> {
    this.#life.end();
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await this.#runs.idle();
    await this.#queue.finish();
    this.#context.release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * The device `opencl`: the kernel's OpenCL C, compiled and run by any OpenCL device; PoCL makes one of this
 * machine's processor. Buffers lie in this process's memory, and are used in place where the device can. A
 * run cannot be stopped half-way: `signal` is heeded before each. Accesses outside a buffer, and requests
 * that do not match their uses, are errors, as in golden.
 * @throws TilewrightError `OPENCL_MISSING`, `OPENCL_NO_DEVICE` with the command that installs it.
 */
export function openclDevice(options: OpenclDeviceOptions = {}): Device {
  return new OpenclBackedDevice(options);
}
