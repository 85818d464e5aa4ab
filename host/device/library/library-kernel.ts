import { TilewrightError } from '../../../codegen/support/errors.ts';
import type { BuiltKernel } from '../built-kernel.ts';
import type { DeviceRunOptions, KernelArguments, LoadedKernel, RunReport } from '../device.ts';
import { faultHints } from '../fault-hints.ts';
import { bufferOf, checkNames, checkObject, scalarValue } from '../kernel-arguments.ts';
import { rowBytes } from '../row-units.ts';
import type { RunQueue } from '../run-queue.ts';
import { argumentWordCount, argumentWords } from './argument-words.ts';
import { blankRowPatterns } from './blank-rows.ts';
import { LoopTurns } from './loop-turns.ts';
import { leastPartRows, partRows } from './part-rows.ts';
import { ProcessBuffer } from './process-buffer.ts';
import { RunRecord } from './run-record.ts';
import { KernelLibrary, outcomeBits, type ThreadPool } from './runtime.ts';
import { ShortRuns } from './short-runs.ts';

type Value = KernelArguments[string] | undefined;

/** What running calls point into: nothing of it may be collected meanwhile. */
const inFlight = new Set<readonly unknown[]>();

/** Of all kernels: what they do in this thread adds up. */
const turns = new LoopTurns();

export interface LibraryKernelOptions {
  /** Of the device, for messages and `liveHandles`. */
  readonly device: string;
  /** Absolute, of the compiled library. */
  readonly library: string;
  readonly pool: ThreadPool;
  readonly queue: RunQueue;
  /** Cuts a run into parts where the kernel says that its rows are independent. */
  readonly inParts: boolean;
}

/** A kernel's library, run in this process over buffers of this process. */
export class LibraryKernel implements LoadedKernel {
  readonly built: BuiltKernel;
  readonly #options: LibraryKernelOptions;
  readonly #library: KernelLibrary;
  readonly #record: RunRecord;
  readonly #places: readonly number[];
  readonly #names: readonly string[];
  /** Whose words the record holds: what has not changed is not looked at again. */
  readonly #last: Value[];
  /** Of the record's arguments. */
  #buffers: readonly ProcessBuffer[] = [];
  readonly #partRows: ReturnType<typeof partRows>;
  readonly #short: ShortRuns;
  readonly #leastPartRows: number;
  #rowsAPart = 0;
  /** Whether the size of the parts is of other arguments. */
  #stale = true;

  constructor(built: BuiltKernel, options: LibraryKernelOptions) {
    this.built = built;
    this.#options = options;
    const { manifest } = built;
    const { pool, device, library, inParts } = options;
    const words = argumentWordCount(manifest);
    this.#places = argumentWords(manifest);
    this.#names = manifest.arguments.map(({ name }) => name);
    const bytes = inParts ? rowBytes(manifest) : new Map<string, bigint>();
    const row = new BigUint64Array(words);
    this.#names.forEach((name, at) => {
      row[this.#places[at]] = bytes.get(name) ?? 0n;
    });
    const count = this.#places[this.#names.indexOf(manifest.rows?.count ?? '')] ?? 0;
    this.#partRows = inParts ? partRows(manifest, pool.threads) : () => 0;
    this.#leastPartRows = leastPartRows(manifest);
    const blank = inParts ? blankRowPatterns(manifest, this.#places, words) : undefined;
    this.#library = new KernelLibrary(pool, device, library, { words, count, row, blank });
    this.#short = new ShortRuns(manifest, pool.threads);
    this.#record = new RunRecord(this.#library.raw, pool.raw, words);
    this.#last = this.#names.map(() => undefined);
  }

  async run(
    args: KernelArguments,
    { signal, beside = false }: DeviceRunOptions = {},
  ): Promise<RunReport> {
    const values = this.#values(args);
    if (!this.#holds(args)) values.forEach((value, at) => void this.#check(at, value));
    return this.#options.queue.add(async () => {
      this.#begin(values, signal);
      if (!beside && this.#short.expected(values)) {
        for (let turn = turns.begin(); turn !== undefined; turn = turns.begin()) {
          await turn;
          // In that turn anything may have happened.
          this.#begin(values, signal);
        }
        return this.#runHere();
      }
      return this.#runBeside(values, signal);
    });
  }

  /** What a run that waited for its turn begins with. */
  #begin(values: readonly Value[], signal: AbortSignal | undefined): void {
    if (signal?.aborted) {
      throw this.#stopped('before it started', 'No buffer was changed', signal.reason);
    }
    this.#fill(values);
    this.#record.stop = false;
  }

  #runHere(): RunReport {
    // What was released is told as such.
    if (this.#library.released) this.#library.raw;
    return this.#finish(this.#options.pool.runtime.start(this.#record.address));
  }

  async #runBeside(values: readonly Value[], signal: AbortSignal | undefined): Promise<RunReport> {
    const record = this.#record;
    const stop = () => {
      record.stop = true;
    };
    signal?.addEventListener('abort', stop);
    const holds = [this, ...values.map((one) => (one instanceof ProcessBuffer ? one.data : one))];
    inFlight.add(holds);
    try {
      const result = await this.#library.whileRunning(() => this.#startBeside());
      return this.#finish(result, signal);
    } finally {
      inFlight.delete(holds);
      signal?.removeEventListener('abort', stop);
    }
  }

  #finish(result: number, signal?: AbortSignal): RunReport {
    const report = this.#report(result, signal);
    this.#short.took(this.#last, report.hostMs, this.#rowsAPart);
    return report;
  }

  runSync(args: KernelArguments): RunReport {
    if (this.#options.queue.busy) {
      throw new TilewrightError(
        `${this.built.manifest.kernel} cannot run at once: another run of its device is under way`,
        { code: 'DEVICE_BUSY', hint: 'Await the runs before it, or open another device.' },
      );
    }
    if (!this.#holds(args)) this.#fill(this.#values(args));
    this.#record.stop = false;
    return this.#runHere();
  }

  #startBeside(): Promise<number> {
    const { announce, start } = this.#options.pool.runtime;
    announce(this.#record.address);
    return new Promise((resolve, reject) => {
      start.async(this.#record.address, (error: unknown, result: number) => {
        if (error) reject(error);
        else resolve(result);
      });
    });
  }

  /** Whether the record has these arguments already: most of what a call would cost. */
  #holds(args: KernelArguments): boolean {
    const names = this.#names;
    let left = names.length;
    for (const _ in args) left--;
    if (this.#stale || left !== 0) return false;
    for (let at = 0; at < names.length; at++) {
      if (args[names[at]] !== this.#last[at] || !Object.hasOwn(args, names[at])) return false;
    }
    return !this.#buffers.some(({ released }) => released);
  }

  /** In the order of the manifest. */
  #values(args: KernelArguments): readonly Value[] {
    checkObject(this.built.manifest, args);
    const values = this.#names.map((name) => (Object.hasOwn(args, name) ? args[name] : undefined));
    let names = 0;
    for (const _ in args) names++;
    if (names !== values.length) checkNames(this.built.manifest, args);
    return values;
  }

  /** The words of an argument. @throws TilewrightError `KERNEL_ARGUMENT`, `BUFFER_RELEASED`. */
  #check(at: number, value: Value): bigint | ProcessBuffer {
    const { manifest } = this.built;
    const argument = manifest.arguments[at];
    if (argument.kind === 'scalar') return scalarValue(manifest, argument, value);
    const buffer = bufferOf(ProcessBuffer, manifest, argument, value);
    buffer.data;
    return buffer;
  }

  #fill(values: readonly Value[]): void {
    for (let at = 0; at < values.length; at++) {
      const value = values[at];
      if (value === this.#last[at] && value !== undefined) {
        if (value instanceof ProcessBuffer) value.data;
        continue;
      }
      const word = this.#check(at, value);
      const place = this.#places[at];
      if (typeof word === 'bigint') this.#record.arguments[place] = word;
      else {
        this.#record.arguments[place] = word.address;
        this.#record.arguments[place + 1] = BigInt(word.bytes);
      }
      this.#last[at] = value;
      this.#stale = true;
    }
    if (!this.#stale) return;
    this.#rowsAPart = this.#partRows(values);
    this.#record.setPartRows(this.#rowsAPart, this.#leastPartRows);
    this.#buffers = values.filter((value) => value instanceof ProcessBuffer);
    this.#stale = false;
  }

  #report(result: number, signal?: AbortSignal): RunReport {
    const record = this.#record;
    if (result === 0) return { hostMs: record.milliseconds, log: [] };
    if ((result & outcomeBits.stopped) !== 0) {
      const hint = 'What it writes is there in parts';
      throw this.#stopped('before it was done', hint, signal?.reason);
    }
    const { text } = this.#options.pool.runtime;
    if ((result & outcomeBits.failed) !== 0) {
      const code = text(record.code);
      throw new TilewrightError(`${this.built.manifest.kernel}: ${text(record.message)}`, {
        code,
        hint: faultHints[code] ?? 'Run it on the device golden to see more.',
      });
    }
    return { hostMs: record.milliseconds, log: text(record.log).split('\n').slice(0, -1) };
  }

  #stopped(when: string, hint: string, cause: unknown): TilewrightError {
    return new TilewrightError(`${this.built.manifest.kernel} was stopped ${when}`, {
      code: 'ABORTED',
      hint: `${hint}; start it again when it is wanted.`,
      cause,
    });
  }
}
