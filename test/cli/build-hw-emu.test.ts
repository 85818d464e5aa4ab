import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { packageRoot } from '../../codegen/support/package-root.ts';
import { call, onlyJson } from './call.ts';

const folder = mkdtempSync(join(tmpdir(), 'tilewright-build-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const kernel = join(packageRoot(), 'examples/kernels/vector-add.ts');
const config = join(folder, 'card.cfg');

// Each is refused before anything is compiled by Verilator or g++.
test.each([
  {
    words: ['--connectivity', config],
    text: '[connectivity]\nsp=vector_add_1.d:DDR[0]',
    says: `${config}:2: vector_add_1 has no memory argument d\nhint: Its memory arguments are a, b, c.`,
  },
  {
    words: ['--connectivity', config, '--card', 'u250'],
    text: '[connectivity]\n\nsp=vector_add_1.a:HBM[3]',
    says: `${config}:3: the card u250 has no memory 'HBM[3]'`,
  },
  {
    words: ['--connectivity', config, '--cu', 'vector_add:3'],
    text: '[connectivity]\nnk=vector_add:2',
    says: `${config}:2: --cu asks for 3 units of vector_add, and nk= for 2`,
  },
  { words: ['--connectivity', join(folder, 'none.cfg')], text: '', says: 'cannot read ' },
  { words: ['--cu', 'no_such_kernel:2'], text: '', says: 'no_such_kernel' },
  { words: ['--output', join(folder)], text: '', says: `cannot write ${folder}: a folder is` },
])('$words', async ({ words, text, says }) => {
  writeFileSync(config, text);
  const argv = ['build', kernel, '--target', 'hw_emu', ...words];
  const { code, stdout, stderr } = await call(argv);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain(says);
  expect(stderr.match(/^error: /gm)).toHaveLength(1);
  expect(stderr).toMatch(/^hint: /m);
  const scripted = await call([...argv, '--json']);
  expect(onlyJson(scripted.stdout)).toHaveProperty('error.code');
});

test.each([
  { words: ['-p', 'mean_aggregate.fanout=8'], says: 'which is no other kernel of --cu' },
  {
    words: ['-p', 'vector_add.x=8', '--cu', 'vector_add:2'],
    says: 'Write -p x=value for the first kernel',
  },
  {
    words: ['-p', 'mean_aggregate.fan=8', '--cu', 'mean_aggregate'],
    says: "mean_aggregate has no parameter 'fan'",
  },
])('parameters of other kernels: $words', async ({ words, says }) => {
  const { code, stderr } = await call(['build', kernel, '--target', 'hw_emu', ...words]);
  expect(code).toBeGreaterThan(0);
  expect(stderr).toContain(says);
});

test('options of a card belong to the targets that put kernels on one', async () => {
  const { code, stderr } = await call(['build', kernel, '--target', 'sim', '--card', 'u280']);
  expect(code).toBe(2);
  expect(stderr).toContain('--card does nothing for --target sim');
});
