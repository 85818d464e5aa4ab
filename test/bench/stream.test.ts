import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { evenGraph, throttledBench } from '../../bench/stream/measure.ts';
import { packageRoot } from '../../codegen/support/package-root.ts';
import { syntheticGraph } from '../../host/dataset/synthetic-graph.ts';
import { writeGraph } from '../../host/graph/write-graph.ts';
import { untiled } from '../stream/graphs.ts';
import { PlainDevice, plainTileKernels } from '../stream/plain-device.ts';
import { commandLines } from '../support/documented-commands.ts';
import { jitiCli } from '../support/jiti.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { VirtualClock } from './virtual-clock.ts';

/** On a clock of its own, so that these are facts about the order of things and not about this machine. */
test('transfers hide behind runs, and two units do twice the work', async () => {
  const workload = { nodes: 480, tiles: 16, columns: 32, fanout: 16, seed: 3 };
  const clock = new VirtualClock();
  const kernels = plainTileKernels(workload.fanout, workload.columns);
  const open = async () => new PlainDevice();
  const { cells } = await clock.pass(throttledBench(workload, 10, open, kernels, clock));
  const means = await untiled(evenGraph(workload), workload.fanout, 1);
  const sha256 = createHash('sha256').update(new Uint8Array(means.buffer)).digest('hex');
  expect(cells.map((cell) => cell.sha256)).toEqual(cells.map(() => sha256));
  const [one, two, three, twice] = cells.map(({ report }) => report);
  expect(one.plan.tiles.length).toBe(16);
  // Some tiles of features are there already, so that uploads take a little less than the rest.
  expect(one.overlap).toBeLessThan(0.36);
  expect(two.overlap).toBeGreaterThan(0.6);
  expect(three.overlap).toBeGreaterThan(0.9);
  expect(twice.overlap).toBeGreaterThan(0.85);
  expect(three.wallMs / twice.wallMs).toBeGreaterThan(1.8);
});

const script = 'npm run bench:stream -- ';
const documented = commandLines('docs/benchmarks.md').filter((line) => line.startsWith(script));

test('the document has commands', () => {
  expect(documented.length).toBe(2);
});

test.each(documented)(
  '%s',
  async (line) => {
    const { folder } = temporaryFolder();
    const graph = join(folder, 'graph');
    await writeGraph(graph, syntheticGraph({ nodes: 3000, edges: 50_000 }), { columns: 64 });
    const words = line.slice(script.length).replace('out/graph', graph).split(/\s+/);
    const run = await execa(process.execPath, [jitiCli, 'bench/stream.ts', ...words, '--json'], {
      cwd: packageRoot(),
    });
    // The bench itself ends with an error where means are not those of the whole graph.
    const { machine, cells = [], ...whole } = JSON.parse(run.stdout);
    expect(machine.cores).toBeGreaterThan(0);
    if (line.includes('--graph')) {
      expect(whole).toMatchObject({ right: true, device: 'native' });
      expect(whole.tiles).toBeGreaterThanOrEqual(8);
      return;
    }
    expect(cells).toHaveLength(4);
    for (const { right, wallMs, overlap, speedup } of cells) {
      expect(right).toBe(true);
      expect(wallMs).toBeGreaterThan(0);
      expect(overlap).toBeGreaterThan(0);
      expect(speedup).toBeGreaterThan(0);
    }
  },
  300_000,
);
