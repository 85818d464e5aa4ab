import type { ReportedDiagnostic } from '../../codegen/index.ts';
import type { Manifest } from '../../codegen/package/manifest.ts';

/** A kernel that was generated: its manifest, the folder of its artefacts, and the TypeScript it came from. */
export interface BuiltKernel {
  readonly manifest: Manifest;
  /** Absolute folder that holds manifest.json and the artefacts it lists. */
  readonly folder: string;
  /** Absolute path of the kernel's TypeScript, which the golden device runs as it is. */
  readonly sourceFile: string;
  /** What the compiler warned of; undefined where nobody looked. */
  readonly warnings?: readonly ReportedDiagnostic[];
}
