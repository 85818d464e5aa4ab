import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { syntheticGraph } from '../../host/dataset/synthetic-graph.ts';
import { type GraphSource, openGraph } from '../../host/graph/graph-source.ts';
import { planTiles } from '../../host/graph/plan-tiles.ts';
import { nodeOrder, type ReorderProgress, reorderGraph } from '../../host/graph/reorder.ts';
import { writeGraph } from '../../host/graph/write-graph.ts';
import { type StreamReport, stream } from '../../host/stream/index.ts';
import { arraysOf, graphShapes, partsOf, randomArrays } from '../stream/graphs.ts';
import { PlainDevice, plainTileKernels } from '../stream/plain-device.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const { folder } = temporaryFolder();

const words = (path: string) => {
  const bytes = readFileSync(path);
  return new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
};

describe('a graph on disk', () => {
  it('is what was written, whatever the parts', async () => {
    const arrays = randomArrays({ nodes: 50, most: 9, columns: 32, seed: 2 });
    for (const part of [1, 7, 50, 80]) {
      const path = join(folder, `parts-${part}`);
      const header = await writeGraph(path, partsOf(arrays, part), arrays);
      expect(header).toMatchObject({ nodes: 50, edges: arrays.colIdx.length, columns: 32 });
      expect(words(join(path, 'rowPtr.u32'))).toEqual(arrays.rowPtr);
      expect(words(join(path, 'colIdx.u32'))).toEqual(arrays.colIdx);
      expect(readFileSync(join(path, 'features.i16'))).toEqual(Buffer.from(arrays.features.buffer));
      expect(existsSync(join(path, 'ids.u32'))).toBe(false);
    }
  });

  it('is not there when a part is wrong, when it is stopped, or when another is in the way', async () => {
    const arrays = randomArrays({ nodes: 20, most: 9, columns: 32, seed: 2 });
    const before = readdirSync(folder);
    const path = join(folder, 'wrong');
    const parts = [...partsOf(arrays, 5)];
    const write = (change: (at: number) => object, options: object = {}) =>
      writeGraph(
        path,
        parts.map((part, at) => ({ ...part, ...change(at) })),
        { columns: 32, ...options },
      );
    const third = (wrong: object) => (at: number) => (at === 2 ? wrong : {});
    await expect(write(third({ colIdx: new Uint32Array(3) }))).rejects.toThrow(
      /degrees of nodes 10 to 14 add up to \d+, and there are 3 ids/,
    );
    await expect(write(third({ features: new Int16Array(3) }))).rejects.toThrow(
      '3 features for nodes 10 to 14, of 32 columns each',
    );
    await expect(write(third({ ids: Uint32Array.of(1, 2, 3, 4, 5) }))).rejects.toThrow('some have');
    const unknown = { colIdx: parts[2].colIdx.map(() => 20) };
    await expect(write(third(unknown))).rejects.toThrow('a list names node 20, and there are 20');
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(write(() => ({}), { signal })).rejects.toThrow('stopped');
    await expect(write(() => ({}), { columns: 33 })).rejects.toThrow('rows of 33 columns');
    expect(readdirSync(folder)).toEqual(before);
    await write(() => ({}));
    await expect(write(() => ({}))).rejects.toMatchObject({ code: 'GRAPH_EXISTS' });
  });

  it('is there once, whoever else writes it, and under the name without a slash', async () => {
    const arrays = randomArrays({ nodes: 20, most: 9, columns: 32, seed: 2 });
    const path = join(folder, 'new', 'twice');
    const write = () => writeGraph(`${path}/`, partsOf(arrays, 5), arrays);
    const [one, other] = await Promise.allSettled([write(), write()]);
    const lost = one.status === 'rejected' ? one : other;
    expect([one.status, other.status].sort()).toEqual(['fulfilled', 'rejected']);
    expect(lost).toMatchObject({ reason: { code: 'GRAPH_EXISTS' } });
    symlinkSync('nowhere', join(folder, 'new', 'link'));
    await expect(
      writeGraph(join(folder, 'new', 'link'), partsOf(arrays, 5), arrays),
    ).rejects.toMatchObject({ code: 'GRAPH_EXISTS' });
    expect(readdirSync(join(folder, 'new')).sort()).toEqual(['link', 'twice']);
  });

  it('can be stopped, though its parts come without a pause', async () => {
    const before = readdirSync(folder);
    function* endless() {
      for (;;) yield { degrees: none, colIdx: none, features: new Int16Array(0) };
    }
    const none = new Uint32Array(0);
    const signal = AbortSignal.timeout(5);
    const writing = writeGraph(join(folder, 'endless'), endless(), { columns: 32, signal });
    await expect(writing).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(readdirSync(folder)).toEqual(before);
    // Before the first node there is much to add up in a large graph: parts without nodes come of it.
    const parts = syntheticGraph({ nodes: 2 ** 20 + 1, edges: 0 });
    expect(parts.next().value?.degrees.length).toBe(0);
  });

  it('is refused where its files are none, or say what cannot be', async () => {
    const arrays = randomArrays({ nodes: 20, most: 9, columns: 32, seed: 2 });
    const edges = arrays.colIdx.length;
    const path = join(folder, 'refused');
    await writeGraph(path, partsOf(arrays, 5), arrays);
    const planned = async (from: string) => {
      await using graph = await openGraph(from);
      return await planTiles(graph, { bankBytes: 2 ** 20, fanout: 4 });
    };
    const refused = async (file: string, content: string | Uint32Array | undefined) => {
      const whole = readFileSync(join(path, file));
      rmSync(join(path, file));
      if (content === undefined) await execa('mkfifo', [join(path, file)]);
      else writeFileSync(join(path, file), content);
      const error = await planned(path).catch((thrown) => thrown);
      rmSync(join(path, file));
      writeFileSync(join(path, file), whole);
      expect(error.hint).toBeTruthy();
      return `${error.code}: ${error.message.replaceAll(`${path}/`, '')}`;
    };
    expect(await refused('features.i16', undefined)).toBe(
      'GRAPH_FILE: cannot read features.i16: it is not a file',
    );
    expect(await refused('graph.json', undefined)).toMatch(/^GRAPH_HEADER: .* it is not a file$/);
    expect(await refused('graph.json', ' '.repeat(70_000))).toMatch(/HEADER: .* has 70000 bytes/);
    expect(await refused('graph.json', '{')).toMatch(/HEADER: .*graph.json is no JSON$/);
    const header = JSON.parse(readFileSync(join(path, 'graph.json'), 'utf8'));
    for (const wrong of [{ columns: '32' }, { scale: '1' }, { nodes: '20' }, { edges: -1 }]) {
      const text = JSON.stringify({ ...header, ...wrong });
      expect(await refused('graph.json', text)).toMatch(/^GRAPH_HEADER: graph.json is no header/);
    }
    const endless = JSON.stringify(header).replace(/"scale":1\b/, '"scale":1e999');
    expect(await refused('graph.json', endless)).toMatch(/^GRAPH_SCALE: .* scale Infinity$/);
    const places = arrays.rowPtr.with(20, edges - 1);
    expect(await refused('rowPtr.u32', places)).toMatch(
      new RegExp(`^GRAPH_ROWPTR: rowPtr.u32: the last list ends at ${edges - 1}, and there are`),
    );
    places.fill(0);
    expect(await refused('rowPtr.u32', places)).toMatch(/the last list ends at 0/);
    places.fill(1);
    expect(await refused('rowPtr.u32', places)).toMatch(/the first list begins at 1/);
    await expect(
      writeGraph(join(folder, 'scale'), [], { columns: 32, scale: Number.NaN }),
    ).rejects.toMatchObject({ code: 'GRAPH_SCALE' });
    await expect(openGraph({ ...arrays, rowPtr: new Uint32Array(0) })).rejects.toThrow('is empty');
  });

  it('made up: as many edges as asked for, the same for the same seed', () => {
    const made = (seed: number) =>
      arraysOf([...syntheticGraph({ nodes: 40_000, edges: 123_457, columns: 32, seed })], 32);
    const first = made(1);
    const { rowPtr, colIdx, features } = first;
    expect([rowPtr.length, colIdx.length, features.length]).toEqual([40_001, 123_457, 1_280_000]);
    expect(colIdx.every((id) => id < 40_000)).toBe(true);
    const degrees = Array.from(rowPtr.subarray(1), (end, node) => end - rowPtr[node]);
    expect(degrees.filter((_, node) => node % 997 === 0).every((degree) => degree === 0)).toBe(
      true,
    );
    // A power law of this exponent: the largest lists are hundreds of times the mean of 3.
    expect(Math.max(...degrees)).toBeGreaterThan(300);
    // Millions of numbers: compared as bytes, since `toEqual` would take seconds.
    const same = (a: NodeJS.TypedArray, b: NodeJS.TypedArray) =>
      Buffer.from(a.buffer).equals(Buffer.from(b.buffer));
    const again = made(1);
    expect(same(again.rowPtr, rowPtr)).toBe(true);
    expect(same(again.colIdx, colIdx)).toBe(true);
    expect(same(again.features, features)).toBe(true);
    expect(same(made(2).colIdx, colIdx)).toBe(false);
  });
});

describe('a plan', () => {
  it('covers all nodes and fits, and the size that it says would fit is the smallest', async () => {
    await fc.assert(
      fc.asyncProperty(
        graphShapes,
        fc.record({
          fanout: fc.integer({ min: 1, max: 64 }),
          buffers: fc.integer({ min: 1, max: 3 }),
          bankBytes: fc.integer({ min: 1, max: 200_000 }),
          leastTiles: fc.integer({ min: 1, max: 10 }),
        }),
        async (shape, options) => {
          await using graph = await openGraph(randomArrays(shape));
          const planned = (bankBytes: number) =>
            planTiles(graph, { ...options, bankBytes }).catch((error) => error);
          const error = await planned(1);
          expect(error.code).toBe('PLAN_TOO_LARGE');
          const enough = error.details.bytes;
          expect((await planned(enough - 1)).code).toBe('PLAN_TOO_LARGE');
          const plan = await planned(Math.max(enough, options.bankBytes));
          expect(plan.unitBytes).toBeLessThanOrEqual(plan.bankBytes);
          expect(plan.tiles.length).toBeGreaterThanOrEqual(
            Math.min(graph.nodes, options.leastTiles),
          );
          let [node, edge] = [0, 0];
          for (const tile of plan.tiles) {
            expect([tile.firstNode, tile.firstEdge]).toEqual([node, edge]);
            node += tile.nodes;
            edge += tile.edges;
          }
          expect([node, edge]).toEqual([graph.nodes, graph.edges]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('names the longest list and the way out', async () => {
    const rowPtr = Uint32Array.of(0, 3, 1003, 1003);
    const arrays = { rowPtr, colIdx: new Uint32Array(1003), features: new Int16Array(96) };
    await using graph = await openGraph({ ...arrays, columns: 32 });
    await expect(planTiles(graph, { bankBytes: 4096, fanout: 16 })).rejects.toMatchObject({
      message: expect.stringMatching(
        /does not fit through a bank of 4096 bytes \(0\.0040 MiB\): it takes \d+ bytes \(0\.\d{4} MiB\) at/,
      ),
      hint: expect.stringContaining('of node 1, has 1000 neighbours'),
    });
  });
});

test('arrays that are no graph are refused', async () => {
  const arrays = {
    rowPtr: Uint32Array.of(0, 1),
    colIdx: Uint32Array.of(0),
    features: new Int16Array(32),
    columns: 32,
  };
  await using graph = await openGraph(arrays);
  expect(graph.nodes).toBe(1);
  for (const [wrong, message] of [
    [{ rowPtr: [0, 1] }, 'rowPtr of a graph must be a Uint32Array'],
    [{ features: new Float32Array(32) }, 'features of a graph must be a Int16Array'],
    [{ ids: new Int32Array(1) }, 'ids of a graph must be a Uint32Array'],
    [{ rowPtr: new Uint32Array() }, 'rowPtr is empty, and has at least the place 0'],
    [{ colIdx: Uint32Array.of(0, 0) }, 'colIdx has 2 values, and 1 nodes need 1'],
  ] as const) {
    const given = { ...arrays, ...wrong } as never;
    await expect(openGraph(given)).rejects.toMatchObject({ code: 'GRAPH_ARRAYS', message });
  }
});

/** Two groups of nodes that name each other only, numbered so that neighbours are far apart. */
function twoGroups(): ReturnType<typeof randomArrays> {
  const nodes = 128;
  const lists = Array.from({ length: nodes }, (_, node) =>
    Array.from({ length: 8 }, (_unused, at) => (node + 2 * (1 + 7 * at)) % nodes),
  );
  return {
    rowPtr: Uint32Array.from({ length: nodes + 1 }, (_, node) => 8 * node),
    colIdx: Uint32Array.from(lists.flat()),
    features: Int16Array.from({ length: nodes * 32 }, (_, at) => ((at * 7919) % 65536) - 32768),
    columns: 32,
  };
}

async function means(
  graph: GraphSource,
): Promise<{ rows: Map<number, string>; report: StreamReport }> {
  const kernels = plainTileKernels(8, 32);
  const options = { devices: [new PlainDevice()], fanout: 8, kernels, bankBytes: 2 ** 20 };
  const results = stream(graph, { ...options, leastTiles: 4, seedsPerRun: 16 });
  const rows = new Map<number, string>();
  for await (const { tile, means: all } of results) {
    for (let at = 0; at < tile.nodes; at++) {
      rows.set(tile.firstNode + at, all.subarray(32 * at, 32 * (at + 1)).join());
    }
  }
  return { rows, report: results.report() as StreamReport };
}

describe('a renumbered graph', () => {
  it('by degree: what many lists name comes first; ties as they were', async () => {
    const csr = {
      nodes: 4,
      rowPtr: Uint32Array.of(0, 2, 3, 5, 5),
      colIdx: Uint32Array.of(2, 3, 2, 3, 2),
    };
    expect([...(await nodeOrder(csr, 'degree'))]).toEqual([2, 3, 0, 1]);
  });

  it('is not there when it is stopped while labels spread, or while it is written', async () => {
    await using graph = await openGraph(twoGroups());
    const controller = new AbortController();
    const to = join(folder, 'stopped');
    const writing = reorderGraph(graph, 'community', to, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(writing).rejects.toThrow('enough');
    const csr = { nodes: 128, ...twoGroups() };
    await expect(nodeOrder(csr, 'community', { signal: controller.signal })).rejects.toThrow(
      'enough',
    );
    expect(existsSync(to)).toBe(false);

    const late = new AbortController();
    const onProgress = ({ step }: ReorderProgress) => {
      if (step === 'write') late.abort(new Error('late enough'));
    };
    await expect(
      reorderGraph(graph, 'degree', to, { signal: late.signal, onProgress }),
    ).rejects.toThrow('late enough');
    expect(readdirSync(folder).filter((name) => name.includes('stopped'))).toEqual([]);
  });

  it('gives each node the mean that it had, and fewer bytes go up where neighbours are near', async () => {
    const arrays = twoGroups();
    const path = join(folder, 'groups');
    await writeGraph(path, partsOf(arrays, 128), arrays);
    await using graph = await openGraph(path);
    const before = await means(graph);
    for (const order of ['degree', 'community'] as const) {
      const to = join(folder, `groups-${order}`);
      const told: ReorderProgress[] = [];
      await reorderGraph(graph, order, to, { onProgress: (at) => void told.push(at) });
      const label = { step: 'label', round: 1, nodes: 0 };
      expect(told[0]).toEqual(order === 'community' ? label : { step: 'write', nodes: 0 });
      expect(told.at(-1)).toEqual({ step: 'write', nodes: 0 });
      const ids = words(join(to, 'ids.u32'));
      expect([...ids].sort((a, b) => a - b)).toEqual([...ids.keys()]);
      await using renumbered = await openGraph(to);
      const { rows, report } = await means(renumbered);
      for (const [node, id] of ids.entries()) expect(rows.get(node)).toBe(before.rows.get(id));
      if (order === 'community') {
        expect(report.stages.upload.bytes).toBeLessThan(0.8 * before.report.stages.upload.bytes);
        expect(report.stages.run.times).toBeLessThan(before.report.stages.run.times);
      }
    }
  });
});
