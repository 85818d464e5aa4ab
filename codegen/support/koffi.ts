import koffi from 'koffi';

/**
 * Koffi, set up before any library is loaded: each call of native code gets a stack of this size. Its own 128 KiB in
 * a thread are too few for what OpenCL and XRT do in one call, compilers run in there, and its 2 MiB in this thread
 * for a kernel with large arrays. Import it from here.
 */
const stackBytes = 8 * 1024 * 1024;

// Once: koffi refuses to be set up behind the first library, even as it is already. It is one for all copies of this
// file that a process may hold.
if (koffi.config().async_stack_size !== stackBytes) {
  koffi.config({
    sync_stack_size: stackBytes,
    async_stack_size: stackBytes,
    resident_async_pools: 2,
  });
}

export type { KoffiFunc } from 'koffi';
export default koffi;
