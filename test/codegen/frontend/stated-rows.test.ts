import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compileKernel } from '../../../codegen/compile.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const scale = readFileSync(new URL('../../../examples/scale.ts', import.meta.url), 'utf8');

/** examples/scale.ts with something else for its rows. */
function scaling(rows: string): string {
  const text = scale.replace(/\n\}\);\n$/, `\n  ${rows}\n});\n`);
  expect(text).toContain(rows);
  return temporaryFolder().write('scale.ts', text);
}

test('what rows() says is in the manifest', async () => {
  const rows = "rows: () => ({ count: 'beats', elements: { input: 32, output: 32 } }),";
  const { manifest } = await compileKernel(scaling(rows));
  expect(manifest.rows).toEqual({ count: 'beats', elements: { input: 32, output: 32 } });
});

test('rows that are no function are refused', async () => {
  const rows = "rows: { count: 'beats', elements: {} } as never,";
  await expect(compileKernel(scaling(rows))).rejects.toMatchObject({
    code: 'KERNEL_ROWS',
    message: 'kernel scale: its rows are no function',
  });
});

test('what rows() throws is told with its line', async () => {
  const file = scaling("rows: () => { throw new Error('not today'); },");
  const line = readFileSync(file, 'utf8')
    .split('\n')
    .findIndex((one) => one.includes('not today'));
  await expect(compileKernel(file)).rejects.toMatchObject({
    code: 'KERNEL_ROWS',
    message: 'kernel scale: its rows() throws: not today',
    location: { file, line: line + 1 },
  });
});
