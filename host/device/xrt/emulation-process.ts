import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TilewrightError } from '../../../codegen/support/errors.ts';
import { emulationWanting, xrtEnvironment, xrtPrefix } from '../../xrt/index.ts';
import { childCommand } from '../child-command.ts';
import { revivedError } from '../plain-error.ts';
import type { ChildAnswer, ChildRequest } from './child-messages.ts';
import { EmulationFolder, unwritable } from './emulation-folder.ts';
import { isAlive, killSession, sessionProcesses, workingIn } from './session-processes.ts';
import type { RunRequest, XrtCalls } from './xrt-calls.ts';

/** How often it is looked whether the simulator lives, while something waits for it. */
const watchMs = 200;
/** Until a ready host's simulator is up: unpacking and loading take less than a second on a quiet machine. */
const startMs = 8000;
/** A simulator that died is reported as the reason of what failed at the same time. */
const graceMs = 3 * watchMs;
/** XRT and its simulator are asked to end by themselves for this long. */
const closeMs = 3000;

type Call = ChildRequest extends infer Each
  ? Each extends { readonly number: number }
    ? Omit<Each, 'number'>
    : never
  : never;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * XRT's hardware emulation in a process and a session of its own. A simulator that dies, a signal and the
 * end of this process end it whole, and remove what it wrote.
 */
export class EmulationProcess implements XrtCalls {
  readonly #folder = new EmulationFolder();
  readonly #waiting = new Map<number, Waiting>();
  readonly #child: ChildProcess;
  /** Of the host in the child and what it starts. */
  readonly #session: number;
  /** When the child was up, which on a busy machine takes longer than all that a simulator may. */
  #ready: number | undefined;
  #simulators: readonly number[] = [];
  #next = 0;
  #watch: NodeJS.Timeout | undefined;
  /** Why it is over; set once. */
  #end: TilewrightError | undefined;
  readonly #onExit = () => this.#remove();

  private constructor(environment: NodeJS.ProcessEnv) {
    let output: number;
    try {
      output = openSync(join(this.#folder.path, 'host.log'), 'w');
    } catch (error) {
      this.#folder.remove();
      throw unwritable(error);
    }
    try {
      this.#child = spawn(
        process.execPath,
        [...childCommand('xrt/emulation-child'), ...this.#folder.folders],
        {
          cwd: this.#folder.path,
          detached: true,
          env: { ...environment, ...this.#folder.environment },
          stdio: ['ignore', output, output, 'ipc'],
        },
      );
    } finally {
      closeSync(output);
    }
    this.#session = this.#child.pid ?? 0;
    process.on('exit', this.#onExit);
    this.#child.on('message', (answer: ChildAnswer) => this.#answered(answer));
    this.#child.on('error', (cause) => this.#fail(this.#died(cause)));
    this.#child.on('exit', () => this.#fail(this.#died()));
    // It must not keep this process from ending; while a call waits, `#watch` does.
    this.#child.unref();
    this.#child.channel?.unref();
  }

  /** @param memory of the emulated card, as TILEWRIGHT_MEMORY takes it. */
  static async start(memory: string | undefined): Promise<EmulationProcess> {
    const prefix = await xrtPrefix();
    const wanting = emulationWanting(prefix);
    if (wanting !== undefined) {
      throw new TilewrightError(`there is no hardware emulation: ${wanting}`, {
        code: 'XRT_EMULATION',
        hint: 'The devices golden, native, sim and opencl work without it.',
      });
    }
    const settings = memory === undefined ? {} : { TILEWRIGHT_MEMORY: memory };
    const environment = { ...process.env, USER: 'emulation' };
    return new EmulationProcess({
      ...environment,
      ...xrtEnvironment(prefix, 'hw_emu', environment),
      ...settings,
    });
  }

  get over(): boolean {
    return this.#end !== undefined;
  }

  async open(xclbin: string): Promise<void> {
    await this.#call({ call: 'open', xclbin });
    this.#simulators = workingIn(this.#session, this.#folder.path).filter(
      (pid) => pid !== this.#session,
    );
  }

  async openKernel(name: string, registers: readonly number[]): Promise<void> {
    await this.#call({ call: 'openKernel', name, registers });
  }

  async run(request: RunRequest, signal?: AbortSignal): Promise<number> {
    const stop = () => {
      const { kernel } = request;
      const late = (signal?.reason as Error | undefined)?.name === 'TimeoutError';
      // XRT cannot stop a run: the emulated card goes with it, and the next run gets another.
      this.#fail(
        new TilewrightError(`${kernel} ${late ? 'did not end in time' : 'was stopped'}`, {
          code: late ? 'TIMEOUT' : 'ABORTED',
          hint: 'The buffers that it writes were not changed; start it again when it is wanted.',
          cause: signal?.reason,
        }),
      );
    };
    signal?.addEventListener('abort', stop, { once: true });
    try {
      if (signal?.aborted) stop();
      return (await this.#call({ call: 'run', request })) as number;
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  /** What the device process logged of the last run, if it did. */
  loggedRun(kernel: string) {
    return this.#folder.loggedRun(kernel);
  }

  forget(buffer: number): void {
    if (this.#end !== undefined) return;
    this.#call({ call: 'forget', buffer }).catch(() => undefined);
  }

  async close(): Promise<void> {
    // A run that goes on is ended, not waited for.
    if (this.#end === undefined && this.#waiting.size === 0) {
      const late = new Promise((resolve) => setTimeout(resolve, closeMs).unref());
      const closed = this.#call({ call: 'close' }).catch(() => undefined);
      await Promise.race([closed, late]);
    }
    this.#fail(
      new TilewrightError('the device xrt was closed', {
        code: 'DEVICE_CLOSED',
        hint: 'Close it after the last run.',
      }),
    );
  }

  #call(call: Call): Promise<unknown> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    const number = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
      this.#watch ??= setInterval(() => this.#look(), watchMs);
      this.#child.send({ ...call, number } as ChildRequest, (error) => {
        if (error !== null) this.#fail(this.#died(error));
      });
    });
  }

  #answered(answer: ChildAnswer): void {
    if ('ready' in answer) {
      this.#ready = performance.now();
      return;
    }
    const waiting = this.#waiting.get(answer.number);
    if (waiting === undefined) return;
    this.#waiting.delete(answer.number);
    if (this.#waiting.size === 0) this.#rest();
    if (!('error' in answer)) waiting.resolve(answer.value);
    else if (answer.error.code !== 'XRT_CHILD') waiting.reject(revivedError(answer.error));
    else setTimeout(() => waiting.reject(this.#end ?? revivedError(answer.error)), graceMs);
  }

  #rest(): void {
    clearInterval(this.#watch);
    this.#watch = undefined;
  }

  /** A host of XRT 2.13 spins for ever when its simulator is dead: that is seen here. */
  #look(): void {
    if (this.#simulators.length > 0) {
      if (!this.#simulators.some(isAlive)) this.#fail(this.#died());
      return;
    }
    const { path } = this.#folder;
    const told = this.#folder.deviceError();
    const late = performance.now() - (this.#ready ?? Number.POSITIVE_INFINITY) > startMs;
    const running = workingIn(this.#session, path).some((pid) => pid !== this.#session);
    if (!running && (late || told !== undefined)) this.#fail(this.#died());
  }

  #died(cause?: unknown): TilewrightError {
    const told = this.#folder.deviceError();
    const why = told ?? this.#lastWords();
    return new TilewrightError(
      `the simulator of the emulated card ended${why === '' ? ', and nobody said why' : `: ${why}`}`,
      {
        code: 'XRT_SIMULATOR',
        hint:
          told === undefined
            ? `The next run starts another; if it ends again, see whether memory is short, or the disk of ${tmpdir()}.`
            : 'cosim of the kernel with the same arguments shows where it comes from.',
        cause,
      },
    );
  }

  /** What the host in the child wrote last, if it says what went wrong. */
  #lastWords(): string {
    try {
      const text = readFileSync(join(this.#folder.path, 'host.log'), 'utf8');
      return (
        text
          .split('\n')
          .findLast((line) => /^(?!INFO).*(error|what\(\))/i.test(line))
          ?.trim() ?? ''
      );
    } catch {
      return '';
    }
  }

  /** Ends all of it; whoever waits gets the reason. */
  #fail(reason: TilewrightError): void {
    if (this.#end !== undefined) return;
    this.#end = reason;
    this.#rest();
    this.#remove();
    process.off('exit', this.#onExit);
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
  }

  #remove(): void {
    if (this.#session !== 0 && sessionProcesses(this.#session).length > 0) {
      killSession(this.#session);
    }
    this.#folder.remove();
  }
}
