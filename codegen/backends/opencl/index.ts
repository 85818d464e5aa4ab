import type { KernelIR } from '../../ir/ir.ts';
import type { Backend } from '../backend.ts';
import { emitKernel } from './emit.ts';

/**
 * OpenCL C 1.2: one file `opencl/<kernel>.cl` with one kernel, in which the processes take turns. It needs no
 * pipes and no atomics, and runs on any little-endian device with integers of 64 bits, as all have.
 */
export const openclBackend: Backend = {
  name: 'opencl',
  validate: () => [],
  emit: (kernel) => new Map([[openclPath(kernel), emitKernel(kernel)]]),
};

/** Where the OpenCL C of a kernel lies, relative to its manifest. */
export function openclPath(kernel: Pick<KernelIR, 'name'>): string {
  return `opencl/${kernel.name}.cl`;
}
