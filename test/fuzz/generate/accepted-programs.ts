import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileKernelModule } from '../../../codegen/frontend/compile-kernel.ts';
import { loadKernelModule } from '../../../codegen/index.ts';
import { TilewrightError } from '../../../codegen/support/errors.ts';
import { kernelOfPrograms } from './kernel-of-programs.ts';
import type { Program } from './random-program.ts';

/** Reasons about values, for which a well-formed program may be refused. */
const expected = /^(TW1001|TW2\d{3}|TS28\d\d|TS2367)$/;

export interface Accepted {
  readonly programs: readonly Program[];
  /** Programs that were refused, by the first code. */
  readonly refused: ReadonlyMap<string, number>;
}

/**
 * The programs that the front end takes: all are compiled as one kernel, and those that a diagnostic
 * points at are left out.
 * @throws what the front end threw where it is no reason about the values of one program.
 */
export async function acceptedPrograms(programs: readonly Program[]): Promise<Accepted> {
  const refused = new Map<string, number>();
  const folder = mkdtempSync(join(tmpdir(), 'tilewright-programs-'));
  try {
    let kept = programs;
    for (let round = 0; kept.length > 0; round++) {
      const kernel = kernelOfPrograms('programs', kept);
      const file = join(folder, `programs${round}.ts`);
      writeFileSync(file, kernel.source);
      try {
        compileKernelModule(await loadKernelModule(file), {});
        break;
      } catch (error) {
        if (!(error instanceof TilewrightError)) throw error;
        const wrong = new Map<number, string>();
        for (const [, line, code] of error.message.matchAll(/:(\d+):\d+: error (\w+):/g)) {
          const at = kernel.programOfLine(Number(line));
          if (at === undefined || !expected.test(code)) throw error;
          if (!wrong.has(at)) wrong.set(at, code);
        }
        if (wrong.size === 0) throw error;
        for (const code of wrong.values()) refused.set(code, (refused.get(code) ?? 0) + 1);
        kept = kept.filter((_, at) => !wrong.has(at));
      }
    }
    return { programs: kept, refused };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
