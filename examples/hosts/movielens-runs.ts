import { buildCsr, buildKernel, deviceCsr, loadDataset } from 'tilewright';
import { writeRunFile } from './run-file.ts';

/** Users whose neighbourhoods are sampled and aggregated. */
const seedCount = 128;
const beatBytes = 64;
const bytesOf = (words: Uint32Array | Int16Array) =>
  new Uint8Array(words.buffer, words.byteOffset, words.byteLength);

/** The two steps of the recommender on the MovieLens graph as runs: the second reads what the first writes. */
export async function writeMovieLensRuns(folder: string) {
  const { userIds, itemIds, interactions } = await loadDataset('movielens-dslabs');
  const graph = buildCsr(userIds.length, itemIds.length, interactions).joint;
  const { extent, colIdx } = deviceCsr(graph);
  const sampler = await buildKernel('neighbor_sample');
  const aggregator = await buildKernel('mean_aggregate');
  const { fanout, rowBeats } = aggregator.manifest.parameters;
  const idBytes = Math.ceil((4 * fanout) / beatBytes) * beatBytes;
  const columns = (rowBeats * beatBytes) / 2;
  const seeds = Uint32Array.from({ length: seedCount }, (_, user) => user);
  // Any features do, as long as every node has its own.
  const features = new Int16Array(graph.nodes * columns).map((_, at) => (at * 40503) >> 5);
  const sample = await writeRunFile(folder, 'sample', sampler.manifest, {
    seeds: bytesOf(seeds),
    extent: bytesOf(extent),
    colIdx: bytesOf(colIdx),
    samples: seedCount * idBytes,
    count: seedCount,
    key: 2026,
    hop: 0,
  });
  const aggregate = await writeRunFile(folder, 'aggregate', aggregator.manifest, {
    ids: 'sample-samples.out',
    features: bytesOf(features),
    means: seedCount * rowBeats * beatBytes,
    rows: seedCount,
  });
  return { kernels: [sampler, aggregator], runs: [sample, aggregate] };
}
