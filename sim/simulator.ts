import { renameSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import type { Manifest } from '../codegen/package/manifest.ts';
import { asWriteError, temporaryPathFor } from '../codegen/support/atomic-write.ts';
import { TilewrightError } from '../codegen/support/errors.ts';
import { makeFolders } from '../codegen/support/make-folders.ts';
import { type BuildModelOptions, buildModel } from './build-model.ts';
import { NativeModel } from './native-model.ts';
import { parseProfile, type SimulationProfile } from './profile.ts';
import { registerValues, type SimArguments } from './register-values.ts';
import { livelockReport } from './stuck-report.ts';
import type { KernelArtefacts } from './verilog-sources.ts';

/** The memory behind every port; the model itself is described in sim/cpp/read-port.hpp. */
export interface MemoryModel {
  /** Cycles from an AR handshake to the first beat of its burst; 1 to 100,000. */
  readonly latency: number;
  /** Bursts that a port may have in flight; 1 to 4,096. */
  readonly outstanding: number;
  /** Probability that a ready or a valid is withheld in a cycle; 0 to 0.95. */
  readonly stall: number;
  /** Seed of the stalls and of the registers' values at power-up. */
  readonly seed: number;
}

export const defaultMemory: MemoryModel = { latency: 64, outstanding: 64, stall: 0, seed: 1 };

export interface SimulatorOptions extends Omit<BuildModelOptions, 'trace'> {
  /** What is not given is as in `defaultMemory`. */
  readonly memory?: Partial<MemoryModel> | undefined;
  /** Writes every signal to this FST file; cycle n begins at time 10 n. */
  readonly trace?: string | undefined;
  /**
   * Writes every handshake to this CSV file: cycle, port, channel (AR, R, AW, W, B), address in hex,
   * beats (of the burst for AR and AW, 1 for R and W); B, and data before their address, have address 0. The rows `kernel,start` and `kernel,done` bound
   * the cycles that a run is charged with.
   */
  readonly axiLog?: string | undefined;
  /**
   * Cycles without a handshake after which a run has failed. By default it fails as soon as nothing moves
   * any more; Verilog that does not tell of its processes gets 20,000 + 10 × latency.
   */
  readonly noProgressCycles?: number | undefined;
  /** Cycles after which a run has failed; by default 2^28. */
  readonly maximumCycles?: number | undefined;
}

/** What one port did in a run. */
export interface PortActivity {
  readonly port: string;
  readonly bursts: number;
  readonly beats: number;
}

export interface SimulationResult {
  /**
   * From the cycle in which the last part of the write of ap_start (AW and W) was taken to the first
   * cycle in which the interrupt, which the kernel raises on ap_done, is high. Writing the arguments
   * and reading the status afterwards are not in it.
   */
  readonly cycles: number;
  readonly ports: readonly PortActivity[];
  /** What the kernel printed, process by process as in golden. */
  readonly log: readonly string[];
  /** Cycles simulated a second of this machine's time, the memory model included. */
  readonly simCyclesPerSecond: number;
  /** What the reader should know besides, e.g. Verilator's warnings about the kernel. */
  readonly messages: readonly string[];
  /** Where the simulator was opened with `profile`. */
  readonly profile?: SimulationProfile;
}

/** What a run must not go beyond. */
export interface RunLimits {
  /** Cycles after which it has failed, where the simulator was opened without a limit of its own. */
  readonly maximumCycles?: number | undefined;
  /** Beats that the golden model makes at each port, by its name: a run that makes more never ends. */
  readonly beats?: Readonly<Record<string, number>> | undefined;
}

export interface RunOptions extends RunLimits {
  readonly signal?: AbortSignal | undefined;
  /** Told the cycles so far, several times a second. */
  readonly onCycles?: ((cycles: number) => void) | undefined;
}

/** A kernel in the Verilated simulation. One run at a time; the kernel is not reset between runs. */
export interface Simulator extends AsyncDisposable {
  readonly manifest: Manifest;
  readonly memory: MemoryModel;
  /**
   * Writes the arguments, starts the kernel and clocks it until it is done.
   * @throws TilewrightError `SIM_AXI_RULE` (a port broke a rule of AXI or left its buffers),
   * `SIM_DEADLOCK`, `SIM_LIVELOCK`, `SIM_CYCLE_LIMIT`, `SIM_PROTOCOL`, `ASSERTION` (an assert() of the kernel),
   * `KERNEL_ARGUMENT`, `ABORTED`. After any but
   * `KERNEL_ARGUMENT` the simulator is of no further use but to be closed.
   */
  run(args: SimArguments, options?: RunOptions): Promise<SimulationResult>;
  /** The first half of `run`: for who wants to watch the registers while the kernel runs. */
  start(args: SimArguments): void;
  /** The second half of `run`. */
  wait(options?: RunOptions): Promise<SimulationResult>;
  /** Over AXI-Lite, which takes a few cycles. */
  writeRegister(offset: number, value: number): void;
  readRegister(offset: number): number;
  /** Writes trace and log out. */
  close(): Promise<void>;
}

const chunkMs = 30;
/** Minutes of simulation. */
const defaultMaximumCycles = 2 ** 28;

function checked(name: string, value: number, low: number, high: number, isInteger = true): number {
  const fits = value >= low && value <= high && (!isInteger || Number.isSafeInteger(value));
  if (fits) return value;
  throw new TilewrightError(`the simulator's ${name} cannot be ${value}`, {
    code: 'SIM_OPTION',
    hint: `It takes ${isInteger ? 'an integer' : 'a number'} from ${low} to ${high}.`,
  });
}

function checkedMemory(memory: Partial<MemoryModel>): MemoryModel {
  const {
    latency = defaultMemory.latency,
    outstanding = defaultMemory.outstanding,
    stall = defaultMemory.stall,
    seed = defaultMemory.seed,
  } = memory;
  return {
    latency: checked('latency', latency, 1, 100_000),
    outstanding: checked('outstanding', outstanding, 1, 4_096),
    stall: checked('stall', stall, 0, 0.95, false),
    seed: checked('seed', seed, 0, Number.MAX_SAFE_INTEGER),
  };
}

/** A file that the C++ side writes: under another name until it is whole. */
class OutputFile {
  readonly path: string;
  readonly temporary: string;

  constructor(path: string) {
    this.path = resolve(path);
    this.temporary = temporaryPathFor(this.path);
    try {
      makeFolders(dirname(this.path));
    } catch (error) {
      throw asWriteError(error, this.path);
    }
  }

  keep(): void {
    try {
      renameSync(this.temporary, this.path);
    } catch (error) {
      throw asWriteError(error, this.path);
    }
  }

  discard(): void {
    rmSync(this.temporary, { force: true });
  }
}

class VerilatedSimulator implements Simulator {
  readonly manifest: Manifest;
  readonly memory: MemoryModel;
  readonly #model: NativeModel;
  readonly #messages: readonly string[];
  readonly #maximumCycles: number | undefined;
  readonly #outputs: readonly OutputFile[];
  /** Cycles to the next look at the clock on the wall, adapted to the speed of this model. */
  #chunk = 20_000;
  /** The running kernel's memory: kept alive while C++ holds its address, released or not. */
  #held: readonly Uint8Array[] | undefined;
  #stopped = false;
  #closed = false;

  constructor(
    manifest: Manifest,
    memory: MemoryModel,
    model: NativeModel,
    messages: readonly string[],
    maximumCycles: number | undefined,
    outputs: readonly OutputFile[],
  ) {
    this.manifest = manifest;
    this.memory = memory;
    this.#model = model;
    this.#messages = messages;
    this.#maximumCycles = maximumCycles;
    this.#outputs = outputs;
  }

  async run(args: SimArguments, options: RunOptions = {}): Promise<SimulationResult> {
    this.start(args);
    return this.wait(options);
  }

  start(args: SimArguments): void {
    this.#checkOpen();
    if (this.#held !== undefined) {
      throw new TilewrightError(`${this.manifest.kernel} was started while it runs`, {
        code: 'SIM_BUSY',
        hint: 'Wait for the run before, or open a second simulator.',
      });
    }
    const { writes, buffers } = registerValues(this.manifest, args);
    const held = buffers.map(({ buffer }) => buffer.data);
    try {
      for (const [index, { port, argument, buffer }] of buffers.entries()) {
        this.#model.bind(port, argument, buffer.address, held[index]);
      }
      for (const { offset, value } of writes) this.#model.writeRegister(offset, value);
      this.#model.start();
      this.#held = held;
    } catch (error) {
      this.#model.unbind();
      throw error;
    }
  }

  async wait(options: RunOptions = {}): Promise<SimulationResult> {
    this.#checkOpen();
    const { signal, onCycles, beats = {} } = options;
    const maximum = this.#maximumCycles ?? options.maximumCycles ?? defaultMaximumCycles;
    if (this.#held === undefined) {
      throw new TilewrightError(`${this.manifest.kernel} was not started`, {
        code: 'SIM_PROTOCOL',
        hint: 'Call start() before wait(), or run().',
      });
    }
    try {
      let milliseconds = 0;
      const { cycle: from, startCycle } = this.#model.counters();
      for (let done = false; !done; ) {
        if (signal?.aborted) throw this.#aborted(signal);
        const before = performance.now();
        const left = startCycle + maximum - this.#model.counters().cycle;
        done = this.#model.run(Math.max(1, Math.min(this.#chunk, left)));
        const spent = performance.now() - before;
        milliseconds += spent;
        if (done) break;
        this.#adaptChunk(spent);
        const { cycle, ports } = this.#model.counters();
        const cycles = cycle - startCycle;
        const more = this.manifest.ports.findIndex(
          ({ name }, index) => ports[index].beats > (beats[name] ?? Number.POSITIVE_INFINITY),
        );
        if (more >= 0) {
          const { name } = this.manifest.ports[more];
          throw this.#endless(
            'SIM_LIVELOCK',
            `does not end: port ${name} has moved ${ports[more].beats} beats in ${cycles} cycles, ` +
              `the golden model moves ${beats[name]} in the whole run`,
          );
        }
        if (cycles >= maximum) {
          throw this.#endless('SIM_CYCLE_LIMIT', `was not done after ${cycles} cycles`);
        }
        onCycles?.(cycles);
        await setImmediate();
        // Somebody else may have closed it meanwhile: the model is gone then.
        this.#checkOpen();
      }
      const counters = this.#model.counters();
      this.#model.acknowledge();
      const profile = parseProfile(this.#model.profile());
      return {
        cycles: counters.doneCycle - counters.startCycle,
        ports: this.manifest.ports.map(({ name }, index) => ({
          port: name,
          ...counters.ports[index],
        })),
        log: this.#model.log(),
        simCyclesPerSecond: Math.round(
          (counters.cycle - from) / Math.max(milliseconds / 1e3, 1e-6),
        ),
        messages: this.#messages,
        ...(profile === undefined ? {} : { profile }),
      };
    } finally {
      if (!this.#closed) this.#model.unbind();
      this.#held = undefined;
    }
  }

  writeRegister(offset: number, value: number): void {
    this.#checkOpen();
    this.#model.writeRegister(offset, value);
  }

  readRegister(offset: number): number {
    this.#checkOpen();
    return this.#model.readRegister(offset);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.#model.finish();
      for (const output of this.#outputs) output.keep();
    } finally {
      for (const output of this.#outputs) output.discard();
      this.#model.free();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Some tens of milliseconds a call: seldom enough to cost nothing, often enough to stop soon. */
  #adaptChunk(spent: number): void {
    const factor = Math.min(4, Math.max(0.25, chunkMs / Math.max(spent, 0.01)));
    this.#chunk = Math.min(1e8, Math.max(1_000, Math.round(this.#chunk * factor)));
  }

  #checkOpen(): void {
    if (!this.#closed && !this.#stopped) return;
    const why = this.#closed ? 'is closed' : 'was stopped in the middle of a run';
    throw new TilewrightError(`the simulator of ${this.manifest.kernel} ${why}`, {
      code: 'SIM_CLOSED',
      hint: 'Open another one.',
    });
  }

  #aborted(signal: AbortSignal): TilewrightError {
    this.#stopped = true;
    return new TilewrightError(`the simulation of ${this.manifest.kernel} was stopped`, {
      code: 'ABORTED',
      hint: 'Run it again, with a smaller workload if it took too long.',
      cause: signal.reason,
    });
  }

  #endless(code: string, why: string): TilewrightError {
    this.#stopped = true;
    const { text, hint } = livelockReport(this.manifest, this.#model.ask(), why);
    return new TilewrightError(text, { code, hint });
  }
}

/**
 * Builds the model of a generated kernel, unless the store has it, and powers it up.
 * @param kernel its manifest and the folder of its artefacts (a `BuiltKernel` will do).
 * @throws TilewrightError as `buildModel`, `SIM_OPTION`, `FILE_UNWRITABLE`.
 */
export async function openSimulator(
  kernel: KernelArtefacts,
  options: SimulatorOptions = {},
): Promise<Simulator> {
  const memory = checkedMemory(options.memory ?? {});
  const given = (name: 'noProgressCycles' | 'maximumCycles', high: number) =>
    options[name] === undefined ? undefined : checked(name, options[name], 1, high);
  const patience = given('noProgressCycles', 2 ** 40) ?? 0;
  const maximum = given('maximumCycles', 2 ** 52);
  const trace = options.trace === undefined ? undefined : new OutputFile(options.trace);
  const axiLog = options.axiLog === undefined ? undefined : new OutputFile(options.axiLog);
  const built = await buildModel(kernel, { ...options, trace: trace !== undefined });
  const { manifest } = kernel;
  const model = new NativeModel(built.library, manifest, {
    ...memory,
    patience,
    trace: trace?.temporary ?? '',
    axiLog: axiLog?.temporary ?? '',
  });
  const outputs = [trace, axiLog].filter((output) => output !== undefined);
  return new VerilatedSimulator(manifest, memory, model, built.warnings, maximum, outputs);
}
