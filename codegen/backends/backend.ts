import type { Diagnostic } from '../ir/diagnostic.ts';
import type { KernelIR } from '../ir/ir.ts';
import type { Schedule } from '../ir/scheduled.ts';

/** One target of the code generator. */
export interface Backend {
  /** Short and lower case, e.g. `hls-cpp`; it names the folder of the back end too. */
  readonly name: string;
  /**
   * What the kernel's author has to change for this target. Throws a TilewrightError where the kernel is
   * nothing that it can express at all.
   */
  validate(kernel: KernelIR): readonly Diagnostic[];
  /**
   * The text of every file, by its path relative to the manifest, with forward slashes. The kernel
   * must have passed `validate`; `schedule` holds every process in stages. The same kernel gives the same bytes.
   */
  emit(kernel: KernelIR, schedule: Schedule): Map<string, string>;
}
