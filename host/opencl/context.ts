import { NativeHandle } from '../ffi/native-handle.ts';
import { created, type Handle, openclLibrary } from './library.ts';
import type { OpenclDevice } from './platform.ts';
import { check } from './status.ts';

/** What owns the buffers, programs and queues of one device; releasing it releases them first. */
export class OpenclContext extends NativeHandle<Handle> {
  readonly device: OpenclDevice;

  /** @throws TilewrightError `OPENCL_STATUS`. */
  constructor(device: OpenclDevice) {
    const { clCreateContext, clReleaseContext } = openclLibrary();
    const devices = new BigUint64Array([BigInt(device.handle)]);
    const what = `clCreateContext of ${device.name}`;
    const raw = created(what, (status) => clCreateContext(null, 1, devices, null, null, status));
    super('OpenCL context', raw, (one) => check('clReleaseContext', clReleaseContext(one)));
    this.device = device;
  }
}
