import { backends } from './backends/backend-list.ts';
import type { CompiledKernel, CompileOptions } from './compiled-kernel.ts';
import { compileKernelModule } from './frontend/compile-kernel.ts';
import { diagnosticsError, reportDiagnostics } from './frontend/diagnostics.ts';
import { hashedSource, type KernelModule, loadKernelModule } from './frontend/load-module.ts';
import { checkCombination, resolveParameters } from './frontend/parameters.ts';
import { statedRows } from './frontend/stated-rows.ts';
import { isTooDeep, tooDeep } from './frontend/too-deep.ts';
import type { KernelIR } from './ir/ir.ts';
import type { Schedule } from './ir/scheduled.ts';
import { verifyKernel } from './ir/verify.ts';
import { buildManifest } from './package/build-manifest.ts';
import { kernelXml } from './package/kernel-xml.ts';
import { deepenStreams } from './passes/needed-depths.ts';
import { hardwarePasses, type Pass, passes } from './passes/pass-list.ts';
import { scheduleProcess } from './passes/schedule-process.ts';
import { kernelWarnings } from './passes/warnings.ts';

/**
 * A kernel file → IR → every target's text.
 * Throws one TilewrightError that carries all diagnostics of the file.
 */
export async function compileKernel(
  file: string,
  parameters: Readonly<Record<string, number>> = {},
  options: CompileOptions = {},
): Promise<CompiledKernel> {
  const module = await loadKernelModule(file);
  try {
    return compileModule(module, parameters, options);
  } catch (error) {
    throw isTooDeep(error) ? tooDeep(file, error) : error;
  }
}

function compileModule(
  module: KernelModule,
  parameters: Readonly<Record<string, number>>,
  { clock, onPass }: CompileOptions,
): CompiledKernel {
  const { definition } = module;
  const values = resolveParameters(definition.name, definition.parameters, parameters);
  checkCombination(definition.name, (p) => definition.refuse?.(p), values);
  let ir = compileKernelModule(module, values);
  verifyKernel(ir);
  onPass?.('front-end', ir);
  const after = (pass: Pass, kernel: KernelIR): KernelIR => {
    const result = pass.run(kernel);
    onPass?.(pass.name, result);
    return result;
  };
  const statedDepths = new Map(ir.streams.map(({ name, depth }) => [name, depth]));
  for (const pass of passes) ir = after(pass, ir);
  // Once for all of them: the tests verify after each.
  verifyKernel(ir);
  let hardware = ir;
  for (const pass of hardwarePasses) hardware = after(pass, hardware);
  verifyKernel(hardware);
  const stages: Schedule = new Map(
    hardware.processes.map((process) => [process.name, scheduleProcess(process, clock)]),
  );
  const files = new Map<string, string>();
  ir = deepenStreams(ir, stages, statedDepths);
  const imported = module.imports.map((one) => one.file);
  const warnings = reportDiagnostics(
    kernelWarnings(ir, stages, statedDepths),
    module.file,
    imported,
  );
  for (const backend of backends) {
    const problems = backend.validate(ir);
    if (problems.length > 0) throw diagnosticsError(problems, module.file, imported);
    for (const [path, text] of backend.emit(ir, stages)) files.set(path, text);
  }
  files.set('kernel.xml', kernelXml(buildManifest(ir, hashedSource(module), files)));
  const rows = statedRows(module, values);
  const manifest = buildManifest(ir, hashedSource(module), files, rows);
  return { manifest, files, ir, warnings, schedule: stages, sourceFile: module.file };
}
