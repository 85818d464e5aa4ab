import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { call } from './call.ts';

const { folder } = temporaryFolder();
const graph = join(folder, 'graph');

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
  const h1 = join(folder, 'h1.i16');
  const whole = await streamed();
  const tiled = await streamed('--tiles', '4', '--units', '2', '--out', h1);
  expect([whole.tiles, tiled.tiles]).toEqual([1, 4]);
  expect(tiled.sha256).toBe(whole.sha256);
  expect(readFileSync(h1).length).toBe(60 * 32 * 2);
  const second = await streamed('--features', h1, '--hop', '1');
  expect(second.sha256).not.toBe(whole.sha256);
  expect(tiled.stages.run.times).toBeGreaterThan(whole.stages.run.times);
}, 120_000);

test.each([
  [['graph', 'out/x', '--from', 'y'], 'USAGE', 2],
  [['stream', 'nowhere'], 'GRAPH_HEADER', 1],
  [['graph', graph], 'GRAPH_EXISTS', 1],
  [['stream', graph, '--bank-mib', '0.001'], 'PLAN_TOO_LARGE', 1],
  [['stream', graph, '--device', 'abacus'], 'UNKNOWN_DEVICE', 2],
] as const)('%j: %s', async (words, code, exitCode) => {
  expect(existsSync(graph)).toBe(true);
  const answer = await call([...words, '--json']);
  expect(answer.code).toBe(exitCode);
  expect(JSON.parse(answer.stdout).error).toMatchObject({ code, hint: expect.any(String) });
});
