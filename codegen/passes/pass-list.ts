import type { KernelIR } from '../ir/ir.ts';
import { constantFolding } from './constant-folding.ts';
import { deadCode } from './dead-code.ts';
import { deriveDepths } from './derive-depths.ts';

/** A step from IR to IR, the same for every target. */
export interface Pass {
  readonly name: string;
  readonly description: string;
  run(kernel: KernelIR): KernelIR;
}

/** THE order of the passes; each entry says why it stands where it stands. */
export const passes: readonly Pass[] = [
  // First: every other pass then sees constants where the source has names for them.
  constantFolding,
  // Behind what replaces values, since it takes away the ones that were replaced.
  deadCode,
  // Last of the network's passes: it must see which processes request and receive.
  deriveDepths,
];
