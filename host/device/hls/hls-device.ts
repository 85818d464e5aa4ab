import type { Device } from '../device.ts';
import { LibraryDevice } from '../library/library-device.ts';
import { buildHlsLibrary, type HlsOptions } from './build-library.ts';

/**
 * The device `hls`: the kernel's HLS C++, as Vitis would take it, compiled by g++ with small headers of ours and run
 * in one thread, process after process. It is the reference for the C++, not for speed: that is `native`. A run
 * cannot be stopped half-way: `signal` is heeded before each. Accesses outside a buffer and requests that do not
 * match their uses are errors, as in golden.
 */
export function hlsDevice(options: HlsOptions = {}): Device {
  return new LibraryDevice({
    ...{ name: 'hls', threads: 1, inParts: false },
    build: (kernel) => buildHlsLibrary(kernel, options),
  });
}
