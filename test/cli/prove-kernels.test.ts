import { expect, test } from 'vitest';
import { proveKernels } from '../../host/cli/demo/prove-kernels.ts';
import { syntheticDataset } from '../../host/dataset/index.ts';
import { buildCsr, deviceCsr } from '../../host/graph/csr.ts';

test('both kernels give the same words on golden, hls, native and sim over a whole graph', async () => {
  const { userIds, itemIds, interactions } = syntheticDataset();
  const { joint } = buildCsr(userIds.length, itemIds.length, interactions);
  const columns = 64;
  const features = Int16Array.from(
    { length: joint.nodes * columns },
    (_, at) => ((at * 40503) % 65536) - 32768,
  );
  const { sample, aggregate } = await proveKernels({
    graph: deviceCsr(joint),
    features,
    columns,
    fanout: 16,
    key: 7,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  for (const result of [sample, aggregate]) {
    expect(result.devices).toEqual(['golden', 'hls', 'native', 'sim']);
    expect(result.firstDifferences).toEqual([]);
    expect(result.match).toBe(true);
    expect(result.cycles).toBeGreaterThan(result.usefulBeats);
  }
  expect(sample.words).toBe(3 * joint.nodes * 16);
  expect(aggregate.words).toBe(3 * joint.nodes * columns);
  // The aggregation reads two beats of features for every neighbour that was drawn.
  const drawn = joint.nodes * 16;
  expect(aggregate.usefulBeats).toBeGreaterThan(0);
  expect(aggregate.usefulBeats).toBeLessThanOrEqual(2 * drawn);
});
