import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileKernel, writeCompiled } from '../../codegen/index.ts';

/** Beside the artefacts, so that a kernel that is taken from the store still warns. */
export const warningsFile = 'warnings.json';

/** Compiles a kernel into a folder. */
export async function compileInto(
  folder: string,
  sourceFile: string,
  parameters: Readonly<Record<string, number>>,
): Promise<void> {
  const compiled = await compileKernel(sourceFile, parameters);
  writeFileSync(join(folder, warningsFile), JSON.stringify(compiled.warnings));
  writeCompiled(compiled, folder);
}
