import { describe, expect, test } from 'vitest';
import { printKernel } from '../../../codegen/index.ts';
import type { KernelIR } from '../../../codegen/ir/ir.ts';
import { type KernelIrRun, runKernelIr } from '../../../codegen/ir/run-kernel-ir.ts';
import { verifyKernel } from '../../../codegen/ir/verify.ts';
import { hardwarePasses, passes } from '../../../codegen/passes/pass-list.ts';
import { productKernels, randomKernels } from '../ir/sample-kernels.ts';

// Every pass keeps what a kernel writes, asks its memories for and prints, alone and after all before it; all but
// the one that unrolls them keep how often each loop runs.
const kernels = [...(await productKernels()), ...(await randomKernels([21, 22, 23, 24]))];
const runs = [
  { seed: 1, size: 3 },
  { seed: 2, size: 1 },
];

describe('passes keep the meaning', () => {
  test.each(kernels)('of $name', ({ ir, run }) => {
    const args = runs.map(({ seed, size }) => run(seed, size));
    const resultsOf = (one: KernelIR) => args.map((each) => runKernelIr(one, each));
    const first = resultsOf(ir);
    let all = ir;
    let last = first;
    for (const pass of [...passes, ...hardwarePasses]) {
      const alone = pass.run(ir);
      verifyKernel(alone);
      expect(kept(pass, resultsOf(alone))).toEqual(kept(pass, first));
      // The same kernel gives the same text, and a pass leaves its input as it was.
      expect(printKernel(pass.run(ir))).toBe(printKernel(alone));
      all = pass.run(all);
      verifyKernel(all);
      const results = resultsOf(all);
      expect(kept(pass, results)).toEqual(kept(pass, last));
      last = results;
    }
  });
});

function kept({ name }: { readonly name: string }, results: readonly KernelIrRun[]) {
  return results.map(({ loops, ...rest }) => ({
    pass: name,
    ...rest,
    ...(name === 'unroll-loops' ? {} : { loops }),
  }));
}
