import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { asWriteError } from '../../../codegen/support/atomic-write.ts';
import type { PortReport } from '../device.ts';

/** What the device process told of one run. */
export interface EmulatedRun {
  readonly cycles: number;
  readonly ports: readonly PortReport[];
}

/** The refusal where the folder for temporary files cannot be written, or is full. */
export function unwritable(error: unknown): unknown {
  return asWriteError(
    error,
    tmpdir(),
    'Set TMPDIR to a folder that you may write to, with some space.',
  );
}

/**
 * Everything that one emulation writes: the folder of what the xclbin's zip holds, the logs, and the folder of its
 * sockets, which XRT names after USER. Both are removed when it ends.
 */
export class EmulationFolder {
  readonly path: string;
  readonly #user: string;
  readonly #log: string;
  #read = 0;
  #readBytes = 0;

  constructor() {
    try {
      this.path = mkdtempSync(join(tmpdir(), 'tilewright-xrt-'));
    } catch (error) {
      throw unwritable(error);
    }
    this.#user = basename(this.path);
    this.#log = join(this.path, 'device.log');
  }

  /** For the process that hosts XRT. */
  get environment(): Readonly<Record<string, string>> {
    return {
      // A name of its own: what XRT makes under /tmp/$USER belongs to nobody else.
      USER: `${this.#user}-sockets`,
      SDACCEL_EM_RUN_DIR: this.path,
      EMCONFIG_PATH: this.path,
      TILEWRIGHT_LOG: this.#log,
    };
  }

  /** All that has to be removed in the end. */
  get folders(): readonly string[] {
    return [this.path, join('/tmp', `${this.#user}-sockets`)];
  }

  /** The last error that the device process wrote into its log, as `CODE: text`. */
  deviceError(): string | undefined {
    return this.#lines()
      .findLast((line) => line.includes('error '))
      ?.replace(/^.*?error /, '');
  }

  /** The run of a compute unit of this kernel that was logged since the last call; most runs of many are not. */
  loggedRun(kernel: string): EmulatedRun | undefined {
    // Most runs of many are not logged, and a run may take less than the reading of a log.
    const { size = 0 } = statSync(this.#log, { throwIfNoEntry: false }) ?? {};
    if (size === this.#readBytes) return undefined;
    this.#readBytes = size;
    const lines = this.#lines();
    const fresh = lines.slice(this.#read);
    this.#read = lines.length;
    const line = fresh.findLast((one) => one.includes(' cycles') && one.includes(kernel));
    const cycles = /run \d+ took (\d+) cycles/.exec(line ?? '')?.[1];
    if (line === undefined || cycles === undefined) return undefined;
    const ports = [...line.matchAll(/, (\S+) (\d+) bursts (\d+) beats/g)].map(
      ([, port = '', bursts, beats]) => ({ port, bursts: Number(bursts), beats: Number(beats) }),
    );
    return { cycles: Number(cycles), ports };
  }

  #lines(): readonly string[] {
    try {
      return readFileSync(this.#log, 'utf8').trimEnd().split('\n');
    } catch {
      // The device process has not started.
      return [];
    }
  }

  /** Synchronous, for the end of the process as well. */
  remove(): void {
    for (const folder of this.folders) rmSync(folder, { recursive: true, force: true });
  }
}
