import { describe, expect, it } from 'vitest';
import { buildKernel } from '../../host/device/build-kernel.ts';
import { openDevice } from '../../host/device/open-device.ts';
import { type Csr, deviceCsr } from '../../host/graph/csr.ts';
import { seededRandom } from '../../host/recommender/random.ts';
import { openTwoHop, totalCycles } from '../../host/stream/index.ts';
import { PlainDevice, plainKernels } from './plain-device.ts';

function graphOf(lists: readonly (readonly number[])[]): Csr {
  const rowPtr = new Uint32Array(lists.length + 1);
  lists.forEach((list, node) => {
    rowPtr[node + 1] = rowPtr[node] + list.length;
  });
  return { nodes: lists.length, rowPtr, colIdx: Uint32Array.from(lists.flat()) };
}

/** Some nodes without neighbours, some with few, some with many more than the fanout. */
function randomGraph(nodes: number, most: number): Csr {
  const random = seededRandom(5, 'graph');
  return graphOf(
    Array.from({ length: nodes }, (_, node) =>
      node % 7 === 3
        ? []
        : Array.from({ length: 1 + random.below(most) }, () => random.below(nodes)),
    ),
  );
}

function randomFeatures(nodes: number, columns: number): Int16Array {
  const random = seededRandom(6, 'features');
  return new Int16Array(nodes * columns).map(() => random.below(65536) - 32768);
}

describe('two-hop aggregation', () => {
  it('takes means of means: a graph small enough to check by hand', async () => {
    // 0 and 1 know 2 and 3; 2 knows nobody; 3 knows 0 only.
    const graph = deviceCsr(graphOf([[2, 3], [2, 3], [], [0]]));
    const features = new Int16Array(4 * 32);
    [10, 20, 30, 41].forEach((value, node) => {
      features.fill(value, node * 32, (node + 1) * 32);
    });
    await using hops = await openTwoHop(
      new PlainDevice(),
      plainKernels({ rowBeats: 1 }),
      graph,
      features,
      32,
    );
    const { h1, h2, steps } = await hops.all(1);
    const first = (rows: Int16Array) => [0, 1, 2, 3].map((node) => rows[node * 32]);
    // (30 + 41) / 2 rounds up to 36; then (0 + 10) / 2 = 5, and the mean over nobody is 0.
    expect(first(h1)).toEqual([36, 36, 0, 10]);
    expect(first(h2)).toEqual([5, 5, 0, 36]);
    expect(steps.map(({ step, layer }) => `${step} ${layer}`)).toEqual([
      'sample 1',
      'aggregate 1',
      'sample 2',
      'aggregate 2',
    ]);
  });

  it.each([
    { fanout: 16, rowBeats: 2 },
    { fanout: 5, rowBeats: 1 },
    { fanout: 20, rowBeats: 1 },
  ])('gives single nodes what it gives all of them, fanout $fanout', async (parameters) => {
    const columns = parameters.rowBeats * 32;
    const graph = deviceCsr(randomGraph(60, 40));
    const features = randomFeatures(60, columns);
    const kernels = plainKernels(parameters);
    await using hops = await openTwoHop(new PlainDevice(), kernels, graph, features, columns);
    const all = await hops.all(77);
    const nodes = [0, 3, 59, 17, 17, 24];
    const some = await hops.of(nodes, 77);
    nodes.forEach((node, row) => {
      for (const layer of ['h1', 'h2'] as const) {
        expect([...some[layer].subarray(row * columns, (row + 1) * columns)]).toEqual([
          ...all[layer].subarray(node * columns, (node + 1) * columns),
        ]);
      }
    });
    expect((await hops.all(78)).h1).not.toEqual(all.h1);
  });

  it('gives the same integers with the real kernels on golden and native', async () => {
    const graph = deviceCsr(randomGraph(48, 40));
    const features = randomFeatures(48, 64);
    await using plain = await openTwoHop(new PlainDevice(), plainKernels(), graph, features, 64);
    const expected = await plain.all(9);
    const ofSome = await plain.of([2, 3, 40], 9);
    const kernels = {
      sample: await buildKernel('neighbor_sample', { fanout: 16 }),
      aggregate: await buildKernel('mean_aggregate', { fanout: 16, rowBeats: 2 }),
    };
    for (const name of ['golden', 'native']) {
      await using device = await openDevice(name);
      await using hops = await openTwoHop(device, kernels, graph, features, 64);
      const { h1, h2 } = await hops.all(9);
      expect(h1).toEqual(expected.h1);
      expect(h2).toEqual(expected.h2);
      const some = await hops.of([2, 3, 40], 9);
      expect(some.h2).toEqual(ofSome.h2);
    }
  });

  it('releases every buffer, also when a run is aborted', async () => {
    const device = new PlainDevice();
    const graph = deviceCsr(randomGraph(20, 5));
    const hops = await openTwoHop(device, plainKernels(), graph, randomFeatures(20, 64), 64);
    await hops.of([1], 3);
    await expect(hops.all(3, AbortSignal.abort())).rejects.toThrow();
    await hops.close();
    expect(device.buffers.length).toBeGreaterThan(8);
    expect(device.buffers.every((buffer) => buffer.released)).toBe(true);
    await expect(hops.all(3)).rejects.toThrow('closed');
  });

  it('adds up cycles, and none where the device has no clock', async () => {
    const device = new PlainDevice();
    const graph = deviceCsr(randomGraph(20, 5));
    await using hops = await openTwoHop(device, plainKernels(), graph, randomFeatures(20, 64), 64);
    expect(totalCycles((await hops.all(3)).steps)).toBeUndefined();
    device.cyclesARun = 100;
    expect(totalCycles((await hops.all(3)).steps)).toBe(400);
    expect(totalCycles((await hops.of([4], 3)).steps)).toBe(600);
  });

  it('refuses kernels that do not fit, unknown nodes and bad keys', async () => {
    const graph = deviceCsr(randomGraph(20, 5));
    const features = randomFeatures(20, 64);
    const device = new PlainDevice();
    const open = (kernels: ReturnType<typeof plainKernels>, columns = 64) =>
      openTwoHop(device, kernels, graph, features, columns);
    const { sample, aggregate } = plainKernels();
    await expect(open({ sample: aggregate, aggregate })).rejects.toThrow(
      'neighbor_sample is needed',
    );
    await expect(open({ sample, aggregate: sample })).rejects.toThrow('mean_aggregate is needed');
    await expect(
      open({ sample, aggregate: plainKernels({ fanout: 8 }).aggregate }),
    ).rejects.toThrow('fanout is 8');
    await expect(
      open({ sample, aggregate: plainKernels({ elementBits: 8 }).aggregate }),
    ).rejects.toThrow('elementBits is 8');
    await expect(open(plainKernels({ rowBeats: 1 }))).rejects.toThrow('32 columns');
    await expect(open(plainKernels({ rowBeats: 1 }), 32)).rejects.toThrow(RangeError);
    await using hops = await open(plainKernels());
    await expect(hops.of([20], 1)).rejects.toThrow('node 20 is not in the graph');
    await expect(hops.all(-1)).rejects.toThrow('sampling key -1');
    await expect(hops.all(2 ** 32)).rejects.toThrow('sampling key');
  });
});
