import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Calls `use` with a file `NAME.ts` of this text, in a folder of its own that is removed afterwards. */
export async function withKernelFile<T>(
  name: string,
  source: string,
  use: (file: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'tilewright-kernel-'));
  try {
    const file = join(folder, `${name}.ts`);
    writeFileSync(file, source);
    return await use(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
