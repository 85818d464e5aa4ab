import { TilewrightError } from '../../codegen/support/errors.ts';
import koffi, { type KoffiFunc } from '../../codegen/support/koffi.ts';
import { openclError } from './status.ts';

/** A handle of OpenCL as koffi gives it. */
export type Handle = number | bigint;

type Call = KoffiFunc<(...args: readonly unknown[]) => number>;
type Create = KoffiFunc<(...args: readonly unknown[]) => Handle>;

const handle = 'uintptr_t';
const pointer = 'void *';
const unsigned = 'uint32_t';
const flags = 'uint64_t';
const size = 'size_t';
const waits = [unsigned, pointer, pointer];

/** Functions that return a status, by what they take. */
const calls = {
  clGetPlatformIDs: [unsigned, pointer, pointer],
  clGetPlatformInfo: [handle, unsigned, size, pointer, pointer],
  clGetDeviceIDs: [handle, flags, unsigned, pointer, pointer],
  clGetDeviceInfo: [handle, unsigned, size, pointer, pointer],
  clReleaseContext: [handle],
  clReleaseCommandQueue: [handle],
  clReleaseProgram: [handle],
  clReleaseKernel: [handle],
  clReleaseMemObject: [handle],
  clReleaseEvent: [handle],
  clBuildProgram: [handle, unsigned, pointer, 'const char *', pointer, pointer],
  clGetProgramBuildInfo: [handle, handle, unsigned, size, pointer, pointer],
  clGetProgramInfo: [handle, unsigned, size, pointer, pointer],
  clGetKernelInfo: [handle, unsigned, size, pointer, pointer],
  clSetKernelArg: [handle, unsigned, size, pointer],
  clEnqueueReadBuffer: [handle, handle, unsigned, size, size, pointer, ...waits],
  clEnqueueWriteBuffer: [handle, handle, unsigned, size, size, pointer, ...waits],
  clEnqueueCopyBuffer: [handle, handle, handle, size, size, size, ...waits],
  clEnqueueUnmapMemObject: [handle, handle, handle, ...waits],
  clEnqueueNDRangeKernel: [handle, handle, unsigned, pointer, pointer, pointer, ...waits],
  clEnqueueMarkerWithWaitList: [handle, ...waits],
  clWaitForEvents: [unsigned, pointer],
  clGetEventInfo: [handle, unsigned, size, pointer, pointer],
  clGetEventProfilingInfo: [handle, unsigned, size, pointer, pointer],
  clFlush: [handle],
  clFinish: [handle],
} as const;

/** Functions that return a handle or an address, and a status through their last argument. */
const creates = {
  clCreateContext: [pointer, unsigned, pointer, pointer, pointer, pointer],
  clCreateCommandQueue: [handle, handle, flags, pointer],
  clCreateProgramWithSource: [handle, unsigned, pointer, pointer, pointer],
  clCreateProgramWithBinary: [handle, unsigned, pointer, pointer, pointer, pointer, pointer],
  clCreateKernel: [handle, 'const char *', pointer],
  clCreateBuffer: [handle, flags, size, pointer, pointer],
  clEnqueueMapBuffer: [handle, handle, unsigned, flags, size, size, ...waits, pointer],
} as const;

/** The functions of OpenCL 1.2 that tilewright calls, as the C interface has them. */
export type OpenclLibrary = { readonly [K in keyof typeof calls]: Call } & {
  readonly [K in keyof typeof creates]: Create;
};

const candidates: readonly string[] =
  process.platform === 'darwin'
    ? ['/System/Library/Frameworks/OpenCL.framework/OpenCL']
    : ['libOpenCL.so.1', 'libOpenCL.so'];

/** What to type where OpenCL, or a device's driver for it, is missing. */
export const howToInstall = 'apt-get install pocl-opencl-icd ocl-icd-opencl-dev';

const loaded = new Map<string, OpenclLibrary>();

/**
 * OpenCL's loader (libOpenCL), which finds the drivers of devices itself. It is loaded on the first call.
 * @param names where it may be; the first that can be loaded is taken.
 * @throws TilewrightError `OPENCL_MISSING` with the command that installs it.
 */
export function openclLibrary(names: readonly string[] = candidates): OpenclLibrary {
  const key = names.join();
  const before = loaded.get(key);
  if (before !== undefined) return before;
  const reasons: string[] = [];
  for (const name of names) {
    try {
      const library = koffi.load(name);
      const functions = Object.fromEntries([
        ...Object.entries(calls).map(([call, types]) => [
          call,
          library.func(call, 'int32_t', [...types]),
        ]),
        ...Object.entries(creates).map(([call, types]) => [
          call,
          library.func(call, handle, [...types]),
        ]),
      ]) as unknown as OpenclLibrary;
      loaded.set(key, functions);
      return functions;
    } catch (error) {
      reasons.push((error as Error).message);
    }
  }
  throw new TilewrightError(`OpenCL cannot be loaded: ${reasons.join('; ')}`, {
    code: 'OPENCL_MISSING',
    hint: `Run: ${howToInstall}`,
  });
}

/** Calls a function that gives a handle. @throws TilewrightError `OPENCL_STATUS`. */
export function created(what: string, create: (status: Int32Array) => Handle): Handle {
  const status = new Int32Array(1);
  const handle = create(status);
  if (status[0] !== 0) throw openclError(what, status[0]);
  return handle;
}

/** Calls a function in a thread of its own: the event loop goes on meanwhile. */
export function inThread(call: Call, ...args: readonly unknown[]): Promise<number> {
  return new Promise((resolve, reject) => {
    call.async(...args, (error: unknown, status: number) => {
      if (error) reject(error);
      else resolve(status);
    });
  });
}
