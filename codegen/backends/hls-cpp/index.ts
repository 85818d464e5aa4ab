import type { KernelIR } from '../../ir/ir.ts';
import type { Backend } from '../backend.ts';
import { emitKernel } from './emit.ts';
import { validateKernel } from './validate.ts';

/**
 * HLS C++: one file `hls/<kernel>.cpp` whose top function Vitis HLS makes a kernel of, and which g++
 * compiles to the same results, with the headers in `include/` where Vitis' are not at hand.
 */
export const hlsCppBackend: Backend = {
  name: 'hls-cpp',
  validate(kernel) {
    validateKernel(kernel);
    return [];
  },
  emit: (kernel, schedule) => new Map([[hlsCppPath(kernel), emitKernel(kernel, schedule)]]),
};

/** Where the C++ of a kernel lies, relative to its manifest. */
export function hlsCppPath(kernel: Pick<KernelIR, 'name'>): string {
  return `hls/${kernel.name}.cpp`;
}
