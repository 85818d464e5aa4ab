import { fork } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packageRoot } from '../../codegen/support/package-root.ts';
import { syntheticGraph } from '../../host/dataset/synthetic-graph.ts';
import { arraysOf, untiled } from '../stream/graphs.ts';

const root = packageRoot();
const folder = mkdtempSync(join(tmpdir(), 'tilewright-pack-'));
const packageJson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const exported = Object.keys(packageJson.exports)
  .filter((key) => key !== './package.json')
  .map((key) => key.replace(/^\./, 'tilewright'));

const inFolder = {
  cwd: folder,
  // The package must find nothing of the checkout: not its cache, and not through npm's variables.
  env: { TILEWRIGHT_CACHE: join(folder, 'cache'), npm_config_prefer_offline: 'true' },
};

beforeAll(async () => {
  await execa('make', ['build'], { cwd: root });
  await execa('npm', ['pack', '--pack-destination', folder], { cwd: root });
  const [tarball] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund', `./${tarball}`];
  await execa('npm', install, inFolder);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('npx tilewright works outside a checkout', async () => {
  const { stdout } = await execa(
    'npx',
    ['--no-install', 'tilewright', 'kernels', '--json'],
    inFolder,
  );
  const { kernels } = JSON.parse(stdout);
  expect(kernels.map(({ name }: { name: string }) => name)).toEqual(
    readdirSync(join(root, 'kernels'))
      .filter((file) => file.endsWith('.ts'))
      .sort()
      .map((file) => basename(file, '.ts').replaceAll('-', '_')),
  );
});

test('every template, header and source that is read at run time is in the package', async () => {
  const { stdout } = await execa('git', ['ls-files', 'kernels', 'codegen', 'sim', 'host'], {
    cwd: root,
  });
  const resources = stdout
    .split('\n')
    .filter((path) => path.startsWith('kernels/') || !path.endsWith('.ts'))
    .filter((path) => existsSync(join(root, path)));
  expect(resources.length).toBeGreaterThan(10);
  const installed = join(folder, 'node_modules', 'tilewright');
  expect(resources.filter((path) => !existsSync(join(installed, path)))).toEqual([]);
});

test('the installed compiler has its templates and headers', async () => {
  const out = join(folder, 'out');
  const args = ['tilewright', 'generate', 'mean_aggregate', '--out', out, '--json'];
  const { stdout } = await execa('npx', ['--no-install', ...args], inFolder);
  const { files } = JSON.parse(stdout);
  expect(files).toContain('kernel.xml');
  expect(files).toContain('verilog/mean_aggregate.v');
  expect(files).toContain('hls/mean_aggregate.cpp');
});

test.each(exported)('import %s', async (name) => {
  const script = `console.log(Object.keys(await import('${name}')).length)`;
  const { stdout } = await execa('node', ['--input-type=module', '-e', script], inFolder);
  expect(Number(stdout)).toBeGreaterThan(0);
});

test('the process that hosts hardware emulation starts from the bundle, and ends with its host', async () => {
  const file = join(folder, 'node_modules', 'tilewright', 'dist', 'emulation-child.mjs');
  const child = fork(file, { ...inFolder, detached: true });
  expect(await once(child, 'message')).toEqual([{ ready: true }, undefined]);
  child.disconnect();
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
});

test('the compiler has a process of its own in the bundle', async () => {
  const installed = join(folder, 'node_modules', 'tilewright');
  const out = join(folder, 'compiled');
  mkdirSync(out);
  const words = [out, join(installed, 'kernels/sum-aggregate.ts'), '{}'];
  const child = fork(join(installed, 'dist/compile-child.mjs'), words, inFolder);
  expect(await once(child, 'message')).toEqual([{}, undefined]);
  expect(readdirSync(out)).toContain('manifest.json');
});

test('the streaming example runs, and gives the means of the whole graph', async () => {
  cpSync(join(root, 'examples/stream.ts'), join(folder, 'stream.ts'));
  const { stdout } = await execa('npx', ['--no-install', 'jiti', 'stream.ts'], inFolder);
  const lines = stdout.trim().split('\n');
  const parts = [...syntheticGraph({ nodes: 2000, edges: 40_000 })];
  const means = await untiled(arraysOf(parts, 64), 16, 7);
  const printed = lines.slice(0, -1).map((line) => /^node (\d+) .*: (.*)$/.exec(line));
  expect(printed.length).toBeGreaterThan(3);
  for (const match of printed) {
    const [, node, row] = match ?? [];
    expect(row).toBe(means.slice(64 * Number(node), 64 * Number(node) + 4).join(' '));
  }
  expect(lines.at(-1)).toMatch(/^overlap [01]\.\d\d$/);
});

test('every export has types that a strict program compiles with', async () => {
  const lines = exported.map((name, index) => `export * as e${index} from '${name}';`);
  writeFileSync(join(folder, 'uses.ts'), `${lines.join('\n')}\n`);
  const tsc = join(root, 'node_modules/.bin/tsc');
  const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--skipLibCheck', 'uses.ts'];
  const { stdout, exitCode } = await execa(tsc, flags, { ...inFolder, reject: false });
  expect(stdout).toBe('');
  expect(exitCode).toBe(0);
});
