import { NativeHandle } from '../ffi/native-handle.ts';
import { type MappedBytes, mappedBytes, type OpenclBuffer } from './buffer.ts';
import type { OpenclContext } from './context.ts';
import { OpenclEvent } from './event.ts';
import { created, type Handle, inThread, openclLibrary } from './library.ts';
import type { OpenclKernel } from './program.ts';
import { check } from './status.ts';

export interface QueueOptions {
  /** Commands may overlap: each waits only for the events that it is given. Default false: one after another. */
  readonly outOfOrder?: boolean;
  /** Events know how long their commands took. */
  readonly profiling?: boolean;
}

type Waits = readonly OpenclEvent[];

/** Which bytes are mapped; all of them by default. */
export interface MapOptions {
  readonly offset?: number;
  readonly bytes?: number;
  readonly waits?: Waits;
}

/**
 * Commands for a device. Each method queues one, sends it on its way and returns its event at once; the
 * memory that it names must not change before the event is done.
 */
export class OpenclQueue extends NativeHandle<Handle> {
  /** @throws TilewrightError `OPENCL_STATUS`. */
  constructor(context: OpenclContext, { outOfOrder, profiling }: QueueOptions = {}) {
    const { clCreateCommandQueue, clReleaseCommandQueue } = openclLibrary();
    const properties = (outOfOrder === true ? 1 : 0) | (profiling === true ? 2 : 0);
    const raw = created('clCreateCommandQueue', (status) =>
      clCreateCommandQueue(context.raw, context.device.handle, properties, status),
    );
    const release = (one: Handle) => check('clReleaseCommandQueue', clReleaseCommandQueue(one));
    super('OpenCL queue', raw, release, context);
  }

  #enqueue(
    what: string,
    holds: readonly unknown[],
    waits: Waits,
    call: (count: number, list: BigUint64Array | null, event: BigUint64Array) => number,
  ): OpenclEvent {
    const list =
      waits.length === 0 ? null : new BigUint64Array(waits.map(({ raw }) => BigInt(raw)));
    const event = new BigUint64Array(1);
    check(what, call(waits.length, list, event));
    const started = new OpenclEvent(what, event[0], this, holds);
    this.flush();
    return started;
  }

  /** Copies from the buffer to `target`. */
  read(buffer: OpenclBuffer, target: Uint8Array, offset = 0, waits: Waits = []): OpenclEvent {
    const { clEnqueueReadBuffer } = openclLibrary();
    const bytes = target.byteLength;
    return this.#enqueue(`reading ${bytes} bytes`, [buffer, target], waits, (...events) =>
      clEnqueueReadBuffer(this.raw, buffer.raw, 0, offset, bytes, target, ...events),
    );
  }

  /** Copies from `source` to the buffer. */
  write(buffer: OpenclBuffer, source: Uint8Array, offset = 0, waits: Waits = []): OpenclEvent {
    const { clEnqueueWriteBuffer } = openclLibrary();
    const bytes = source.byteLength;
    return this.#enqueue(`writing ${bytes} bytes`, [buffer, source], waits, (...events) =>
      clEnqueueWriteBuffer(this.raw, buffer.raw, 0, offset, bytes, source, ...events),
    );
  }

  /** Lets this process see the buffer's memory: `bytes` may be used from the event's end until `unmap`. */
  map(
    buffer: OpenclBuffer,
    use: 'read' | 'write' | 'read-write' = 'read-write',
    options: MapOptions = {},
  ): MappedBytes & { readonly event: OpenclEvent } {
    const { offset = 0, waits = [] } = options;
    const bytes = options.bytes ?? buffer.bytes - offset;
    const { clEnqueueMapBuffer } = openclLibrary();
    const flags = { read: 1, write: 2, 'read-write': 3 }[use];
    let address: Handle = 0;
    const event = this.#enqueue(`mapping ${bytes} bytes`, [buffer], waits, (...events) => {
      const status = new Int32Array(1);
      address = clEnqueueMapBuffer(
        ...[this.raw, buffer.raw, 0, flags, offset, bytes, ...events, status],
      );
      return status[0];
    });
    return { ...mappedBytes(buffer, address, offset, bytes), event };
  }

  /** Gives the memory back to the device: `bytes` must not be used any more. */
  unmap(buffer: OpenclBuffer, mapped: MappedBytes, waits: Waits = []): OpenclEvent {
    const { clEnqueueUnmapMemObject } = openclLibrary();
    return this.#enqueue('unmapping', [buffer, mapped], waits, (...events) =>
      clEnqueueUnmapMemObject(this.raw, buffer.raw, mapped.address, ...events),
    );
  }

  /** Starts so many work-items of a kernel with the arguments that it has now. */
  run(kernel: OpenclKernel, items = 1, waits: Waits = [], group = 1): OpenclEvent {
    const { clEnqueueNDRangeKernel } = openclLibrary();
    const global = new BigUint64Array([BigInt(items)]);
    const local = new BigUint64Array([BigInt(group)]);
    const holds = [kernel, ...kernel.buffers];
    return this.#enqueue(`kernel ${kernel.name}`, holds, waits, (...events) =>
      clEnqueueNDRangeKernel(this.raw, kernel.raw, 1, null, global, local, ...events),
    );
  }

  /** An event that is done when those are, or when everything before it is. */
  marker(waits: Waits = []): OpenclEvent {
    const { clEnqueueMarkerWithWaitList } = openclLibrary();
    return this.#enqueue('a marker', [...waits], waits, (...events) =>
      clEnqueueMarkerWithWaitList(this.raw, ...events),
    );
  }

  /** Sends what is queued on its way. */
  flush(): void {
    const { clFlush } = openclLibrary();
    check('clFlush', clFlush(this.raw));
  }

  /** Resolves when everything queued so far is over. */
  async finish(): Promise<void> {
    const { clFinish } = openclLibrary();
    check('clFinish', await inThread(clFinish, this.raw));
  }
}
