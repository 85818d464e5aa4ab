import { compileKernelModule } from '../../../codegen/frontend/compile-kernel.ts';
import { loadKernelModule } from '../../../codegen/index.ts';
import { TilewrightError } from '../../../codegen/support/errors.ts';
import { withKernelFile } from '../../support/kernel-file.ts';
import { kernelOfPrograms } from './kernel-of-programs.ts';
import type { Program } from './random-program.ts';

/** Reasons about values, for which a well-formed program may be refused. */
const expected = /^(TW1001|TW2\d{3}|TS28\d\d|TS2367)$/;

export interface Accepted {
  readonly programs: readonly Program[];
  /** Programs that were refused, by the first code. */
  readonly refused: ReadonlyMap<string, number>;
  /** Those among them that were refused for a reason which no well-formed program should give. */
  readonly unexpected: readonly Refusal[];
}

export interface Refusal {
  readonly program: Program;
  readonly code: string;
  /** Its diagnostics. */
  readonly text: string;
}

/**
 * The programs that the front end takes: all are compiled as one kernel, and those that a diagnostic
 * points at are left out.
 * @throws what the front end threw where it points at none of them.
 */
export async function acceptedPrograms(programs: readonly Program[]): Promise<Accepted> {
  const refused = new Map<string, number>();
  const unexpected: Refusal[] = [];
  let kept = programs;
  while (kept.length > 0) {
    const kernel = kernelOfPrograms('programs', kept);
    try {
      await withKernelFile('programs', kernel.source, async (file) =>
        compileKernelModule(await loadKernelModule(file), {}),
      );
      break;
    } catch (error) {
      if (!(error instanceof TilewrightError)) throw error;
      const wrong = new Map<number, string>();
      for (const text of error.message.split(/\n(?=\S+:\d+:\d+: error )/)) {
        const [, line, code] = /:(\d+):\d+: error (\w+):/.exec(text) ?? [];
        const at = kernel.programOfLine(Number(line));
        if (at === undefined) continue;
        if (wrong.has(at)) continue;
        wrong.set(at, code);
        if (!expected.test(code)) unexpected.push({ program: kept[at], code, text });
      }
      if (wrong.size === 0) throw error;
      for (const code of wrong.values()) refused.set(code, (refused.get(code) ?? 0) + 1);
      kept = kept.filter((_, at) => !wrong.has(at));
    }
  }
  return { programs: kept, refused, unexpected };
}
