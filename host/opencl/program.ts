import { TilewrightError } from '../../codegen/support/errors.ts';
import koffi from '../../codegen/support/koffi.ts';
import { NativeHandle } from '../ffi/native-handle.ts';
import type { OpenclBuffer } from './buffer.ts';
import type { OpenclContext } from './context.ts';
import { infoBytes, infoNumber, infoText } from './info.ts';
import { created, type Handle, inThread, openclLibrary } from './library.ts';
import { check, openclError } from './status.ts';

/** The most lines of a compiler's log that an error shows. */
const logLines = 30;

/** A scalar argument: what C's type of the parameter is. */
export type ScalarType = 'int' | 'uint' | 'long' | 'ulong';

/** A program that was built for the context's device. */
export class OpenclProgram extends NativeHandle<Handle> {
  readonly context: OpenclContext;
  /** What the compiler said, warnings above all. */
  readonly log: string;

  private constructor(context: OpenclContext, raw: Handle, log: string) {
    const { clReleaseProgram } = openclLibrary();
    super(
      'OpenCL program',
      raw,
      (one) => check('clReleaseProgram', clReleaseProgram(one)),
      context,
    );
    this.context = context;
    this.log = log;
  }

  /**
   * Compiles OpenCL C in a thread of its own.
   * @param options for the compiler, e.g. `-cl-std=CL1.2`.
   * @throws TilewrightError `OPENCL_BUILD` with the compiler's log.
   */
  static async fromSource(
    context: OpenclContext,
    source: string,
    options = '',
  ): Promise<OpenclProgram> {
    const { clCreateProgramWithSource } = openclLibrary();
    const text = Buffer.from(source, 'utf8');
    const texts = new BigUint64Array([koffi.address(text)]);
    const lengths = new BigUint64Array([BigInt(text.length)]);
    const raw = created('clCreateProgramWithSource', (status) =>
      clCreateProgramWithSource(context.raw, 1, texts, lengths, status),
    );
    return OpenclProgram.#built(context, raw, options);
  }

  /**
   * Takes what a compiler made before: of `binary`, or an .xclbin on an accelerator's platform.
   * @throws TilewrightError `OPENCL_STATUS`, e.g. CL_INVALID_BINARY for another device's.
   */
  static async fromBinary(context: OpenclContext, binary: Uint8Array): Promise<OpenclProgram> {
    const { clCreateProgramWithBinary } = openclLibrary();
    const devices = new BigUint64Array([BigInt(context.device.handle)]);
    const lengths = new BigUint64Array([BigInt(binary.byteLength)]);
    const binaries = new BigUint64Array([koffi.address(binary)]);
    const taken = new Int32Array(1);
    const raw = created('clCreateProgramWithBinary', (status) => {
      const program = clCreateProgramWithBinary(
        ...[context.raw, 1, devices, lengths, binaries, taken, status],
      );
      if (status[0] === 0 && taken[0] !== 0) status[0] = taken[0];
      return program;
    });
    return OpenclProgram.#built(context, raw, '');
  }

  static async #built(
    context: OpenclContext,
    raw: Handle,
    options: string,
  ): Promise<OpenclProgram> {
    const { clBuildProgram, clGetProgramBuildInfo, clReleaseProgram } = openclLibrary();
    const { handle, name } = context.device;
    const devices = new BigUint64Array([BigInt(handle)]);
    const status = await inThread(clBuildProgram, raw, 1, devices, options, null, null);
    const ask = (...args: readonly unknown[]) => clGetProgramBuildInfo(raw, handle, ...args);
    const log = infoText('clGetProgramBuildInfo', ask, 0x1183);
    if (status === 0) return new OpenclProgram(context, raw, log);
    clReleaseProgram(raw);
    const { message, details } = openclError('clBuildProgram', status);
    const shown = log.split('\n').slice(0, logLines).join('\n');
    throw new TilewrightError(`${name} does not build the program\n${shown}\n${message}`, {
      code: 'OPENCL_BUILD',
      hint: 'If tilewright wrote the program, this is a bug: please report the kernel.',
      details: { ...details, log },
    });
  }

  /** What `fromBinary` takes on the same device. */
  get binary(): Uint8Array {
    const { clGetProgramInfo } = openclLibrary();
    const ask = (...args: readonly unknown[]) => clGetProgramInfo(this.raw, ...args);
    const size = infoNumber('clGetProgramInfo', ask, 0x1165);
    const binary = new Uint8Array(size);
    const address = new BigUint64Array([koffi.address(binary)]);
    check('clGetProgramInfo', clGetProgramInfo(this.raw, 0x1166, 8, address, null));
    return binary;
  }

  /** The names of its kernels. */
  get kernels(): readonly string[] {
    const { clGetProgramInfo } = openclLibrary();
    const ask = (...args: readonly unknown[]) => clGetProgramInfo(this.raw, ...args);
    return infoText('clGetProgramInfo', ask, 0x1168).split(';').filter(Boolean);
  }

  /** @throws TilewrightError `OPENCL_STATUS`: CL_INVALID_KERNEL_NAME for one that is not there. */
  kernel(name: string): OpenclKernel {
    return new OpenclKernel(this, name);
  }
}

/** A kernel of a program and its arguments, which stay set from one run to the next. */
export class OpenclKernel extends NativeHandle<Handle> {
  readonly name: string;
  readonly #buffers = new Map<number, OpenclBuffer>();

  constructor(program: OpenclProgram, name: string) {
    const { clCreateKernel, clReleaseKernel } = openclLibrary();
    const what = `clCreateKernel of ${name}`;
    const raw = created(what, (status) => clCreateKernel(program.raw, name, status));
    super('OpenCL kernel', raw, (one) => check('clReleaseKernel', clReleaseKernel(one)), program);
    this.name = name;
  }

  get argumentCount(): number {
    const { clGetKernelInfo } = openclLibrary();
    const ask = (...args: readonly unknown[]) => clGetKernelInfo(this.raw, ...args);
    return new DataView(infoBytes('clGetKernelInfo', ask, 0x1191).buffer).getUint32(0, true);
  }

  /** The buffers that its arguments name. */
  get buffers(): readonly OpenclBuffer[] {
    return [...this.#buffers.values()];
  }

  /**
   * @param buffer undefined for NULL.
   * @throws TilewrightError `OPENCL_STATUS` for an index or a type that the kernel does not have.
   */
  setBuffer(index: number, buffer: OpenclBuffer | undefined): void {
    this.#set(index, new BigUint64Array([BigInt(buffer?.raw ?? 0)]));
    if (buffer === undefined) this.#buffers.delete(index);
    else this.#buffers.set(index, buffer);
  }

  /** The value's lowest 32 or 64 bits. @throws TilewrightError `OPENCL_STATUS`, as of a buffer. */
  setScalar(index: number, type: ScalarType, value: number | bigint): void {
    const bits = BigInt(value);
    const long = type === 'long' || type === 'ulong';
    this.#set(
      index,
      long
        ? new BigUint64Array([BigInt.asUintN(64, bits)])
        : new Uint32Array([Number(BigInt.asUintN(32, bits))]),
    );
  }

  #set(index: number, value: BigUint64Array | Uint32Array): void {
    const { clSetKernelArg } = openclLibrary();
    const what = `clSetKernelArg of argument ${index} of ${this.name}`;
    check(what, clSetKernelArg(this.raw, index, value.byteLength, value));
  }
}
