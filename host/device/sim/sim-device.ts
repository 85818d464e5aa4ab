import { performance } from 'node:perf_hooks';
import {
  allocateSimBuffer,
  openSimulator,
  type SimBuffer,
  type Simulator,
  type SimulatorOptions,
} from '../../../sim/index.ts';
import type { BuiltKernel } from '../built-kernel.ts';
import { checkTransfer } from '../check-transfer.ts';
import type {
  Device,
  DeviceBuffer,
  DeviceRunOptions,
  KernelArguments,
  LoadedKernel,
  RunReport,
} from '../device.ts';
import { DeviceLife } from '../device-life.ts';
import { checkArguments, noBuffer } from '../kernel-arguments.ts';

/** Memory, stalls, trace and log, as `openSimulator` takes them; the same for every kernel loaded. */
export type SimDeviceOptions = SimulatorOptions;

class SimDeviceBuffer implements DeviceBuffer {
  readonly memory: SimBuffer;
  readonly bytes: number;

  constructor(bytes: number) {
    this.memory = allocateSimBuffer(bytes);
    this.bytes = bytes;
  }

  write(source: Uint8Array, offset = 0): void {
    checkTransfer('write', source, offset, this.bytes);
    this.memory.data.set(source, offset);
  }

  read(target: Uint8Array, offset = 0): void {
    checkTransfer('read', target, offset, this.bytes);
    target.set(this.memory.data.subarray(offset, offset + target.byteLength));
  }

  release(): void {
    this.memory.release();
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

class SimKernel implements LoadedKernel {
  readonly built: BuiltKernel;
  readonly simulator: Simulator;

  constructor(built: BuiltKernel, simulator: Simulator) {
    this.built = built;
    this.simulator = simulator;
  }

  async run(args: KernelArguments, { signal, limits }: DeviceRunOptions = {}): Promise<RunReport> {
    checkArguments(this.built.manifest, args);
    const own = Object.entries(args).map(
      ([name, value]) => [name, this.#own(name, value)] as const,
    );
    const before = performance.now();
    const result = await this.simulator.run(Object.fromEntries(own), { ...limits, signal });
    const { cycles, ports, log, profile } = result;
    const hostMs = performance.now() - before;
    return { hostMs, cycles, ports, log, ...(profile === undefined ? {} : { profile }) };
  }

  #own(name: string, value: number | bigint | DeviceBuffer): number | bigint | SimBuffer {
    if (typeof value !== 'object') return value;
    if (value instanceof SimDeviceBuffer) return value.memory;
    throw noBuffer(this.built.manifest, name, value);
  }
}

class SimDevice implements Device {
  readonly name = 'sim';
  readonly #options: SimDeviceOptions;
  readonly #kernels = new Set<SimKernel>();
  readonly #life = new DeviceLife('sim');

  constructor(options: SimDeviceOptions) {
    this.#options = options;
  }

  async load(kernel: BuiltKernel): Promise<LoadedKernel> {
    this.#life.check();
    const loaded = new SimKernel(kernel, await openSimulator(kernel, this.#options));
    this.#kernels.add(loaded);
    return loaded;
  }

  allocate(bytes: number): DeviceBuffer {
    this.#life.check();
    return new SimDeviceBuffer(bytes);
  }

  async close(): Promise<void> {
    this.#life.end();
    const kernels = [...this.#kernels];
    this.#kernels.clear();
    // Each is freed even when another one's trace or log cannot be written.
    const closed = await Promise.allSettled(kernels.map(({ simulator }) => simulator.close()));
    const failed = closed.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * The device `sim`: the kernel's Verilog in Verilator, its memory behind AXI and its registers behind
 * AXI-Lite. Cycles are true to the memory model; `hostMs` is the simulator's own time.
 */
export function simDevice(options: SimDeviceOptions = {}): Device {
  return new SimDevice(options);
}
