import type { KernelIR } from '../ir/ir.ts';
import { constantFolding } from './constant-folding.ts';
import { deadCode } from './dead-code.ts';
import { deriveDepths } from './derive-depths.ts';
import { hoistInvariants } from './hoist-invariants.ts';
import { ifConversion } from './if-conversion.ts';
import { lowerRegisters } from './lower-registers.ts';
import { narrowWidths } from './narrow-widths.ts';
import { partitionArrays } from './partition-arrays.ts';
import { splitMultiplies } from './split-multiplies.ts';
import { splitReductions } from './split-reductions.ts';
import { strengthReduction } from './strength-reduction.ts';
import { unrollLoops } from './unroll-loops.ts';

/** A step from IR to IR, the same for every target. */
export interface Pass {
  readonly name: string;
  readonly description: string;
  run(kernel: KernelIR): KernelIR;
}

/** THE order of the passes; each entry says why it stands where it stands. */
export const passes: readonly Pass[] = [
  // First, so that each copy of a body is folded and converted by itself.
  unrollLoops,
  // Before all that looks at values: every other pass then sees constants where the source has names for them.
  constantFolding,
  // Before what looks at values: of two assignments it makes one, whose value they see whole.
  ifConversion,
  // Behind if-conversion, whose selects join what may come; before operators are chosen by their widths.
  narrowWidths,
  // Once more: narrowing finds values that can only be one.
  constantFolding,
  // Behind folding, for the constant factors; before hoisting, which leaves shifts where they are.
  strengthReduction,
  // Behind whatever changes operators, since what is worth a register depends on them.
  hoistInvariants,
  // Behind all that replaces values, since it takes away the ones that were replaced.
  deadCode,
  // Last of the network's passes: it must see which processes request and receive.
  deriveDepths,
];

/**
 * What only our own RTL needs, after the passes above: HLS tools do it themselves when the pragmas ask
 * for it, and their input stays closer to the source.
 */
export const hardwarePasses: readonly Pass[] = [
  // First: registers need no banks.
  lowerRegisters,
  // Before blocks are formed: each bank has ports of its own there.
  partitionArrays,
  // Last, so that no other pass has to see through the parts: they are one product to all of them.
  splitMultiplies,
  // Likewise.
  splitReductions,
];
