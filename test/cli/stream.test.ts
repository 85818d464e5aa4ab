import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { packageRoot } from '../../codegen/support/package-root.ts';
import { jitiCli } from '../support/jiti.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { call } from './call.ts';

const { folder, write } = temporaryFolder();
const graph = join(folder, 'graph');
const seeds = join(folder, 'seeds.txt');
const means = join(folder, 'h1.i16');
const linked = join(folder, 'linked');
symlinkSync(graph, linked);
const noSeeds = write('none.txt', '\n');
const wrongSeeds = write('wrong.txt', '3\n60\n');

test('a graph is made, renumbered and streamed in two layers, in as many tiles as asked for', async () => {
  const made = await call([
    ...['graph', graph, '--nodes', '60', '--edges', '600', '--columns', '32', '--json'],
  ]);
  expect(JSON.parse(made.stdout)).toMatchObject({ nodes: 60, edges: 600, columns: 32 });
  const near = join(folder, 'near');
  const renumbered = await call(['graph', near, '--from', graph, '--order', 'community']);
  expect(renumbered.stdout).toContain('60 nodes, 600 edges, 32 features a node');
  const streamed = async (...options: string[]) => {
    const words = ['stream', graph, '--device', 'golden', '--bank-mib', '0.1', '--fanout', '4'];
    const { code, stdout, stderr } = await call([...words, ...options, '--json']);
    expect(stderr + code).toMatch(/0$/);
    return JSON.parse(stdout);
  };
  const h1 = means;
  const whole = await streamed();
  const tiled = await streamed('--tiles', '4', '--units', '2', '--out', h1);
  expect([whole.tiles, tiled.tiles]).toEqual([1, 4]);
  expect(tiled.sha256).toBe(whole.sha256);
  expect(readFileSync(h1).length).toBe(60 * 32 * 2);
  const second = await streamed('--features', h1, '--hop', '1');
  expect(second.sha256).not.toBe(whole.sha256);
  expect(tiled.stages.run.times).toBeGreaterThan(whole.stages.run.times);
  const some = join(folder, 'some.i16');
  writeFileSync(seeds, '\ufeff59\n0\n\n 7\r\n59');
  expect(await streamed('--seeds', seeds, '--out', some)).toMatchObject({ seeds: 4, tiles: 1 });
  const rows = [59, 0, 7, 59].map((node) => readFileSync(h1).subarray(64 * node, 64 * node + 64));
  expect(readFileSync(some)).toEqual(Buffer.concat(rows));
}, 120_000);

test.each([
  [['graph', 'out/x', '--from', 'y'], 'USAGE', 2],
  [['graph', ''], 'USAGE', 2],
  [['graph', 'out/x', '--from', 'y', '--from', 'y', '--order', 'degree'], 'USAGE', 2],
  [['graph', 'out/x', '--from', 'y', '--order', 'degree', '--nodes', '9'], 'USAGE', 2],
  [['stream', graph, '--out', 'a', '--out', 'b'], 'USAGE', 2],
  [['stream', graph, '--out', ''], 'USAGE', 2],
  [['stream', graph, '--out', join(graph, 'features.i16')], 'USAGE', 2],
  [['stream', graph, '--seeds', seeds, '--out', seeds], 'USAGE', 2],
  [['stream', graph, '--features', means, '--out', means], 'USAGE', 2],
  [['stream', graph, '--features', seeds], 'GRAPH_FILE', 1],
  [['stream', graph, '--features', 'nowhere.i16'], 'GRAPH_FILE', 1],
  [['stream', graph, '--out', join(linked, 'features.i16')], 'USAGE', 2],
  [['stream', graph, '--seeds', noSeeds], 'SEEDS', 1],
  [['stream', graph, '--seeds', wrongSeeds], 'SEEDS', 1],
  [['stream', graph, '--seeds', 'nowhere.txt'], 'FILE_UNREADABLE', 1],
  [['stream', 'nowhere'], 'GRAPH_HEADER', 1],
  [['graph', graph], 'GRAPH_EXISTS', 1],
  [['stream', graph, '--bank-mib', '0.001'], 'PLAN_TOO_LARGE', 1],
  [['stream', graph, '--device', 'abacus'], 'UNKNOWN_DEVICE', 2],
  [['stream', graph, '--device', 'golden', '--threads', '2'], 'USAGE', 2],
  [['recommend', '--threads', '0'], 'USAGE', 2],
] as const)('%j: %s', async (words, code, exitCode) => {
  expect(existsSync(graph)).toBe(true);
  const answer = await call([...words, '--json']);
  expect(answer.code).toBe(exitCode);
  expect(JSON.parse(answer.stdout).error).toMatchObject({ code, hint: expect.any(String) });
});

test('features that do not fit are not blamed on the graph', async () => {
  const { stderr } = await call(['stream', graph, '--features', seeds]);
  expect(stderr).toContain('Features are 60 nodes × 32 columns × 2 bytes, as tilewright stream');
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  '%s in mid-stream: one line, no file, and exit code %i',
  async (signal, code) => {
    const big = join(folder, `big-${signal}`);
    await call(['graph', big, '--nodes', '100000', '--edges', '1000000', '--columns', '32']);
    const out = join(folder, 'means.i16');
    // Of the fanout that was built above.
    const words = ['stream', big, '--device', 'golden', '--fanout', '4', '--bank-mib', '1'];
    words.push('--out', out);
    const cli = join(packageRoot(), 'host/cli/main.ts');
    const running = execa(process.execPath, [jitiCli, cli, ...words], { reject: false });
    // The first runs are done, and there are seconds of them to come.
    let sent = false;
    running.stderr.on('data', (text) => {
      if (sent || !/ [1-9]\d* runs/.test(String(text))) return;
      sent = true;
      running.kill(signal);
    });
    const { exitCode, stderr } = await running;
    expect(exitCode).toBe(code);
    expect(stderr).toMatch(new RegExp(`^error: stopped by ${signal}\\nhint: .*$`, 'm'));
    expect(stderr).not.toMatch(/bug|^ +at /m);
    expect(readdirSync(folder).filter((name) => name.startsWith('means-'))).toEqual([]);
  },
  120_000,
);
