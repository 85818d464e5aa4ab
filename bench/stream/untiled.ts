import { createHash } from 'node:crypto';
import { buildKernel } from '../../host/device/build-kernel.ts';
import type { Device } from '../../host/device/device.ts';
import type { ByteSource } from '../../host/graph/byte-source.ts';
import { type GraphSource, readPlaces } from '../../host/graph/graph-source.ts';

const seedsARun = 1 << 16;
const chunkBytes = 1 << 22;

/**
 * The means of a graph that lies on a device as a whole, by the kernels of the untiled path (`neighbor_sample`,
 * `mean_aggregate`): what a stream is compared with. Hop 0.
 * @returns sha256 of all means in order.
 */
export async function untiledSha256(
  graph: GraphSource,
  device: Device,
  { fanout, key }: { readonly fanout: number; readonly key: number },
): Promise<string> {
  const { nodes, columns } = graph;
  const width = Math.ceil(fanout / 16) * 16;
  const sample = await device.load(await buildKernel('neighbor_sample', { fanout }));
  const mean = await device.load(
    await buildKernel('mean_aggregate', { fanout, rowBeats: columns / 32 }),
  );
  const allocate = (bytes: number) => device.allocate(Math.max(1, Math.ceil(bytes / 64)) * 64);
  const whole = async (source: ByteSource) => {
    const buffer = allocate(source.bytes);
    for (let at = 0; at < source.bytes; at += chunkBytes) {
      const chunk = new Uint8Array(Math.min(chunkBytes, source.bytes - at));
      await source.read(chunk, at);
      buffer.write(chunk, at);
    }
    return buffer;
  };
  const colIdx = await whole(graph.colIdx);
  const features = await whole(graph.features);
  const extent = allocate(8 * nodes);
  for (let first = 0; first < nodes; first += seedsARun) {
    const count = Math.min(seedsARun, nodes - first);
    const places = await readPlaces(graph, first, count);
    const pairs = Uint32Array.from({ length: 2 * count }, (_, at) => places[(at + 1) >> 1]);
    extent.write(new Uint8Array(pairs.buffer), 8 * first);
  }
  const seeds = allocate(4 * seedsARun);
  const ids = allocate(4 * width * seedsARun);
  const means = allocate(2 * columns * seedsARun);
  const hash = createHash('sha256');
  for (let first = 0; first < nodes; first += seedsARun) {
    const count = Math.min(seedsARun, nodes - first);
    seeds.write(new Uint8Array(Uint32Array.from({ length: count }, (_, at) => first + at).buffer));
    await sample.run({ seeds, extent, colIdx, samples: ids, count, key, hop: 0 });
    await mean.run({ ids, features, means, rows: count });
    const rows = new Uint8Array(2 * columns * count);
    means.read(rows);
    hash.update(rows);
  }
  for (const buffer of [colIdx, features, extent, seeds, ids, means]) buffer.release();
  return hash.digest('hex');
}
