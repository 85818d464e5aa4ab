import { NativeHandle } from '../ffi/native-handle.ts';
import { infoNumber } from './info.ts';
import { type Handle, inThread, openclLibrary } from './library.ts';
import { check, openclError } from './status.ts';

/** What CL_EVENT_COMMAND_EXECUTION_STATUS says; a negative one is the error that ended the command. */
const complete = 0;

/** A thread costs more than what is over sooner: for so long, Node's own turns look whether it is. */
const turnsMs = 0.2;

/** Whether the command is over within that time. */
function inTurns(isOver: () => boolean): Promise<boolean> {
  const end = performance.now() + turnsMs;
  return new Promise((resolve, reject) => {
    const look = (): void => {
      try {
        if (isOver()) resolve(true);
        else if (performance.now() > end) resolve(false);
        else setImmediate(look);
      } catch (error) {
        reject(error);
      }
    };
    look();
  });
}

/** A command in a queue. Other commands can wait for it, and so can JavaScript. */
export class OpenclEvent extends NativeHandle<Handle> {
  readonly #what: string;
  /** What the command reads or writes: not to be collected before it is over. */
  #holds: readonly unknown[];

  constructor(what: string, raw: Handle, parent: NativeHandle, holds: readonly unknown[] = []) {
    const { clReleaseEvent } = openclLibrary();
    super('OpenCL event', raw, (one) => check('clReleaseEvent', clReleaseEvent(one)), parent);
    this.#what = what;
    this.#holds = holds;
  }

  /** `running` covers what is queued and submitted too. @throws TilewrightError `OPENCL_STATUS`. */
  get state(): 'running' | 'complete' {
    const { clGetEventInfo } = openclLibrary();
    const ask = (...args: readonly unknown[]) => clGetEventInfo(this.raw, ...args);
    const status = infoNumber(`clGetEventInfo of ${this.#what}`, ask, 0x11d3) | 0;
    if (status < 0) throw openclError(this.#what, status);
    return status === complete ? 'complete' : 'running';
  }

  /**
   * Resolves when the command is complete; the event loop goes on meanwhile. The queue must have been flushed,
   * which its methods do.
   * @throws TilewrightError `OPENCL_STATUS` with the error of the command itself.
   */
  async done(): Promise<void> {
    const { raw } = this;
    try {
      if (await inTurns(() => this.state === 'complete')) return;
      const { clWaitForEvents } = openclLibrary();
      const status = await inThread(clWaitForEvents, 1, new BigUint64Array([BigInt(raw)]));
      // Which error it was, the event itself knows.
      const { state } = this;
      if (status !== 0 || state === 'running') check(`waiting for ${this.#what}`, status);
    } finally {
      this.#holds = [];
    }
  }

  /** What a command that is under way uses. */
  get holds(): readonly unknown[] {
    return this.#holds;
  }

  /** Nanoseconds from start to end by the device's clock; only in a queue that was made with `profiling`. */
  get nanoseconds(): number {
    const { clGetEventProfilingInfo } = openclLibrary();
    const ask = (...args: readonly unknown[]) => clGetEventProfilingInfo(this.raw, ...args);
    const at = (name: number) => infoNumber('clGetEventProfilingInfo', ask, name);
    return at(0x1283) - at(0x1282);
  }
}
