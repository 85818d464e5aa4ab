import { join } from 'node:path';
import { backends } from './backends/backend-list.ts';
import { compileKernelModule } from './frontend/compile-kernel.ts';
import {
  diagnosticsError,
  type ReportedDiagnostic,
  reportDiagnostics,
} from './frontend/diagnostics.ts';
import { hashedSource, type KernelModule, loadKernelModule } from './frontend/load-module.ts';
import { checkCombination, resolveParameters } from './frontend/parameters.ts';
import { isTooDeep, tooDeep } from './frontend/too-deep.ts';
import type { KernelIR } from './ir/ir.ts';
import type { Schedule } from './ir/scheduled.ts';
import { verifyKernel } from './ir/verify.ts';
import { buildManifest } from './package/build-manifest.ts';
import { kernelXml } from './package/kernel-xml.ts';
import type { Manifest } from './package/manifest.ts';
import { explainSchedule, type ProcessReport } from './passes/explain-schedule.ts';
import { formBlocks } from './passes/form-blocks.ts';
import { deepenStreams } from './passes/needed-depths.ts';
import { hardwarePasses, passes } from './passes/pass-list.ts';
import { schedule } from './passes/schedule.ts';
import { kernelWarnings } from './passes/warnings.ts';
import { writeFileAtomicSync } from './support/atomic-write.ts';

export interface CompiledKernel {
  readonly manifest: Manifest;
  /** Text of every artefact, by its path below the kernel's folder; the manifest is not among them. */
  readonly files: ReadonlyMap<string, string>;
  /** After all passes. */
  readonly ir: KernelIR;
  /** What works and yet is probably not what was meant. */
  readonly warnings: readonly ReportedDiagnostic[];
  /** Blocks, stages and initiation intervals of every process. */
  readonly schedule: Schedule;
  /** Absolute path of the TypeScript. */
  readonly sourceFile: string;
}

/**
 * A kernel file → IR → every target's text.
 * Throws one TilewrightError that carries all diagnostics of the file.
 */
export async function compileKernel(
  file: string,
  parameters: Readonly<Record<string, number>> = {},
): Promise<CompiledKernel> {
  const module = await loadKernelModule(file);
  try {
    return compileModule(module, parameters);
  } catch (error) {
    throw isTooDeep(error) ? tooDeep(file, error) : error;
  }
}

function compileModule(
  module: KernelModule,
  parameters: Readonly<Record<string, number>>,
): CompiledKernel {
  const { definition } = module;
  const values = resolveParameters(definition.name, definition.parameters, parameters);
  checkCombination(definition.name, (p) => definition.refuse?.(p), values);
  let ir = compileKernelModule(module, values);
  verifyKernel(ir);
  const statedDepths = new Map(ir.streams.map(({ name, depth }) => [name, depth]));
  for (const pass of passes) ir = pass.run(ir);
  // Once for all of them: the tests verify after each.
  verifyKernel(ir);
  let hardware = ir;
  for (const pass of hardwarePasses) hardware = pass.run(hardware);
  verifyKernel(hardware);
  const stages: Schedule = new Map(
    hardware.processes.map((process) => [process.name, schedule(formBlocks(process))]),
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
  const manifest = buildManifest(ir, hashedSource(module), files);
  return { manifest, files, ir, warnings, schedule: stages, sourceFile: module.file };
}

/** Per process and loop: stages, the interval asked for and got, and what limits it. */
export function explainKernel(compiled: CompiledKernel): readonly ProcessReport[] {
  return [...compiled.schedule.values()].map(explainSchedule);
}

/** Writes the artefacts and, last, `manifest.json`: a folder with a manifest is complete. */
export function writeCompiled(compiled: CompiledKernel, folder: string): void {
  for (const [path, text] of compiled.files) {
    writeFileAtomicSync(join(folder, path), text);
  }
  const manifest = `${JSON.stringify(compiled.manifest, undefined, 2)}\n`;
  writeFileAtomicSync(join(folder, 'manifest.json'), manifest);
}
