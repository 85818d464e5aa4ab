import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { resolveKernel } from '../../codegen/index.ts';
import { buildKernel } from '../../host/device/build-kernel.ts';
import { compileBeside } from '../../host/device/compile-beside.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const temporary = temporaryFolder();

function emptyFolder(name: string): string {
  const folder = join(temporary.folder, name);
  mkdirSync(folder);
  return folder;
}

function filesOf(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  return Object.fromEntries(
    paths.map((path) => [relative(folder, path), readFileSync(path, 'utf8')]),
  );
}

test('a process of its own writes the same files', async () => {
  const here = await buildKernel('sum_aggregate');
  const folder = emptyFolder('beside');
  await compileBeside(folder, here.sourceFile, {});
  const { 'artefact.json': _, ...files } = filesOf(here.folder);
  expect(filesOf(folder)).toEqual(files);
});

test('its errors are those of the compiler, and a signal ends it', async () => {
  const wrong = join(import.meta.dirname, '../diagnostics/kernels/array-use.ts');
  const folder = emptyFolder('wrong');
  await expect(compileBeside(folder, wrong, {})).rejects.toMatchObject({
    code: 'TS2322',
    message: expect.stringContaining('array-use.ts:28:5: error TW2008'),
    location: { file: expect.stringMatching(/array-use\.ts$/), line: expect.any(Number) },
  });
  expect(readdirSync(folder)).toEqual([]);

  const controller = new AbortController();
  const building = compileBeside(folder, resolveKernel('sum_aggregate'), {}, controller.signal);
  setTimeout(() => controller.abort(new Error('enough')), 30);
  await expect(building).rejects.toThrow('enough');
  expect(existsSync(join(folder, 'manifest.json'))).toBe(false);
});
