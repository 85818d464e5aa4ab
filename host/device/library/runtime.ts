import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { TilewrightError } from '../../../codegen/support/errors.ts';
import koffi, { type KoffiFunc } from '../../../codegen/support/koffi.ts';
import { packageRoot } from '../../../codegen/support/package-root.ts';
import { NativeHandle } from '../../ffi/native-handle.ts';
import type { BlankRowPatterns } from './blank-rows.ts';
import { compileLibrary } from './compile-library.ts';

/** What runtime/runtime.cpp exports: threads, kernels' libraries, and runs that a record describes. */
export interface NativeRuntime {
  readonly poolOpen: KoffiFunc<(threads: number) => bigint>;
  readonly poolClose: KoffiFunc<(pool: bigint) => void>;
  readonly kernelOpen: KoffiFunc<
    (path: string, threads: number, words: number, count: number, row: BigUint64Array) => bigint
  >;
  /** What a kernel says of blank rows, in host/device/library/blank-rows.ts. */
  readonly kernelBlank: KoffiFunc<
    (kernel: bigint, roles: Uint8Array, patterns: Uint8Array, unit: number) => void
  >;
  readonly kernelClose: KoffiFunc<(kernel: bigint) => void>;
  readonly reason: KoffiFunc<() => string>;
  /** Before `start` in another thread. */
  readonly announce: KoffiFunc<(record: bigint) => void>;
  /** Returns bits of `outcomeBits`. */
  readonly start: KoffiFunc<(record: bigint) => number>;
  /** Copies a text. */
  readonly text: KoffiFunc<(address: bigint) => string>;
}

export const outcomeBits = { failed: 1, stopped: 2, printed: 4 } as const;

/** A thread that is never joined must not lose its code when a copy of koffi goes away: with a Worker, say. */
const stays = process.platform === 'linux' ? ['-Wl,-z,nodelete'] : [];

async function compiled(): Promise<string> {
  const folder = join(packageRoot(), 'host', 'device', 'library', 'runtime');
  const entry = join(packageRoot(), 'codegen/backends/hls-cpp/include/tilewright_entry.h');
  const paths = (await readdir(folder)).sort().map((file) => join(folder, file));
  const files = await Promise.all(
    // The file that is compiled comes first.
    [...paths.filter((path) => path.endsWith('.cpp')), ...paths, entry].map(
      async (path) => [basename(path), await readFile(path, 'utf8')] as const,
    ),
  );
  return compileLibrary({
    name: 'native-runtime',
    files: Object.fromEntries(files),
    flags: ['-Wextra', '-pthread', ...stays],
  });
}

async function load(): Promise<NativeRuntime> {
  const library = koffi.load(await compiled());
  // Addresses go in as `void *`, which koffi converts in half the time of an integer.
  return {
    poolOpen: library.func('tilewright_pool_open', 'uintptr_t', ['uint32_t']),
    poolClose: library.func('tilewright_pool_close', 'void', ['uintptr_t']),
    kernelOpen: library.func('tilewright_kernel_open', 'uintptr_t', [
      ...['const char *', 'uint32_t', 'uint32_t', 'uint32_t', 'void *'],
    ]),
    kernelBlank: library.func('tilewright_kernel_blank', 'void', [
      ...['uintptr_t', 'void *', 'void *', 'uint32_t'],
    ]),
    kernelClose: library.func('tilewright_kernel_close', 'void', ['uintptr_t']),
    reason: library.func('tilewright_reason', 'const char *', []),
    announce: library.func('tilewright_announce', 'void', ['void *']),
    start: library.func('tilewright_start', 'int', ['void *']),
    text: library.func('tilewright_text', 'const char *', ['uint64_t']),
  };
}

let loaded: Promise<NativeRuntime> | undefined;

/**
 * The library that runs kernels, compiled when there is none yet.
 * @throws TilewrightError `TOOL_MISSING`, `STORE_UNWRITABLE`.
 */
export function nativeRuntime(): Promise<NativeRuntime> {
  if (loaded === undefined) {
    loaded = load();
    loaded.catch(() => {
      loaded = undefined;
    });
  }
  return loaded;
}

/** Threads that share the rows of a run; they are started when a run first has parts for them. */
export class ThreadPool extends NativeHandle<bigint> {
  readonly runtime: NativeRuntime;
  readonly threads: number;

  constructor(runtime: NativeRuntime, device: string, threads: number) {
    const raw = BigInt(runtime.poolOpen(threads));
    if (raw === 0n) throw noMemory(`${threads} threads`);
    super(`${device} device`, raw, (one) => runtime.poolClose(one));
    this.runtime = runtime;
    this.threads = threads;
  }
}

/** What the runtime knows of a kernel's arguments. */
export interface LibraryRows {
  /** Of arguments. */
  readonly words: number;
  /** Which of them is the number of rows. */
  readonly count: number;
  /** Bytes of a row, at the words that are addresses of memories with a part for each row. */
  readonly row: BigUint64Array;
  readonly blank?: BlankRowPatterns | undefined;
}

/** A kernel's library in this process, with what each thread keeps between runs. */
export class KernelLibrary extends NativeHandle<bigint> {
  constructor(
    pool: ThreadPool,
    device: string,
    path: string,
    { words, count, row, blank }: LibraryRows,
  ) {
    const { runtime, threads } = pool;
    const raw = BigInt(runtime.kernelOpen(path, threads, words, count, row));
    if (raw === 0n) {
      throw new TilewrightError(`${path} cannot be loaded: ${runtime.reason()}`, {
        code: 'NATIVE_LIBRARY',
        hint: 'Remove it and build the kernel again: tilewright clean.',
      });
    }
    if (blank !== undefined) runtime.kernelBlank(raw, blank.roles, blank.patterns, blank.unit);
    super(`${device} kernel`, raw, (one) => runtime.kernelClose(one), pool);
  }

  /** As `during`, for a run. */
  whileRunning<T>(work: () => Promise<T>): Promise<T> {
    return this.during(work);
  }
}

function noMemory(what: string): TilewrightError {
  return new TilewrightError(`there is no memory for ${what}`, {
    code: 'NATIVE_MEMORY',
    hint: 'Release buffers that are no longer needed, or ask for fewer threads.',
  });
}
