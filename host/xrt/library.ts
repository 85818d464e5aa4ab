import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { TilewrightError } from '../../codegen/support/errors.ts';
import koffi, { type KoffiFunc } from '../../codegen/support/koffi.ts';
import { openMessageLog } from './message-log.ts';
import { type XrtPrefix, xrtPrefix } from './prefix.ts';

/** What XRT drives: a card; a simulator out of the xclbin; nothing (it loads and "runs", and computes nothing). */
export type XrtMode = 'hw' | 'hw_emu' | 'noop';

/** A handle of XRT: the address of something of its own. */
export type Pointer = bigint;

type Call<Parameters extends readonly unknown[], Result> = KoffiFunc<
  (...parameters: Parameters) => Result
>;

/** XRT's C interface as it is declared in xrt/xrt_device.h, xrt_bo.h and xrt_kernel.h. */
export interface XrtLibrary {
  readonly mode: XrtMode;
  readonly prefix: XrtPrefix;
  readonly deviceOpen: Call<[index: number], Pointer | null>;
  readonly deviceClose: Call<[device: Pointer], number>;
  readonly loadXclbin: Call<[device: Pointer, image: Uint8Array], number>;
  readonly loadXclbinFile: Call<[device: Pointer, path: string], number>;
  readonly xclbinUuid: Call<[device: Pointer, uuid: Uint8Array], number>;
  readonly kernelOpen: Call<[device: Pointer, uuid: Uint8Array, name: string], Pointer | null>;
  readonly kernelOpenExclusive: XrtLibrary['kernelOpen'];
  readonly kernelClose: Call<[kernel: Pointer], number>;
  readonly argumentGroup: Call<[kernel: Pointer, index: number], number>;
  readonly argumentOffset: Call<[kernel: Pointer, index: number], number>;
  readonly readRegister: Call<[kernel: Pointer, offset: number, value: Uint32Array], number>;
  readonly writeRegister: Call<[kernel: Pointer, offset: number, value: number], number>;
  readonly runOpen: Call<[kernel: Pointer], Pointer | null>;
  readonly runClose: Call<[run: Pointer], number>;
  /** Variadic: the type of the value comes before it. */
  readonly runSetArgument: Call<
    [run: Pointer, index: number, type: string, value: unknown],
    number
  >;
  readonly runStart: Call<[run: Pointer], number>;
  readonly runState: Call<[run: Pointer], number>;
  readonly runWait: Call<[run: Pointer, milliseconds: number], number>;
  readonly bufferAllocate: Call<
    [device: Pointer, bytes: number, flags: bigint, group: number],
    Pointer | null
  >;
  readonly bufferAllocateOver: Call<
    [device: Pointer, memory: Pointer, bytes: number, flags: bigint, group: number],
    Pointer | null
  >;
  readonly bufferPart: Call<[parent: Pointer, bytes: number, offset: number], Pointer | null>;
  readonly bufferFree: Call<[buffer: Pointer], number>;
  readonly bufferAddress: Call<[buffer: Pointer], number | bigint>;
  readonly bufferMap: Call<[buffer: Pointer], Pointer | null>;
  readonly bufferSync: Call<
    [buffer: Pointer, direction: number, bytes: number, offset: number],
    number
  >;
  readonly bufferCopy: Call<
    [to: Pointer, from: Pointer, bytes: number, toOffset: number, fromOffset: number],
    number
  >;
}

let loaded: { readonly mode: XrtMode; readonly library: Promise<XrtLibrary> } | undefined;

/** The mode that the environment asks for, as XRT itself reads it. */
export function modeOf(environment: NodeJS.ProcessEnv = process.env): XrtMode {
  const mode = environment['XCL_EMULATION_MODE'];
  if (mode === undefined || mode === '') return 'hw';
  if (mode === 'hw_emu' || mode === 'noop') return mode;
  throw new TilewrightError(`XCL_EMULATION_MODE is ${mode}`, {
    code: 'XRT_MODE',
    hint: 'Set it to hw_emu or noop, or unset it for a card.',
  });
}

/** The environment variables that XRT wants; what is set already is left out. */
export function xrtEnvironment(
  prefix: Pick<XrtPrefix, 'folder'>,
  mode: XrtMode,
  environment: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const wanted: Record<string, string> = { XILINX_XRT: prefix.folder };
  if (mode !== 'hw') wanted['XCL_EMULATION_MODE'] = mode;
  // It names the folder of the emulation's sockets; without it all users would share one name.
  if ((environment['USER'] ?? '') === '') wanted['USER'] = `uid${process.getuid?.() ?? 0}`;
  return Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) => environment[name] !== value),
  );
}

/**
 * What a host wants that is started from a shell: also one that speaks OpenCL, whose loader then finds XRT, and
 * XRT alone.
 */
export function hostEnvironment(
  prefix: XrtPrefix,
  mode: XrtMode,
  environment: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const opencl = join(prefix.xrt.folder, 'libxilinxopencl.so.2');
  return {
    ...xrtEnvironment(prefix, mode, environment),
    ...(existsSync(opencl) ? { OCL_ICD_VENDORS: opencl } : {}),
  };
}

function declare(file: string, mode: XrtMode, prefix: XrtPrefix): XrtLibrary {
  const library = koffi.load(file);
  const handle = 'void *';
  const call = (name: string, result: string, ...parameters: string[]) =>
    library.func(name, result, parameters) as KoffiFunc<never>;
  return {
    mode,
    prefix,
    deviceOpen: call('xrtDeviceOpen', handle, 'uint'),
    deviceClose: call('xrtDeviceClose', 'int', handle),
    loadXclbin: call('xrtDeviceLoadXclbin', 'int', handle, handle),
    loadXclbinFile: call('xrtDeviceLoadXclbinFile', 'int', handle, 'const char *'),
    xclbinUuid: call('xrtDeviceGetXclbinUUID', 'int', handle, handle),
    kernelOpen: call('xrtPLKernelOpen', handle, handle, handle, 'const char *'),
    kernelOpenExclusive: call('xrtPLKernelOpenExclusive', handle, handle, handle, 'const char *'),
    kernelClose: call('xrtKernelClose', 'int', handle),
    argumentGroup: call('xrtKernelArgGroupId', 'int', handle, 'int'),
    argumentOffset: call('xrtKernelArgOffset', 'uint32_t', handle, 'int'),
    readRegister: call('xrtKernelReadRegister', 'int', handle, 'uint32_t', handle),
    writeRegister: call('xrtKernelWriteRegister', 'int', handle, 'uint32_t', 'uint32_t'),
    runOpen: call('xrtRunOpen', handle, handle),
    runClose: call('xrtRunClose', 'int', handle),
    runSetArgument: call('xrtRunSetArg', 'int', handle, 'int', '...'),
    runStart: call('xrtRunStart', 'int', handle),
    runState: call('xrtRunState', 'int', handle),
    runWait: call('xrtRunWaitFor', 'int', handle, 'uint'),
    bufferAllocate: call('xrtBOAlloc', handle, handle, 'size_t', 'uint64_t', 'uint32_t'),
    bufferAllocateOver: call(
      ...(['xrtBOAllocUserPtr', handle, handle] as const),
      ...(['uintptr_t', 'size_t', 'uint64_t', 'uint32_t'] as const),
    ),
    bufferPart: call('xrtBOSubAlloc', handle, handle, 'size_t', 'size_t'),
    bufferFree: call('xrtBOFree', 'int', handle),
    bufferAddress: call('xrtBOAddress', 'uint64_t', handle),
    bufferMap: call('xrtBOMap', handle, handle),
    bufferSync: call('xrtBOSync', 'int', handle, 'int', 'size_t', 'size_t'),
    bufferCopy: call('xrtBOCopy', 'int', handle, handle, 'size_t', 'size_t', 'size_t'),
  };
}

async function load(mode: XrtMode): Promise<XrtLibrary> {
  const prefix = await xrtPrefix();
  const file = join(prefix.xrt.folder, 'libxrt_coreutil.so.2');
  // XRT ends the process when it is loaded without these. Node sets the process's own environment.
  Object.assign(process.env, xrtEnvironment(prefix, mode));
  let library: XrtLibrary;
  try {
    library = declare(file, mode, prefix);
  } catch (cause) {
    throw new TilewrightError(`${file} is no XRT that can be used: ${(cause as Error).message}`, {
      code: 'XRT_LIBRARY',
      hint: 'Install XRT 2.13 or newer: sudo apt-get install libxrt1.',
      cause,
    });
  }
  const set = koffi.load(file).func('xrtIniStringSet', 'int', ['const char *', 'const char *']);
  set('Runtime.runtime_log', openMessageLog());
  return library;
}

/**
 * XRT, loaded into this process. It takes its mode from the environment once a process.
 * @throws TilewrightError `XRT_MISSING`, `XRT_LIBRARY`, `XRT_MODE`, and those of `xrtPrefix`.
 */
export async function loadXrt(mode: XrtMode = modeOf()): Promise<XrtLibrary> {
  if (loaded === undefined) {
    const library = load(mode);
    loaded = { mode, library };
    library.catch(() => {
      loaded = undefined;
    });
  }
  if (loaded.mode === mode) return loaded.library;
  throw new TilewrightError(`XRT runs in mode ${loaded.mode} in this process, not ${mode}`, {
    code: 'XRT_MODE',
    hint: 'XRT takes its mode once: use another process for the other mode.',
  });
}

/** A call in a thread beside the event loop. */
export function inThread<Parameters extends readonly unknown[], Result>(
  call: Call<Parameters, Result>,
  ...parameters: Parameters
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const entry = call.async as (...all: unknown[]) => void;
    entry(...parameters, (error: unknown, result: Result) => {
      if (error) reject(error);
      else resolve(result);
    });
  });
}
