import { describe, expect, test } from 'vitest';
import { printKernel } from '../../../codegen/index.ts';
import { runKernelIr } from '../../../codegen/ir/run-kernel-ir.ts';
import { verifyKernel } from '../../../codegen/ir/verify.ts';
import { hardwarePasses, passes } from '../../../codegen/passes/pass-list.ts';
import { productKernels, randomKernels } from '../ir/sample-kernels.ts';

// Every pass keeps what a kernel writes, asks its memories for and prints, alone and after all before it.
const kernels = [...(await productKernels()), ...(await randomKernels([21, 22, 23, 24]))];
const runs = [
  { seed: 1, size: 3 },
  { seed: 2, size: 1 },
];

describe('passes keep the meaning', () => {
  test.each(kernels)('of $name', ({ ir, run }) => {
    const args = runs.map(({ seed, size }) => run(seed, size));
    const expected = args.map((one) => runKernelIr(ir, one));
    let all = ir;
    for (const pass of [...passes, ...hardwarePasses]) {
      all = pass.run(all);
      for (const after of [pass.run(ir), all]) {
        verifyKernel(after);
        for (const [at, one] of args.entries()) {
          expect({ pass: pass.name, ...runKernelIr(after, one) }).toEqual({
            pass: pass.name,
            ...expected[at],
          });
        }
      }
      // The same kernel gives the same text, and a pass leaves its input as it was.
      expect(printKernel(pass.run(ir))).toBe(printKernel(pass.run(ir)));
    }
  });
});
