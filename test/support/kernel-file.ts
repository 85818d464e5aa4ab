import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forgetSources } from '../../codegen/frontend/source-files.ts';

/** Calls `use` with a file `NAME.ts` of this text, in a folder of its own that is removed afterwards. */
export async function withKernelFile<T>(
  name: string,
  source: string,
  use: (file: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'tilewright-kernel-'));
  const file = join(folder, `${name}.ts`);
  try {
    writeFileSync(file, source);
    return await use(file);
  } finally {
    // Else a process of many kernels keeps the modules and syntax trees of all.
    await forgetSources([file]);
    rmSync(folder, { recursive: true, force: true });
  }
}
