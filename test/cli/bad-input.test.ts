import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { packageRoot } from '../../codegen/support/package-root.ts';
import { buildKernel } from '../../host/device/build-kernel.ts';
import { call, onlyJson } from './call.ts';

const folder = mkdtempSync(join(tmpdir(), 'tilewright-bad-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

interface Refused {
  readonly line: string;
  readonly code: string;
  readonly location: { readonly file: string; readonly line: number } | undefined;
}

/** Calls with and without `--json`, checks the form of the error, and gives back what it says. */
async function refused(argv: readonly string[]): Promise<Refused> {
  const plain = await call(argv);
  expect(plain.code).toBe(1);
  expect(plain.stdout).toBe('');
  const lines = plain.stderr.split('\n');
  const errors = lines.filter((line) => line.startsWith('error: '));
  expect(errors).toHaveLength(1);
  expect(lines.filter((line) => line.startsWith('hint: ')).length).toBeGreaterThan(0);
  expect(plain.stderr).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  expect(plain.stderr).not.toContain('bug in tilewright');

  const scripted = await call([...argv, '--json']);
  expect(scripted.code).toBe(1);
  const { error } = onlyJson(scripted.stdout) as {
    error: { code: string; message: string; location?: Refused['location'] };
  };
  expect(errors[0]).toContain(error.message.split('\n', 1)[0]);
  return { line: plain.stderr, code: error.code, location: error.location };
}

const out = ['--out', join(folder, 'out')];

test('an unknown kernel is answered with those that there are', async () => {
  const { line } = await refused(['cosim', 'mean_agregate']);
  expect(line).toMatch(/^error: .*mean_agregate/m);
  expect(line).toContain('neighbor_sample');
});

test('an unknown parameter', async () => {
  const { line } = await refused(['generate', 'mean_aggregate', ...out, '-p', 'fan=3']);
  expect(line).toMatch(/^error: .*fan/m);
  expect(line).toContain('fanout');
});

test('a parameter out of its range', async () => {
  const { line } = await refused(['generate', 'neighbor_sample', ...out, '-p', 'fanout=65']);
  expect(line).toMatch(/^error: .*fanout/m);
  expect(line).toContain('64');
});

test('a construct that cannot become hardware: file, line, column and caret', async () => {
  const source = readFileSync(join(packageRoot(), 'examples/scale.ts'), 'utf8');
  const broken = source.replace(
    'const values = input.receive();',
    'const values = input.receive().slice(1);',
  );
  const line = broken.split('\n').findIndex((text) => text.includes('.slice(1)')) + 1;
  expect(line).toBeGreaterThan(0);
  const path = file('broken.ts', broken);
  const answer = await refused(['generate', path, ...out]);
  expect(answer.line).toMatch(new RegExp(`broken\\.ts:${line}:\\d+`));
  expect(answer.line).toContain('.slice(1)');
  expect(answer.line).toMatch(/^[\s|]*\^+/m);
});

test('no Verilator: which one line installs it', async () => {
  vi.stubEnv('TILEWRIGHT_CACHE', join(folder, 'empty-cache'));
  vi.stubEnv('PATH', '');
  const { line, code } = await refused(['build', 'mean_aggregate', '--target', 'sim']);
  expect(code).toBe('TOOL_MISSING');
  expect(line).toMatch(/^error: .*verilator/m);
});

test('a cache that cannot be written', async () => {
  const notFolder = file('not-a-folder', '');
  vi.stubEnv('TILEWRIGHT_CACHE', join(notFolder, 'cache'));
  const { line } = await refused(['cosim', 'mean_aggregate']);
  expect(line).toContain(notFolder);
  expect(line).toContain('TILEWRIGHT_CACHE');
});

const movies = '1::Toy Story (1995)::Animation\n2::Heat (1995)::Action\n';
const ratings = '1::1::5::978300760\n1::2::3::978302109\n2::1::4::978301968\n';

test('a ratings file that is cut off: its line', async () => {
  file('cut/movies.dat', movies);
  file('cut/ratings.dat', ratings.slice(0, -8));
  const { line } = await refused(['data', '--data', `movielens-1m:${join(folder, 'cut')}`]);
  expect(line).toMatch(/ratings\.dat:3/);
});

test('a user id that is not a number: its line', async () => {
  file('word/movies.dat', movies);
  file('word/ratings.dat', ratings.replace('2::1', 'two::1'));
  const { line } = await refused(['data', '--data', `movielens-1m:${join(folder, 'word')}`]);
  expect(line).toMatch(/ratings\.dat:3/);
  expect(line).toContain('two');
});

const scale = readFileSync(join(packageRoot(), 'examples/scale.ts'), 'utf8');

/** The example with another workload. */
function withWorkload(name: string, returned: string): string {
  const body = scale.slice(0, scale.lastIndexOf('workload('));
  return file(name, `${body}workload: (_p, _random, size): any => ${returned},\n});\n`);
}

test.each([
  ['throws', "{ throw new Error('no data today'); }", 'KERNEL_THROWS', /no data today/],
  ['null', 'null', 'WORKLOAD', /null/],
  ['text', "'abc'", 'WORKLOAD', /abc/],
  ['bigints', '({ input: [3n], output: 1, length: size })', 'WORKLOAD', /element 0/],
  ['huge', '({ input: { length: 1e14 }, output: 1, length: size })', 'WORKLOAD', /bytes/],
  ['negative', '({ input: { length: -3 }, output: 1, length: size })', 'WORKLOAD', /array/],
])('a workload that is %s', async (name, returned, code, text) => {
  const answer = await refused(['cosim', withWorkload(`workload-${name}.ts`, returned)]);
  expect(answer.code).toBe(code);
  expect(answer.line).toMatch(text);
});

test('an assertion that fails in golden: its file and line', async () => {
  const statement = 'const values = input.receive();';
  const text = scale
    .replace(statement, `${statement}\n    assert(values[0] > 300, 'too small');`)
    .replace('import {', 'import { assert,');
  const line = text.split('\n').findIndex((one) => one.includes('too small')) + 1;
  const { location, code } = await refused(['cosim', file('asserts.ts', text)]);
  expect(code).toBe('ASSERTION');
  expect(location).toMatchObject({ file: join(folder, 'asserts.ts'), line });
});

test('a folder, a file of another kind, a kernel that imports a folder', async () => {
  mkdirSync(join(folder, 'folder.ts'));
  expect((await refused(['cosim', join(folder, 'folder.ts')])).code).toBe('KERNEL_FILE');
  expect((await refused(['cosim', file('kernel.js', scale)])).code).toBe('KERNEL_FILE');
  const importing = file('imports-folder.ts', `import './folder.ts';\n${scale}`);
  expect((await refused(['cosim', importing])).line).toContain("'./folder.ts'");
});

test('a parameter without a default, a name that is too long for a file', async () => {
  const parameters = scale.replace(
    /parameters(: \{\}|,|: parameters)/,
    'parameters: { n: null } as any',
  );
  expect(parameters).not.toBe(scale);
  expect((await refused(['cosim', file('null.ts', parameters)])).code).toBe(
    'PARAMETER_DECLARATION',
  );
  const long = scale.replace(/name: '\w+'/, `name: '${'a'.repeat(300)}'`);
  expect((await refused(['cosim', file('long.ts', long)])).code).toBe('KERNEL_NAME');
});

test('a helper that is imported without its ending is compiled again when it changes', async () => {
  const text = `import { nothing } from './helper';\n${scale}\nexport const more = nothing;\n`;
  const path = file('with-helper/kernel.ts', text);
  file('with-helper/helper.ts', 'export const nothing = 0;\n');
  const { folder: first } = await buildKernel(path);
  file('with-helper/helper.ts', 'export const nothing = 1;\n');
  const { folder: second } = await buildKernel(path);
  expect(second).not.toBe(first);
});

test('an output folder that is a file', async () => {
  const taken = file('taken', '');
  const { line, code } = await refused(['generate', 'mean_aggregate', '--out', taken]);
  expect(code).toBe('FILE_UNWRITABLE');
  expect(line).toContain(taken);
});
