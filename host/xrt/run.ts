import { setImmediate } from 'node:timers/promises';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { NativeHandle } from '../ffi/native-handle.ts';
import type { XrtBuffer } from './buffer.ts';
import type { XrtKernel } from './kernel.ts';
import { inThread, type Pointer } from './library.ts';
import { takeMessages } from './message-log.ts';
import { completed, isOver, type RunState, runStateName } from './run-state.ts';
import { check, xrtError } from './xrt-error.ts';

export interface WaitOptions {
  /** After which the wait, not the run, has failed. */
  readonly timeoutMs?: number | undefined;
  /** Ends the wait, not the run: XRT cannot stop one. */
  readonly signal?: AbortSignal | undefined;
}

/** A short run is looked at from turn to turn of the event loop: a thread would take longer to start. */
const pollMs = 3;
/** How long one look from a thread takes at most: a signal is heeded that late. */
const sliceMs = 5;

/** One execution of a kernel, which can be started again when it is over. `XrtKernel.run` makes it. */
export class XrtRun extends NativeHandle<Pointer> {
  readonly kernel: XrtKernel;
  /** What the run reads and writes must not be collected before it. */
  readonly #buffers = new Map<number, XrtBuffer>();

  constructor(kernel: XrtKernel, raw: Pointer) {
    const { library } = kernel.device;
    super('XRT run', raw, (handle) => check(`closing a run`, library.runClose(handle)), kernel);
    this.kernel = kernel;
  }

  /**
   * A scalar argument, as its bits.
   * @param bytes of its register: 4 or 8.
   * @throws TilewrightError `XRT_STATUS`, EINVAL for an index that the kernel has not.
   */
  setScalar(index: number, value: number | bigint, bytes: 4 | 8): void {
    const bits = BigInt.asUintN(bytes * 8, BigInt(value));
    this.#set(index, bytes === 4 ? 'uint32_t' : 'uint64_t', bits);
  }

  /** A memory argument; its buffer must lie in the argument's bank. @throws TilewrightError `XRT_STATUS`. */
  setBuffer(index: number, buffer: XrtBuffer): void {
    this.#set(index, 'void *', buffer.raw);
    this.#buffers.set(index, buffer);
  }

  #set(index: number, type: string, value: unknown): void {
    takeMessages();
    const { library } = this.kernel.device;
    const status = library.runSetArgument(this.raw, index, type, value);
    check(`setting argument ${index} of ${this.kernel.name}`, status);
  }

  /** Starts it and returns at once. @throws TilewrightError `XRT_STATUS`. */
  start(): void {
    const status = this.kernel.device.library.runStart(this.raw);
    if (status !== 0) throw xrtError(`starting ${this.kernel.name}`, status);
  }

  get state(): RunState {
    return runStateName(this.kernel.device.library.runState(this.raw));
  }

  /**
   * Resolves when the run is completed; the event loop goes on meanwhile.
   * @throws TilewrightError `XRT_RUN` with the state for a run that failed; `TIMEOUT`; `ABORTED`.
   */
  async wait({ timeoutMs = Number.POSITIVE_INFINITY, signal }: WaitOptions = {}): Promise<void> {
    const { library } = this.kernel.device;
    // What is over already, as in the noop mode, costs no thread.
    let state = library.runState(this.raw);
    if (state === completed) return;
    const from = performance.now();
    await this.during(async (raw) => {
      while (!isOver(state)) {
        const waited = performance.now() - from;
        if (signal?.aborted)
          throw this.#unfinished('ABORTED', 'was waited for no longer', signal.reason);
        const left = timeoutMs - waited;
        if (left <= 0) throw this.#unfinished('TIMEOUT', `did not end within ${timeoutMs} ms`);
        if (waited < pollMs) {
          await setImmediate();
          state = library.runState(raw);
          continue;
        }
        const slice = Math.max(1, Math.min(sliceMs, Math.ceil(left)));
        state = await inThread(library.runWait, raw, slice);
      }
    });
    if (state !== completed) throw this.#failed(state);
  }

  /**
   * As `wait`, but blocks this thread: for a process that has nothing else to do.
   * @returns false when the run is not over within `timeoutMs`.
   */
  waitHere(timeoutMs: number): boolean {
    const state = this.kernel.device.library.runWait(this.raw, timeoutMs);
    if (state === completed) return true;
    if (isOver(state) && state !== 8) throw this.#failed(state);
    return false;
  }

  #failed(state: number): TilewrightError {
    return new TilewrightError(`a run of ${this.kernel.name} ended as ${runStateName(state)}`, {
      code: 'XRT_RUN',
      hint: 'Check the sizes of its buffers; `cosim` shows what the kernel does with these arguments.',
      details: { state: runStateName(state) },
    });
  }

  #unfinished(code: 'ABORTED' | 'TIMEOUT', how: string, cause?: unknown): TilewrightError {
    return new TilewrightError(`a run of ${this.kernel.name} ${how}`, {
      code,
      hint: 'The kernel may still run: close the device to be rid of it.',
      cause,
    });
  }
}
