import { compileKernel, type KernelIR } from '../../codegen/index.ts';
import { resolveKernel } from '../../codegen/list-kernels.ts';

/** A kernel as back ends get it, behind all passes. */
export async function irOf(nameOrFile: string): Promise<KernelIR> {
  const seen: KernelIR[] = [];
  await compileKernel(resolveKernel(nameOrFile), {}, { onPass: (_, kernel) => seen.push(kernel) });
  return seen[seen.length - 1];
}
