import { availableParallelism } from 'node:os';
import { TilewrightError } from '../../../codegen/support/errors.ts';
import type { Device } from '../device.ts';
import { LibraryDevice } from '../library/library-device.ts';
import { buildNativeLibrary } from './build-library.ts';

const mostThreads = 256;

export interface NativeOptions {
  /** Builds without the optimiser: built sooner, runs slower. For a library that runs for a moment. */
  readonly quick?: boolean | undefined;
  /**
   * Threads that share the rows of a run, 1 to 256, where a kernel says that its rows are independent; the
   * thread that calls is one of them. Default: as many as this process may use at once.
   */
  readonly threads?: number | undefined;
}

/**
 * The device `native`: the kernel's C++ compiled by g++ and called in threads beside the event loop, or by
 * `runSync` in this one. Buffers are used in place. Where a kernel says that its rows are independent, a run is
 * cut into parts of some hundred rows, which the threads take as they come; `signal` is heeded between two of
 * them, and of other kernels before a run. Accesses outside a buffer and requests that do not match their uses
 * are errors, as in golden.
 * @throws TilewrightError `DEVICE_OPTION`.
 */
export function nativeDevice({ quick, threads }: NativeOptions = {}): Device {
  const wanted = threads ?? Math.min(availableParallelism(), mostThreads);
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > mostThreads) {
    throw new TilewrightError(`a native device cannot have ${threads} threads`, {
      code: 'DEVICE_OPTION',
      hint: `Ask for 1 to ${mostThreads}; more than this machine's ${availableParallelism()} gain nothing.`,
    });
  }
  return new LibraryDevice({
    ...{ name: 'native', threads: wanted, inParts: true },
    build: (kernel) => buildNativeLibrary(kernel, { quick }),
  });
}
