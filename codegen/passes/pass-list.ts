import type { KernelIR } from '../ir/ir.ts';
import { deriveDepths } from './derive-depths.ts';

/** A step from IR to IR, the same for every target. */
export interface Pass {
  readonly name: string;
  readonly description: string;
  run(kernel: KernelIR): KernelIR;
}

/** THE order of the passes; each entry says why it stands where it stands. */
export const passes: readonly Pass[] = [
  // Last of the network's passes: it must see which processes request and receive.
  deriveDepths,
];
