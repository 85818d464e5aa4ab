import { performance } from 'node:perf_hooks';
import { TilewrightError } from '../../../codegen/support/errors.ts';
import type { MappedMemory } from '../../ffi/mapped-memory.ts';
import {
  loadXrt,
  type XrtBuffer,
  XrtDevice,
  type XrtKernel,
  type XrtMode,
  type XrtRun,
} from '../../xrt/index.ts';
import type { BufferReference, RunRequest, XrtCalls } from './xrt-calls.ts';

interface OpenKernel {
  readonly kernel: XrtKernel;
  readonly run: XrtRun;
}

/** A buffer in one memory bank of the card. */
interface Placed {
  readonly buffer: XrtBuffer;
  /** Of the host's contents that the card has. */
  version: number;
}

/** One card with one xclbin, in the process that this runs in. */
export class XrtSession implements XrtCalls {
  readonly #mode: XrtMode;
  readonly #memoryOf: (buffer: BufferReference) => MappedMemory;
  readonly #kernels = new Map<string, OpenKernel>();
  /** By buffer, then by memory bank. */
  readonly #placed = new Map<number, Map<number, Placed>>();
  #device: XrtDevice | undefined;

  /** @param memoryOf the host's side of a buffer. */
  constructor(mode: XrtMode, memoryOf: (buffer: BufferReference) => MappedMemory) {
    this.#mode = mode;
    this.#memoryOf = memoryOf;
  }

  async open(xclbin: string): Promise<void> {
    this.#device = XrtDevice.open(await loadXrt(this.#mode));
    await this.#device.load(xclbin);
  }

  get #open(): XrtDevice {
    if (this.#device !== undefined) return this.#device;
    throw new TilewrightError('the device xrt is closed', {
      code: 'DEVICE_CLOSED',
      hint: 'Open it again: await openDevice("xrt").',
    });
  }

  async openKernel(name: string, registers: readonly number[]): Promise<void> {
    if (this.#kernels.has(name)) return;
    const kernel = this.#open.kernel(name);
    try {
      for (const [index, register] of registers.entries()) {
        const found = kernel.offset(index);
        if (found === register) continue;
        throw new TilewrightError(
          `the xclbin's ${name} has argument ${index} at register ${found}, this one at ${register}`,
          {
            code: 'XCLBIN_KERNEL',
            hint: 'It was built from another version of the kernel: build the xclbin again.',
          },
        );
      }
      this.#kernels.set(name, { kernel, run: kernel.run() });
    } catch (error) {
      kernel.release();
      throw error;
    }
  }

  async run({ kernel: name, values }: RunRequest, signal?: AbortSignal): Promise<number> {
    const opened = this.#kernels.get(name);
    if (opened === undefined) throw new Error(`${name} is not open`);
    const { kernel, run } = opened;
    const written: { readonly placed: Placed; readonly version: number }[] = [];
    for (const [index, value] of values.entries()) {
      if (value.kind === 'scalar') {
        run.setScalar(index, BigInt(value.bits), value.bytes);
        continue;
      }
      const { version } = value.buffer;
      const placed = this.#place(value.buffer, kernel.group(index));
      if (placed.version !== version) await placed.buffer.toDevice();
      placed.version = version;
      run.setBuffer(index, placed.buffer);
      if (value.written) written.push({ placed, version: version + 1 });
    }
    const begin = performance.now();
    run.start();
    await run.wait({ signal });
    const milliseconds = performance.now() - begin;
    for (const { placed, version } of written) {
      await placed.buffer.fromDevice();
      placed.version = version;
    }
    return milliseconds;
  }

  #place(reference: BufferReference, group: number): Placed {
    const banks = this.#placed.get(reference.id) ?? new Map<number, Placed>();
    const known = banks.get(group);
    if (known !== undefined) return known;
    const memory = this.#memoryOf(reference);
    const placed = { buffer: this.#open.allocate(reference.bytes, group, { memory }), version: -1 };
    banks.set(group, placed);
    this.#placed.set(reference.id, banks);
    return placed;
  }

  forget(id: number): void {
    for (const { buffer } of this.#placed.get(id)?.values() ?? []) buffer.release();
    this.#placed.delete(id);
  }

  async close(): Promise<void> {
    this.#device?.release();
    this.#device = undefined;
    this.#kernels.clear();
    this.#placed.clear();
  }
}
