import type { KernelIR } from '../../ir/ir.ts';
import type { Backend } from '../backend.ts';
import { emitKernel } from './emit.ts';

/**
 * C++17 for processors: one file `cpu/<kernel>.cpp`, in which processes take turns and vectors are GCC's vector
 * types. It needs nothing but a compiler that has those.
 */
export const cpuBackend: Backend = {
  name: 'cpu',
  validate: () => [],
  emit: (kernel) => new Map([[cpuPath(kernel), emitKernel(kernel)]]),
};

/** Where the C++ for processors lies, relative to its manifest. */
export function cpuPath(kernel: Pick<KernelIR, 'name'>): string {
  return `cpu/${kernel.name}.cpp`;
}
