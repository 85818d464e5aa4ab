import { join } from 'node:path';
import type { ReportedDiagnostic } from './ir/diagnostic.ts';
import type { KernelIR } from './ir/ir.ts';
import type { Schedule } from './ir/scheduled.ts';
import type { Manifest } from './package/manifest.ts';
import { explainSchedule, type ProcessReport } from './passes/explain-schedule.ts';
import { writeFileAtomicSync } from './support/atomic-write.ts';

export interface CompileOptions {
  /**
   * Nanoseconds of the delay table (docs/benchmarks.md) that a pipeline stage may hold. Default 3.2. Less
   * gives more and shorter stages.
   */
  readonly clock?: number | undefined;
  /**
   * Told the IR as the front end leaves it, under the name `front-end`, and after each pass: who compares
   * what they mean can name the pass that is wrong.
   */
  readonly onPass?: ((name: string, kernel: KernelIR) => void) | undefined;
}

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
