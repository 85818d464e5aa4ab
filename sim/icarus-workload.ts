import type { Manifest, ManifestMemory } from '../codegen/package/manifest.ts';
import { TilewrightError } from '../codegen/support/errors.ts';
import { beatBytes, type SimBuffer } from './memory.ts';
import { type RegisterWrite, registerValues, type SimArguments } from './register-values.ts';
import type { MemoryModel } from './simulator.ts';

/** One start of the kernel. */
export interface IcarusRun {
  readonly scalars: Readonly<Record<string, number | bigint>>;
  /**
   * By argument name, each a whole number of 64-byte beats. What the kernel reads, and what lies where
   * it writes before it does; they are not changed.
   */
  readonly buffers: Readonly<Record<string, Uint8Array>>;
  readonly memory: MemoryModel;
}

/** A buffer's place in the file of all runs of its port. */
export interface PlacedBuffer {
  readonly port: string;
  readonly argument: ManifestMemory;
  readonly data: Uint8Array;
  /** First word (beat) among those of all runs. */
  readonly offset: number;
}

export interface PreparedRun {
  readonly buffers: readonly PlacedBuffer[];
  readonly row: readonly number[];
}

export interface IcarusLimits {
  /**
   * Cycles in which nothing moves after which a run has failed; by default 1,000 + 10 × latency. Verilog that
   * does not tell of its processes counts as moving with its handshakes only, and gets 20,000 + 10 × latency.
   */
  readonly noProgressCycles?: number | undefined;
  /** Cycles after which a run has failed; by default 1,000,000, minutes in Icarus. */
  readonly maximumCycles?: number | undefined;
}

/** Numbers of a row before those of the ports, and of each port. */
export const columnsBeforePorts = 5;
export const columnsOfPort = 5;

const stallRange = 1024;

function refuse(kernel: string, what: string, hint: string): never {
  throw new TilewrightError(`${kernel} in Icarus: ${what}`, { code: 'SIM_OPTION', hint });
}

/** Across a 4 GiB border where it has two pages: an address adder that loses its carry is found out. */
function addressOf(port: number, bytes: number): bigint {
  const pagesBelow = BigInt(Math.floor(bytes / 2 / 4096));
  return BigInt(0x10 + 2 * port) * 0x1_0000_0000n - pagesBelow * 4096n;
}

function asSimBuffer(data: Uint8Array, address: bigint): SimBuffer {
  const release = () => undefined;
  return { bytes: data.length, address, data, release, [Symbol.dispose]: release };
}

const low = (value: bigint): number => Number(value & 0xffffffffn);

/** Never 0, which a shift register does not leave. */
function stallSeed(seed: number, port: number): number {
  let mixed = Math.imul((seed >>> 0) ^ Math.floor(seed / 2 ** 32), 0x9e3779b9);
  mixed = Math.imul(mixed ^ (mixed >>> 15) ^ ((port + 1) << 8), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0 || 1;
}

function checkMemory(kernel: string, memory: MemoryModel): void {
  const { latency, outstanding, stall } = memory;
  const integer = (name: string, value: number, high: number) => {
    if (Number.isSafeInteger(value) && value >= 1 && value <= high) return;
    refuse(kernel, `the memory's ${name} cannot be ${value}`, `It takes 1 to ${high}.`);
  };
  integer('latency', latency, 100_000);
  integer('outstanding', outstanding, 4_096);
  if (!(stall >= 0 && stall <= 0.95)) {
    refuse(kernel, `the memory's stall cannot be ${stall}`, 'It takes 0 to 0.95.');
  }
}

/** Collects the runs: the words of each port's file, and one row of numbers a run. */
export class IcarusWorkload {
  readonly #manifest: Manifest;
  readonly #limits: IcarusLimits;
  readonly #patience: number;
  readonly #words = new Map<string, number>();
  readonly runs: PreparedRun[] = [];
  registers: readonly RegisterWrite[] = [];

  /** @param watched whether the Verilog tells of its processes. */
  constructor(manifest: Manifest, limits: IcarusLimits, watched: boolean) {
    this.#manifest = manifest;
    this.#limits = limits;
    this.#patience = watched ? 1_000 : 20_000;
  }

  /** Beats of all runs at a port. */
  wordsOf(port: string): number {
    return this.#words.get(port) ?? 0;
  }

  add({ scalars, buffers, memory }: IcarusRun): void {
    const { kernel, ports } = this.#manifest;
    checkMemory(kernel, memory);
    const values: Record<string, number | bigint | SimBuffer> = { ...scalars };
    for (const [name, data] of Object.entries(buffers)) {
      if (data.length === 0 || data.length % beatBytes !== 0) {
        const hint = `Pad it with zeros to a whole number of ${beatBytes}-byte beats, one at least.`;
        refuse(kernel, `buffer '${name}' has ${data.length} bytes`, hint);
      }
      const port = this.#argument(name)?.port;
      const index = ports.findIndex((candidate) => candidate.name === port);
      values[name] = asSimBuffer(data, addressOf(index + 1, data.length));
    }
    const bound = registerValues(this.#manifest, values as SimArguments);
    const placed = bound.buffers.map(({ argument, buffer }): PlacedBuffer => {
      const memoryArgument = this.#argument(argument);
      if (memoryArgument === undefined) throw new Error(`${argument} is no memory`);
      const { port } = memoryArgument;
      const offset = this.wordsOf(port);
      this.#words.set(port, offset + buffer.data.length / beatBytes);
      return { port, argument: memoryArgument, data: buffer.data, offset };
    });
    const { noProgressCycles = this.#patience + 10 * memory.latency, maximumCycles = 1_000_000 } =
      this.#limits;
    const row = [
      memory.latency,
      memory.outstanding,
      Math.round(memory.stall * stallRange),
      noProgressCycles,
      maximumCycles,
    ];
    for (const [index, { name }] of ports.entries()) {
      const buffer = bound.buffers.find(({ port }) => port === index)?.buffer;
      const offset = placed.find(({ port }) => port === name)?.offset;
      if (buffer === undefined || offset === undefined) {
        refuse(kernel, `no argument is behind port ${name}`, 'Generate the kernel again.');
      }
      const { address, data } = buffer;
      row.push(offset, data.length / beatBytes, low(address), low(address >> 32n));
      row.push(stallSeed(memory.seed, index));
    }
    this.registers = bound.writes;
    row.push(...bound.writes.map(({ value }) => value));
    this.runs.push({ buffers: placed, row });
  }

  #argument(name: string): ManifestMemory | undefined {
    const found = this.#manifest.arguments.find((argument) => argument.name === name);
    return found?.kind === 'memory' ? found : undefined;
  }
}
