import { compileKernelModule } from '../../../codegen/frontend/compile-kernel.ts';
import { loadKernelModule } from '../../../codegen/frontend/load-module.ts';
import { TilewrightError } from '../../../codegen/support/errors.ts';
import { writeKernel } from './compare-models.ts';
import { expressionKernel, randomStatements, type Statement } from './random-expressions.ts';

/** The statements that the front end accepts, and how often it refused one, by code. */
export async function acceptedStatements(
  seed: number,
  count: number,
): Promise<{ readonly statements: Statement[]; readonly refused: ReadonlyMap<string, number> }> {
  const refused = new Map<string, number>();
  let statements = randomStatements(seed, count);
  for (let round = 0; round < 4; round++) {
    const source = expressionKernel(seed, statements);
    const module = await loadKernelModule(writeKernel('random_expressions', source));
    try {
      compileKernelModule(module, {});
      return { statements, refused };
    } catch (error) {
      if (!(error instanceof TilewrightError)) throw error;
      const lines = source.split('\n');
      const wrong = new Set<string>();
      for (const [, line, code] of error.message.matchAll(/:(\d+):\d+: error (\w+):/g)) {
        refused.set(code, (refused.get(code) ?? 0) + 1);
        wrong.add(lines[Number(line) - 1].trim());
      }
      const kept = statements.filter((one) => !wrong.has(one.text));
      // Something else is wrong than a statement: that is for a person to see.
      if (kept.length === statements.length) throw error;
      statements = kept;
    }
  }
  throw new Error(`seed ${seed}: no end of refused statements`);
}
