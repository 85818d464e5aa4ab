import koffi from '../../codegen/support/koffi.ts';
import { NativeHandle } from '../ffi/native-handle.ts';
import type { OpenclContext } from './context.ts';
import { created, type Handle, openclLibrary } from './library.ts';
import { check } from './status.ts';

const access = { 'read-write': 1, write: 2, read: 4 } as const;
const useHostPointer = 8;
const allocateHostPointer = 16;

export interface BufferOptions {
  /** What kernels do with it. Default `read-write`. */
  readonly access?: keyof typeof access;
  /**
   * The buffer lies in this memory: a device that shares memory uses it in place, others keep a copy. It must
   * not be touched while it is not mapped. Its memory must never move: an ArrayBuffer's does not.
   */
  readonly host?: Uint8Array;
  /** Memory that can be mapped without a copy where that is possible. */
  readonly mappable?: boolean;
}

/** Memory of a device, `bytes` long. */
export class OpenclBuffer extends NativeHandle<Handle> {
  readonly bytes: number;
  /** The memory that the buffer lies in, if it was made over one. */
  readonly host: Uint8Array | undefined;

  /** @throws TilewrightError `OPENCL_STATUS`, e.g. where there is no memory. */
  constructor(context: OpenclContext, bytes: number, options: BufferOptions = {}) {
    const { clCreateBuffer, clReleaseMemObject } = openclLibrary();
    const { host, mappable = false } = options;
    const flags =
      access[options.access ?? 'read-write'] |
      (host !== undefined ? useHostPointer : mappable ? allocateHostPointer : 0);
    const raw = created(`clCreateBuffer of ${bytes} bytes`, (status) =>
      clCreateBuffer(context.raw, flags, bytes, host ?? null, status),
    );
    // The closure keeps the memory for as long as the buffer is not released.
    const release = (one: Handle): void => {
      check('clReleaseMemObject', clReleaseMemObject(one));
      void host;
    };
    super('OpenCL buffer', raw, release, context);
    this.bytes = bytes;
    this.host = host;
  }
}

/** Bytes of a buffer that are mapped into this process; `bytes` is the memory itself, not a copy. */
export interface MappedBytes {
  readonly bytes: Uint8Array;
  /** Its address, by which it is unmapped. */
  readonly address: Handle;
}

/** @param buffer where it lies in host memory of our own, that memory is what was mapped. */
export function mappedBytes(
  buffer: OpenclBuffer,
  address: Handle,
  offset: number,
  length: number,
): MappedBytes {
  const bytes = buffer.host?.subarray(offset, offset + length);
  return { address, bytes: bytes ?? new Uint8Array(koffi.view(BigInt(address), length)) };
}
