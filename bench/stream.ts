// The streaming bench: how much of the transfers hides behind the runs, and what a second unit is worth, on a device
// that is throttled to equal times for upload, run and download; and with --graph a graph on disk, streamed in
// tiles and compared with the same graph as a whole. docs/benchmarks.md says what each figure means.
//
//   npm run bench:stream -- [--stage-ms 20] [--tiles 16] [--nodes 8192]
//   npm run bench:stream -- --graph FOLDER [--device native] [--bank-mib 100] [--tiles 8]

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { TilewrightError } from '../codegen/support/errors.ts';
import { packageRoot } from '../codegen/support/package-root.ts';
import { renderTable } from '../codegen/support/table.ts';
import { openDevice } from '../host/device/open-device.ts';
import { openGraph } from '../host/graph/graph-source.ts';
import { buildTileKernels } from '../host/stream/index.ts';
import { describeMachine, machineLine } from './machine.ts';
import { runMain } from './run-main.ts';
import { wallClock } from './stream/clock.ts';
import { evenGraph, throttledBench } from './stream/measure.ts';
import { untiledSha256 } from './stream/untiled.ts';

const fanout = 16;
const columns = 64;
const key = 1;

function parse(words: readonly string[]) {
  const { values } = parseArgs({
    args: [...words],
    options: {
      json: { type: 'boolean', default: false },
      nodes: { type: 'string', default: '8192' },
      tiles: { type: 'string' },
      'stage-ms': { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
      graph: { type: 'string' },
      device: { type: 'string', default: 'native' },
      'bank-mib': { type: 'string', default: '100' },
    },
  });
  const whole = (name: string, text: string): number => {
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= 1) return value;
    throw new TilewrightError(`--${name} needs a whole number above 0, not '${text}'`, {
      code: 'OPTION',
      hint: `For example: --${name} 16.`,
      exitCode: 2,
    });
  };
  return {
    ...values,
    nodes: whole('nodes', values.nodes),
    stageMs: whole('stage-ms', values['stage-ms']),
    seed: whole('seed', values.seed),
    tiles: whole('tiles', values.tiles ?? (values.graph === undefined ? '16' : '8')),
  };
}

type Options = ReturnType<typeof parse>;

/** Overlap and speed on a throttled device; a cell whose means are wrong has no figure. */
async function benchThrottled({ nodes, tiles, seed, stageMs }: Options) {
  const workload = { nodes, tiles, columns, fanout, seed };
  const kernels = await buildTileKernels(fanout, columns);
  const open = () => openDevice('native');
  const bench = await throttledBench(workload, stageMs, open, kernels, wallClock);
  await using graph = await openGraph(evenGraph(workload));
  await using device = await open();
  const sha256 = await untiledSha256(graph, device, { fanout, key });
  const single = bench.cells.find(({ units, buffers }) => units === 1 && buffers === 3);
  return bench.cells.map(({ units, buffers, report, sha256: found }) => {
    const right = found === sha256;
    const overlap = right ? report.overlap : null;
    const speedup = right && single ? single.report.wallMs / report.wallMs : null;
    return { units, buffers, right, wallMs: right ? report.wallMs : null, overlap, speedup };
  });
}

/** A graph on disk: tiled in a process of its own, for its peak memory, and as a whole in this one. */
async function benchGraph(folder: string, options: Options) {
  const words = ['stream', folder, '--json', '--device', options.device];
  words.push('--bank-mib', options['bank-mib'], '--tiles', String(options.tiles));
  const jiti = join(packageRoot(), 'node_modules/.bin/jiti');
  const cli = join(packageRoot(), 'host/cli/main.ts');
  const { stdout } = await execa(jiti, [cli, ...words], { stderr: 'inherit' });
  const tiled = JSON.parse(stdout);
  await using graph = await openGraph(folder);
  await using device = await openDevice('native');
  const before = performance.now();
  const sha256 = await untiledSha256(graph, device, { fanout, key });
  const untiledMs = performance.now() - before;
  // What a tile is made of: its lists and places, its rows of features, its seeds.
  const { csrBytes, featureBytes, nodes } = tiled.graph;
  const tileBytes = (csrBytes + featureBytes + 4 * nodes) / tiled.tiles;
  const bound = 1.3 * (csrBytes + 3 * tileBytes);
  const right = tiled.sha256 === sha256;
  return { ...tiled, right, untiledMs, peakOverBound: tiled.peakBytes / bound };
}

const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

async function main(words: readonly string[]): Promise<number> {
  const options = parse(words);
  const machine = await describeMachine({ 'g++': '--version' });
  if (options.graph !== undefined) {
    const cell = await benchGraph(options.graph, options);
    const rows = [
      ['tiles', cell.tiles],
      ['means', cell.right ? 'as of the whole graph' : 'WRONG'],
      ['time, tiled', `${(cell.wallMs / 1000).toFixed(1)} s`],
      ['time, as a whole', `${(cell.untiledMs / 1000).toFixed(1)} s`],
      ['overlap', cell.overlap.toFixed(2)],
      ['peak memory of the process', mebibytes(cell.peakBytes)],
      ['over 1.3 × (CSR + three tiles)', cell.peakOverBound.toFixed(2)],
    ];
    const table = renderTable([{ title: options.graph }, { title: '' }], rows);
    const json = JSON.stringify({ machine, ...cell });
    process.stdout.write(options.json ? `${json}\n` : `${machineLine(machine)}\n\n${table}\n`);
    return cell.right ? 0 : 1;
  }
  const cells = await benchThrottled(options);
  const figure = (value: number | null) => (value === null ? 'WRONG' : value.toFixed(2));
  const rows = cells.map(({ units, buffers, wallMs, overlap, speedup }) => [
    units,
    buffers,
    wallMs === null ? 'WRONG' : (wallMs / 1000).toFixed(2),
    figure(overlap),
    figure(speedup),
  ]);
  const titles = ['units', 'buffers', 's', 'overlap', '× one unit, 3 buffers'];
  const table = renderTable(
    titles.map((title) => ({ title })),
    rows,
  );
  const json = JSON.stringify({ machine, stageMs: options.stageMs, cells });
  process.stdout.write(options.json ? `${json}\n` : `${machineLine(machine)}\n\n${table}\n`);
  return cells.every(({ right }) => right) ? 0 : 1;
}

await runMain(() => main(process.argv.slice(2)));
