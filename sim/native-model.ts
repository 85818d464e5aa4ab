import type { Manifest } from '../codegen/package/manifest.ts';
import koffi from '../codegen/support/koffi.ts';
import { kernelLog } from './kernel-log.ts';
import { modelFailure } from './model-failure.ts';
import { parseTold, type ToldState } from './told-state.ts';

/** The C interface of sim/cpp/c-interface.hpp; addresses of C++ objects are bigint. */
interface Functions {
  readonly tw_open: (
    latency: number,
    outstanding: number,
    stall: number,
    seed: number,
    patience: number,
    axiLog: string,
    trace: string,
  ) => bigint;
  readonly tw_finish: (handle: bigint) => number;
  readonly tw_free: (handle: bigint) => void;
  readonly tw_failure_code: (handle: bigint) => string;
  readonly tw_failure_text: (handle: bigint) => string;
  readonly tw_log: (handle: bigint) => string;
  readonly tw_profile: (handle: bigint) => string;
  readonly tw_bind: (
    handle: bigint,
    port: number,
    name: string,
    base: bigint,
    data: Uint8Array,
    bytes: number,
  ) => number;
  readonly tw_unbind: (handle: bigint) => number;
  readonly tw_write_register: (handle: bigint, offset: number, value: number) => number;
  readonly tw_read_register: (handle: bigint, offset: number, value: Uint32Array) => number;
  readonly tw_start: (handle: bigint) => number;
  readonly tw_run: (handle: bigint, cycles: number) => number;
  readonly tw_ask: (handle: bigint) => string;
  readonly tw_acknowledge: (handle: bigint) => number;
  readonly tw_counters: (handle: bigint, counters: BigUint64Array) => void;
}

const declarations: Readonly<Record<keyof Functions, string>> = {
  tw_open:
    'void *tw_open(uint32_t latency, uint32_t outstanding, double stall, uint64_t seed, ' +
    'uint64_t patience, const char *axiLog, const char *trace)',
  tw_finish: 'int32_t tw_finish(void *handle)',
  tw_free: 'void tw_free(void *handle)',
  tw_failure_code: 'const char *tw_failure_code(void *handle)',
  tw_failure_text: 'const char *tw_failure_text(void *handle)',
  tw_log: 'const char *tw_log(void *handle)',
  tw_profile: 'const char *tw_profile(void *handle)',
  tw_bind:
    'int32_t tw_bind(void *handle, uint32_t port, const char *name, uint64_t base, ' +
    'uint8_t *data, uint64_t bytes)',
  tw_unbind: 'int32_t tw_unbind(void *handle)',
  tw_write_register: 'int32_t tw_write_register(void *handle, uint32_t offset, uint32_t value)',
  tw_read_register:
    'int32_t tw_read_register(void *handle, uint32_t offset, _Out_ uint32_t *value)',
  tw_start: 'int32_t tw_start(void *handle)',
  tw_run: 'int32_t tw_run(void *handle, uint64_t cycles)',
  tw_ask: 'const char *tw_ask(void *handle)',
  tw_acknowledge: 'int32_t tw_acknowledge(void *handle)',
  tw_counters: 'void tw_counters(void *handle, _Out_ uint64_t *counters)',
};

const loaded = new Map<string, Functions>();

function functionsOf(library: string): Functions {
  let functions = loaded.get(library);
  if (functions === undefined) {
    const handle = koffi.load(library);
    functions = Object.fromEntries(
      Object.entries(declarations).map(([name, declaration]) => [name, handle.func(declaration)]),
    ) as unknown as Functions;
    loaded.set(library, functions);
  }
  return functions;
}

export interface NativeModelOptions {
  readonly latency: number;
  readonly outstanding: number;
  readonly stall: number;
  readonly seed: number;
  readonly patience: number;
  /** Empty for none. */
  readonly axiLog: string;
  readonly trace: string;
}

export interface NativeCounters {
  /** Since the model was opened. */
  readonly cycle: number;
  readonly startCycle: number;
  readonly doneCycle: number;
  readonly ports: readonly { readonly bursts: number; readonly beats: number }[];
}

/** One instance of a Verilated kernel in this process, freshly reset. Call `free` when done with it. */
export class NativeModel {
  readonly #functions: Functions;
  readonly #manifest: Manifest;
  #handle: bigint;

  /** @throws TilewrightError as every method does: `SIM_` and the code of the failure. */
  constructor(library: string, manifest: Manifest, options: NativeModelOptions) {
    this.#functions = functionsOf(library);
    this.#manifest = manifest;
    const { latency, outstanding, stall, seed, patience, axiLog, trace } = options;
    this.#handle = this.#functions.tw_open(
      latency,
      outstanding,
      stall,
      seed,
      patience,
      axiLog,
      trace,
    );
    try {
      this.#throwFailure();
    } catch (error) {
      this.free();
      throw error;
    }
  }

  /** `data` must stay allocated until `unbind`. */
  bind(port: number, name: string, base: bigint, data: Uint8Array): void {
    this.#check(this.#functions.tw_bind(this.#handle, port, name, base, data, data.byteLength));
  }

  unbind(): void {
    this.#functions.tw_unbind(this.#handle);
  }

  writeRegister(offset: number, value: number): void {
    this.#check(this.#functions.tw_write_register(this.#handle, offset, value >>> 0));
  }

  readRegister(offset: number): number {
    const value = new Uint32Array(1);
    this.#check(this.#functions.tw_read_register(this.#handle, offset, value));
    return value[0];
  }

  start(): void {
    this.#check(this.#functions.tw_start(this.#handle));
  }

  /** Clocks until done, `cycles` times at most; true when the kernel is done. */
  run(cycles: number): boolean {
    return this.#check(this.#functions.tw_run(this.#handle, cycles)) === 1;
  }

  /** What every process is about; the kernel cannot go on afterwards. */
  ask(): ToldState {
    return parseTold(this.#functions.tw_ask(this.#handle));
  }

  acknowledge(): void {
    this.#check(this.#functions.tw_acknowledge(this.#handle));
  }

  /** What the kernel printed since the last start. */
  log(): readonly string[] {
    return kernelLog(this.#functions.tw_log(this.#handle).split('\n'));
  }

  /** What was counted since the last start, as JSON; empty where the model counts nothing. */
  profile(): string {
    return this.#functions.tw_profile(this.#handle);
  }

  counters(): NativeCounters {
    const ports = this.#manifest.ports.length;
    const counters = new BigUint64Array(3 + 2 * ports);
    this.#functions.tw_counters(this.#handle, counters);
    const at = (index: number) => Number(counters[index]);
    return {
      cycle: at(0),
      startCycle: at(1),
      doneCycle: at(2),
      ports: Array.from({ length: ports }, (_, port) => ({
        bursts: at(3 + 2 * port),
        beats: at(4 + 2 * port),
      })),
    };
  }

  /** Writes log and trace out. */
  finish(): void {
    this.#check(this.#functions.tw_finish(this.#handle));
  }

  free(): void {
    if (this.#handle === 0n) return;
    this.#functions.tw_free(this.#handle);
    this.#handle = 0n;
  }

  #check(status: number): number {
    if (status < 0) this.#throwFailure();
    return status;
  }

  #throwFailure(): void {
    const code = this.#functions.tw_failure_code(this.#handle);
    if (code === '') return;
    const text = this.#functions.tw_failure_text(this.#handle);
    throw modelFailure(this.#manifest, code, text);
  }
}
