import koffi from 'koffi';

/**
 * Koffi, set up before any library is loaded: each call of native code in a thread gets a stack of this size.
 * Its own 128 KiB are too few for what OpenCL and XRT do in one call: compilers run in there. Import it from here.
 */
const threadStackBytes = 8 * 1024 * 1024;

// Once: koffi refuses to be set up behind the first library, even as it is already. It is one for all copies of this
// file that a process may hold.
if (koffi.config().async_stack_size !== threadStackBytes) {
  koffi.config({ async_stack_size: threadStackBytes, resident_async_pools: 2 });
}

export type { KoffiFunc } from 'koffi';
export default koffi;
