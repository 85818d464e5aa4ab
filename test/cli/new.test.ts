import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packageRoot } from '../../codegen/support/package-root.ts';
import { call, onlyJson } from './call.ts';

const folder = mkdtempSync(join(tmpdir(), 'tilewright-new-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(async () => {
  const { code, stdout } = await call(['new', 'my_filter', '--folder', folder]);
  expect(code).toBe(0);
  expect(stdout).toContain('npx tilewright cosim');
});

test('writes a kernel and its test, and nothing else', () => {
  expect(readdirSync(folder).sort()).toEqual(['my-filter.test.ts', 'my-filter.ts']);
  expect(readFileSync(join(folder, 'my-filter.ts'), 'utf8')).toContain("name: 'my_filter'");
});

test('the kernel is equal in TypeScript, C++ and Verilog, without a warning', async () => {
  const file = join(folder, 'my-filter.ts');
  const { code, stdout } = await call([
    'cosim',
    file,
    '--size',
    '50',
    '--strict',
    '--quick',
    '--json',
  ]);
  expect(code).toBe(0);
  expect(onlyJson(stdout)).toMatchObject({ kernel: 'my_filter', match: true, warnings: [] });
});

test('its test passes outside the checkout, and fails when the kernel is wrong', async () => {
  const root = packageRoot();
  const own = join(folder, 'project');
  expect((await call(['new', 'my-filter', '--folder', own])).code).toBe(0);
  symlinkSync(join(root, 'node_modules'), join(own, 'node_modules'));
  const alias = {
    'tilewright/language': join(root, 'codegen/language/index.ts'),
    'tilewright/codegen': join(root, 'codegen/index.ts'),
  };
  writeFileSync(
    join(own, 'vitest.config.ts'),
    `export default { resolve: { alias: ${JSON.stringify(alias)} } };\n`,
  );
  const vitest = () =>
    execa(join(root, 'node_modules/.bin/vitest'), ['run'], { cwd: own, reject: false, all: true });
  const first = await vitest();
  expect(first.exitCode, first.all).toBe(0);
  const kernel = join(own, 'my-filter.ts');
  const wrong = readFileSync(kernel, 'utf8').replace('values[l] * gain, 4', 'values[l] * gain, 5');
  writeFileSync(kernel, wrong);
  const { exitCode, all } = await vitest();
  expect(exitCode).toBe(1);
  expect(all).toContain('scales and saturates');
});

test('refuses to overwrite, but with --force', async () => {
  const again = ['new', 'my_filter', '--folder', folder];
  writeFileSync(join(folder, 'my-filter.ts'), '// mine\n');
  const { code, stderr } = await call(again);
  expect(code).toBe(2);
  expect(stderr).toContain('my-filter.ts and my-filter.test.ts are there already');
  expect(readFileSync(join(folder, 'my-filter.ts'), 'utf8')).toBe('// mine\n');
  expect((await call([...again, '--force'])).code).toBe(0);
  expect(readFileSync(join(folder, 'my-filter.ts'), 'utf8')).toContain('export default kernel');
});

test.each(['Filter', '1st', 'a b', '../up', 'module', 'x__y', '_x', 'é'])(
  'refuses the name %s',
  async (name) => {
    const { code, stderr } = await call(['new', name, '--folder', folder]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^hint: ./m);
  },
);
