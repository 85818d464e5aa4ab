import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { compileKernel } from '../../codegen/compile.ts';
import { formatDiagnostic } from '../../codegen/frontend/diagnostics.ts';
import { parseKernel } from '../../codegen/frontend/project.ts';
import { packageRoot } from '../../codegen/support/package-root.ts';

/** Kernels that compile and are warned of, each with its whole message beside it (UPDATE_GOLDEN=1). */
const folder = join(import.meta.dirname, 'warnings');
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.slice(0, -3));

beforeAll(() => {
  for (const name of names) {
    const file = join(folder, `${name}.ts`);
    parseKernel(file, readFileSync(file, 'utf8'));
  }
});

describe('every kernel is warned of with its message', () => {
  test.each(names)('%s', async (name) => {
    const file = join(folder, `${name}.ts`);
    const { warnings } = await compileKernel(file);
    const source = readFileSync(file, 'utf8');
    const text = `${warnings.map((one) => formatDiagnostic(one, source)).join('\n')}\n`;
    const golden = join(folder, `${name}.txt`);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, text);
    expect(text).toBe(readFileSync(golden, 'utf8'));
  });
});

const built = ['kernels', 'examples/kernels'].flatMap((room) => {
  const path = join(packageRoot(), room);
  try {
    return readdirSync(path)
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(path, name));
  } catch {
    return [];
  }
});

test.each(built)('no warning of %s', async (file) => {
  expect((await compileKernel(file)).warnings).toEqual([]);
});
