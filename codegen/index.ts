/** The code generator: TypeScript kernels to HLS C++, Verilog and the manifest. */

import type { CompiledKernel, CompileOptions } from './compiled-kernel.ts';

export {
  type CompiledKernel,
  type CompileOptions,
  explainKernel,
  writeCompiled,
} from './compiled-kernel.ts';
export { explainEntry } from './frontend/catalogue/render.ts';
export { diagnosticCatalogue } from './frontend/diagnostic-catalogue.ts';
export { type KernelModule, loadKernelModule } from './frontend/load-module.ts';
export { resolveParameters } from './frontend/parameters.ts';
export { readSource, sourceFiles } from './frontend/source-files.ts';
export { spanOfThrow } from './frontend/span-of-throw.ts';
export type { Diagnostic, ReportedDiagnostic } from './ir/diagnostic.ts';
export type { KernelIR } from './ir/ir.ts';
export { printKernel } from './ir/print.ts';
export { runKernelIr } from './ir/run-kernel-ir.ts';
export { type GoldenArguments, runGolden, type Unfinished } from './language/golden.ts';
export { seededRandom } from './language/random.ts';
export { type KernelInfo, listKernels, resolveKernel } from './list-kernels.ts';
export type {
  Manifest,
  ManifestArgument,
  ManifestMemory,
  ManifestPort,
  ManifestScalar,
} from './package/manifest.ts';
export type { LoopReport, ProcessReport } from './passes/explain-schedule.ts';
export { reason } from './passes/warnings.ts';
export { TilewrightError } from './support/errors.ts';

/**
 * A kernel file → IR → every target's text. TypeScript itself is loaded on the first call: who runs a kernel
 * that was built before does not wait for it.
 * @throws TilewrightError one, that carries all diagnostics of the file.
 */
export async function compileKernel(
  file: string,
  parameters: Readonly<Record<string, number>> = {},
  options: CompileOptions = {},
): Promise<CompiledKernel> {
  const compiler = await import('./compile.ts');
  return compiler.compileKernel(file, parameters, options);
}
