import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Manifest } from '../../../codegen/package/manifest.ts';
import { readXclbin } from '../../../codegen/package/xclbin/read-xclbin.ts';
import { summariseXclbin } from '../../../codegen/package/xclbin/summarise-xclbin.ts';
import { TilewrightError } from '../../../codegen/support/errors.ts';
import type { SimulatorOptions } from '../../../sim/index.ts';
import type { MappedMemory } from '../../ffi/mapped-memory.ts';
import { modeOf, type XrtMode } from '../../xrt/index.ts';
import { buildHwEmu } from '../build-xclbin.ts';
import type { BuiltKernel } from '../built-kernel.ts';
import type {
  Device,
  DeviceBuffer,
  DeviceRunOptions,
  KernelArguments,
  LoadedKernel,
  RunReport,
} from '../device.ts';
import { DeviceLife } from '../device-life.ts';
import { bufferOf, checkNames, scalarValue } from '../kernel-arguments.ts';
import { RunQueue } from '../run-queue.ts';
import { EmulationProcess } from './emulation-process.ts';
import { XrtHostBuffer } from './xrt-buffer.ts';
import type { BufferReference, RunRequest, XrtCalls } from './xrt-calls.ts';
import { XrtSession } from './xrt-session.ts';

export interface XrtDeviceOptions
  extends Pick<SimulatorOptions, 'memory' | 'quick' | 'signal' | 'onProgress'> {
  /**
   * An xclbin that has every kernel that is loaded. Where it is left out, one is built for each, for
   * hardware emulation.
   */
  readonly xclbin?: string | undefined;
}

/** A card, or an emulated one, with what has been opened on it. It is opened by the first run, and again after it died. */
class Card {
  readonly xclbin: string;
  readonly #start: () => Promise<XrtCalls>;
  readonly #kernels = new Map<string, readonly number[]>();
  #calls: XrtCalls | undefined;
  readonly #opened = new Set<string>();

  constructor(xclbin: string, start: () => Promise<XrtCalls>) {
    this.xclbin = xclbin;
    this.#start = start;
  }

  add({ kernel, arguments: all }: Manifest): void {
    this.#kernels.set(
      kernel,
      all.map(({ register }) => register),
    );
  }

  async calls(): Promise<XrtCalls> {
    const open = this.#calls;
    if (open !== undefined && !(open instanceof EmulationProcess && open.over)) {
      await this.#openKernels(open);
      return open;
    }
    const calls = await this.#start();
    this.#calls = calls;
    this.#opened.clear();
    try {
      await calls.open(this.xclbin);
      await this.#openKernels(calls);
      return calls;
    } catch (error) {
      this.#calls = undefined;
      await calls.close();
      throw error;
    }
  }

  async #openKernels(calls: XrtCalls): Promise<void> {
    for (const [name, registers] of this.#kernels) {
      if (this.#opened.has(name)) continue;
      await calls.openKernel(name, registers);
      this.#opened.add(name);
    }
  }

  forget(buffer: number): void {
    this.#calls?.forget(buffer);
  }

  async close(): Promise<void> {
    await this.#calls?.close();
    this.#calls = undefined;
  }
}

class XrtLoadedKernel implements LoadedKernel {
  readonly built: BuiltKernel;
  readonly #card: Card;
  readonly #queue: RunQueue;

  constructor(built: BuiltKernel, card: Card, queue: RunQueue) {
    this.built = built;
    this.#card = card;
    this.#queue = queue;
  }

  async run(args: KernelArguments, options: DeviceRunOptions = {}): Promise<RunReport> {
    checkNames(this.built.manifest, args);
    this.#request(args);
    return this.#queue.add(() => this.#run(args, options));
  }

  #buffers(args: KernelArguments) {
    const { manifest } = this.built;
    return manifest.arguments.flatMap((argument) => {
      if (argument.kind === 'scalar') return [];
      const buffer = bufferOf(XrtHostBuffer, manifest, argument, args[argument.name]);
      return [{ buffer, written: argument.direction === 'write' }];
    });
  }

  #request(args: KernelArguments): RunRequest {
    const { manifest } = this.built;
    const buffers = this.#buffers(args);
    // Their memory is looked at so that one that was released is refused here.
    for (const { buffer } of buffers) void buffer.data;
    const values = manifest.arguments.map((argument) => {
      const value = Object.hasOwn(args, argument.name) ? args[argument.name] : undefined;
      if (argument.kind === 'scalar') {
        const bits = String(scalarValue(manifest, argument, value));
        return { kind: 'scalar', bits, bytes: argument.bytes } as const;
      }
      const { reference } = bufferOf(XrtHostBuffer, manifest, argument, value);
      const written = argument.direction === 'write';
      return { kind: 'memory', buffer: reference, written } as const;
    });
    return { kernel: manifest.kernel, values };
  }

  async #run(args: KernelArguments, { signal, timeoutMs }: DeviceRunOptions): Promise<RunReport> {
    const { kernel } = this.built.manifest;
    if (signal?.aborted) {
      throw new TilewrightError(`${kernel} was stopped before it started`, {
        code: 'ABORTED',
        hint: 'No buffer was changed; start it again when it is wanted.',
        cause: signal.reason,
      });
    }
    const calls = await this.#card.calls();
    const limits = [signal, timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs)];
    const given = limits.filter((one) => one !== undefined);
    const stop = given.length === 0 ? undefined : AbortSignal.any(given);
    const begin = performance.now();
    await calls.run(this.#request(args), stop);
    const hostMs = performance.now() - begin;
    for (const { buffer, written } of this.#buffers(args)) if (written) buffer.changed();
    const logged = calls instanceof EmulationProcess ? calls.loggedRun(kernel) : undefined;
    return { hostMs, ...logged };
  }
}

/** As TILEWRIGHT_MEMORY takes it; undefined when nothing is given. */
function memoryText({ memory = {} }: XrtDeviceOptions): string | undefined {
  const given = Object.entries(memory).filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : given.map((pair) => pair.join('=')).join(',');
}

class XrtBackEnd implements Device {
  readonly name = 'xrt';
  readonly #mode: XrtMode;
  readonly #options: XrtDeviceOptions;
  /** By xclbin. */
  readonly #cards = new Map<string, Card>();
  readonly #queue = new RunQueue();
  readonly #life = new DeviceLife('xrt');
  /** Only where XRT runs in this process: what its buffers are made of. */
  readonly #memories = new Map<number, MappedMemory>();

  constructor(mode: XrtMode, options: XrtDeviceOptions) {
    this.#mode = mode;
    this.#options = options;
  }

  async load(kernel: BuiltKernel): Promise<LoadedKernel> {
    this.#life.check();
    const xclbin = this.#options.xclbin ?? (await this.#build(kernel));
    let card = this.#cards.get(xclbin);
    if (card === undefined) {
      card = new Card(xclbin, () => this.#start());
      this.#cards.set(xclbin, card);
    }
    await checkKernel(xclbin, kernel.manifest);
    card.add(kernel.manifest);
    return new XrtLoadedKernel(kernel, card, this.#queue);
  }

  async #build(built: BuiltKernel): Promise<string> {
    if (this.#mode === 'hw') {
      throw new TilewrightError('a card needs an xclbin that was linked for it', {
        code: 'XRT_NO_XCLBIN',
        hint: 'Build it with `tilewright build --target hw`, or set XCL_EMULATION_MODE=hw_emu.',
      });
    }
    const { quick, signal, onProgress } = this.#options;
    const options = { trace: false, quick, signal, onProgress };
    return (await buildHwEmu([{ built }], options)).file;
  }

  async #start(): Promise<XrtCalls> {
    if (this.#mode === 'hw_emu') return EmulationProcess.start(memoryText(this.#options));
    return new XrtSession(this.#mode, ({ id }: BufferReference) => {
      const memory = this.#memories.get(id);
      if (memory === undefined) throw new Error(`buffer ${id} has no memory`);
      return memory;
    });
  }

  allocate(bytes: number): DeviceBuffer {
    this.#life.check();
    const buffer = new XrtHostBuffer(bytes, this.#mode === 'hw_emu', (id) => {
      for (const card of this.#cards.values()) card.forget(id);
      this.#memories.delete(id);
    });
    if (this.#mode !== 'hw_emu') this.#memories.set(buffer.reference.id, buffer.memory);
    return buffer;
  }

  async close(): Promise<void> {
    this.#life.end();
    // XRT in this process has to be left alone while a run uses it; another process is ended with its run.
    if (this.#mode !== 'hw_emu') await this.#queue.idle();
    const cards = [...this.#cards.values()];
    this.#cards.clear();
    await Promise.all(cards.map((card) => card.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

async function summaryOf(file: string) {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw new TilewrightError(`cannot read the xclbin ${file}: ${(cause as Error).message}`, {
      code: 'XCLBIN_FILE',
      hint: 'Build one with `tilewright build KERNEL --target hw_emu`.',
      cause,
    });
  }
  return summariseXclbin(readXclbin(file, bytes));
}

/** XRT would take a broken file, and the kernel of another, further than it should. */
async function checkKernel(file: string, manifest: Manifest): Promise<void> {
  const { kernels } = await summaryOf(file);
  const found = kernels.find(({ name }) => name === manifest.kernel);
  if (found === undefined) {
    const names = kernels.map(({ name }) => name).join(', ') || 'no kernel';
    throw new TilewrightError(`${file} does not have ${manifest.kernel}; it has ${names}`, {
      code: 'XCLBIN_KERNEL',
      hint: 'Give the xclbin that was built for this kernel, or none: then one is built.',
    });
  }
  const have = found.arguments.filter(({ id }) => id !== undefined).map(({ name }) => name);
  const want = manifest.arguments.map(({ name }) => name);
  if (have.join() === want.join()) return;
  throw new TilewrightError(
    `the ${manifest.kernel} of ${file} takes ${have.join(', ')}; this one takes ${want.join(', ')}`,
    { code: 'XCLBIN_KERNEL', hint: 'It was built from another version: build the xclbin again.' },
  );
}

/**
 * The device `xrt`: AMD's runtime. XCL_EMULATION_MODE says what it drives; where it is not set, that is
 * what the xclbin is for, and without one hardware emulation, which runs in a process of its own. A card and
 * the noop mode, which computes nothing, run in this process.
 * @throws TilewrightError `XRT_MISSING`, `XRT_MODE`, `XCLBIN_FILE`, `XCLBIN_FORMAT`, `XCLBIN_CORRUPT`.
 */
export async function xrtDevice(given: XrtDeviceOptions = {}): Promise<Device> {
  // XRT may run in another folder than this process.
  const xclbin = given.xclbin === undefined ? {} : { xclbin: resolve(given.xclbin) };
  const options = { ...given, ...xclbin };
  const asked = process.env['XCL_EMULATION_MODE'] ?? '';
  const emulated =
    options.xclbin === undefined || (await summaryOf(options.xclbin)).mode === 'hw_emu';
  const mode = asked === '' && emulated ? 'hw_emu' : modeOf();
  return new XrtBackEnd(mode, options);
}
