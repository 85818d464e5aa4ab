import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { syntheticGraph } from '../../host/dataset/synthetic-graph.ts';
import type { Device } from '../../host/device/device.ts';
import { deviceNames, openDevice } from '../../host/device/open-device.ts';
import type { ByteSource } from '../../host/graph/byte-source.ts';
import { deviceCsr } from '../../host/graph/csr.ts';
import { openGraph, readWords } from '../../host/graph/graph-source.ts';
import { reorderGraph } from '../../host/graph/reorder.ts';
import { writeGraph } from '../../host/graph/write-graph.ts';
import { buildTileKernels, openTwoHop, stream, writeMeans } from '../../host/stream/index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { collect, graphShapes, partsOf, randomArrays, smallestBank, untiled } from './graphs.ts';
import { PlainDevice, plainKernels, plainTileKernels } from './plain-device.ts';

describe('a streamed graph gives the bits of the whole one', () => {
  it('random graphs, tiles, buffers and units', async () => {
    let [most, several] = [0, 0];
    await fc.assert(
      fc.asyncProperty(
        graphShapes,
        fc.record({
          fanout: fc.integer({ min: 1, max: 40 }),
          key: fc.nat(0xffffffff),
          tileNodes: fc.integer({ min: 1, max: 30 }),
          seedsPerRun: fc.integer({ min: 1, max: 64 }),
          buffers: fc.integer({ min: 1, max: 3 }),
          units: fc.integer({ min: 1, max: 3 }),
          some: fc.option(fc.array(fc.nat(1000), { maxLength: 60 }), { nil: undefined }),
        }),
        async (shape, { fanout, key, tileNodes, seedsPerRun, buffers, units, some }) => {
          const arrays = randomArrays(shape);
          const { columns } = arrays;
          await using graph = await openGraph(arrays);
          const kernels = plainTileKernels(fanout, columns);
          const devices = Array.from({ length: units }, () => new PlainDevice());
          const seeds = some && Uint32Array.from(some, (number) => number % graph.nodes);
          const options = { devices, fanout, key, seedsPerRun, buffers, kernels, seeds };
          const tight = await smallestBank(arrays, options);
          const bankBytes = tight + 4 * columns * (tileNodes - 1);
          const results = stream(graph, { ...options, bankBytes });
          const all = await untiled(arrays, fanout, key);
          const row = (node: number) => [...all.subarray(node * columns, (node + 1) * columns)];
          const wanted = seeds === undefined ? all : Int16Array.from([...seeds].flatMap(row));
          expect(await collect(results)).toEqual(wanted);
          const tiles = results.report()?.plan.tiles.length ?? 0;
          most = Math.max(most, tiles);
          if (tiles > 1) several += 1;
          expect(results.report()?.plan.unitBytes).toBeLessThanOrEqual(bankBytes);
          for (const device of devices) {
            const allocated = device.buffers.reduce((sum, { bytes }) => sum + bytes, 0);
            expect(allocated).toBe(results.report()?.plan.unitBytes);
            expect(device.buffers.every(({ released }) => released)).toBe(true);
          }
        },
      ),
      { numRuns: 40 },
    );
    expect(most).toBeGreaterThan(5);
    expect(several).toBeGreaterThan(10);
  }, 120_000);

  it('seeds of a renumbered graph on disk, in tiles of their own', async () => {
    const { folder } = temporaryFolder();
    const arrays = randomArrays({ nodes: 5000, most: 6, columns: 256, seed: 6 });
    await writeGraph(join(folder, 'graph'), partsOf(arrays, 700), arrays);
    await using before = await openGraph(join(folder, 'graph'));
    await reorderGraph(before, 'degree', join(folder, 'near'));
    await using graph = await openGraph(join(folder, 'near'));
    const ids = await readWords(graph.ids as ByteSource, 0, 5000);
    const all = await untiled(arrays, 4, 9);
    // Ends and middles of windows, one of them twice, and some in a row.
    const seeds = Uint32Array.from([4999, 0, 4096, 7, 8, 9, 10, 4095, 0, 2500]);
    const results = stream(graph, {
      ...{ devices: [new PlainDevice()], fanout: 4, key: 9, kernels: plainTileKernels(4, 256) },
      ...{ bankBytes: 2 ** 22, leastTiles: 1250, seeds },
    });
    const means: number[] = [];
    const tiles: number[][] = [];
    for await (const result of results) {
      tiles.push([result.tile.firstNode, result.tile.nodes]);
      means.push(...result.means);
    }
    const row = (seed: number) => [...all.subarray(256 * ids[seed], 256 * (ids[seed] + 1))];
    expect(means).toEqual([...seeds].flatMap(row));
    expect(tiles).toEqual([
      [0, 4],
      [4, 4],
      [8, 2],
    ]);
    const wrong = stream(graph, {
      ...{ devices: [new PlainDevice()], bankBytes: 2 ** 20, seeds: Uint32Array.of(1, 5000, 2) },
    });
    await expect(wrong.next()).rejects.toMatchObject({
      code: 'NODE_UNKNOWN',
      message: expect.stringContaining('seed 1 is node 5000'),
    });
    const list = stream(graph, {
      ...{ devices: [new PlainDevice()], bankBytes: 2 ** 20, seeds: [1] as never },
    });
    await expect(list.next()).rejects.toMatchObject({ code: 'SEEDS' });
  });

  it('two layers, the first through a file', async () => {
    const { folder } = temporaryFolder();
    const arrays = randomArrays({ nodes: 70, most: 30, columns: 32, seed: 5 });
    await writeGraph(join(folder, 'graph'), partsOf(arrays, 9), arrays);
    const device = new PlainDevice();
    const options = {
      devices: [device],
      fanout: 8,
      key: 3,
      bankBytes: 20_000,
      kernels: plainTileKernels(8, 32),
    };
    const h1 = join(folder, 'h1.i16');
    await using first = await openGraph(join(folder, 'graph'));
    await writeMeans(h1, stream(first, options));
    await using second = await openGraph(join(folder, 'graph'), { features: h1 });
    const results = stream(second, { ...options, hop: 1 });
    const h2 = await collect(results);
    expect(results.report()?.plan.tiles.length).toBeGreaterThan(1);
    const csr = deviceCsr({ nodes: 70, ...arrays });
    await using hops = await openTwoHop(
      device,
      plainKernels({ fanout: 8, rowBeats: 1 }),
      csr,
      arrays.features,
      32,
    );
    const whole = await hops.all(3);
    const written = readFileSync(h1);
    expect(new Int16Array(written.buffer, written.byteOffset, written.length / 2)).toEqual(
      whole.h1,
    );
    expect(h2).toEqual(whole.h2);
  });

  it('reads a file in ranges of a MiB at the most, its features once for each tile of seeds', async () => {
    const { folder } = temporaryFolder();
    const parts = syntheticGraph({ nodes: 20_000, edges: 30_000, columns: 128 });
    await writeGraph(join(folder, 'graph'), parts, { columns: 128 });
    await using graph = await openGraph(join(folder, 'graph'));
    const lengths: number[] = [];
    const { features } = graph;
    const watched: ByteSource = {
      ...{ name: features.name, bytes: features.bytes },
      read: (target, offset) => {
        lengths.push(target.byteLength);
        return features.read(target, offset);
      },
      close: () => features.close(),
      [Symbol.asyncDispose]: () => features.close(),
    };
    const results = stream(
      {
        ...graph,
        features: watched,
        close: () => graph.close(),
        [Symbol.asyncDispose]: watched.close,
      },
      {
        ...{ devices: [new PlainDevice()], fanout: 2, leastTiles: 4, bankBytes: 2 ** 23 },
        kernels: plainTileKernels(2, 128),
      },
    );
    for await (const _ of results);
    expect(results.report()?.plan.tiles.length).toBe(4);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(2 ** 20);
    const total = lengths.reduce((sum, length) => sum + length, 0);
    // Four tiles by four, less the one that each turn finds on the device.
    expect(total).toBeLessThanOrEqual((13 / 4) * features.bytes);
    expect(total).toBeGreaterThan(2 * features.bytes);
  }, 60_000);

  it('the real kernels on every device, and on devices of different kinds', async () => {
    const fanout = 20;
    const arrays = randomArrays({ nodes: 60, most: 50, columns: 64, seed: 8 });
    await using graph = await openGraph(arrays);
    const expected = await untiled(arrays, fanout, 77);
    const kernels = await buildTileKernels(fanout, 64);
    const streamed = async (...devices: Device[]) => {
      const options = { devices, fanout, key: 77, kernels, seedsPerRun: 16 };
      const bankBytes = (await smallestBank(arrays, options)) + 4 * 64 * 14;
      const results = stream(graph, { ...options, bankBytes });
      expect(await collect(results)).toEqual(expected);
      const report = results.report();
      expect(report?.plan.tiles.length).toBe(4);
      return report;
    };
    for (const name of deviceNames) {
      await using device = await openDevice(name, { quick: true });
      const report = await streamed(device);
      if (name === 'sim') expect(report?.cycles).toBeGreaterThan(1000);
      if (name === 'golden') expect(report?.cycles).toBeUndefined();
    }
    await using golden = await openDevice('golden');
    await using native = await openDevice('native', { quick: true });
    await streamed(native, golden, native);
  }, 600_000);
});
