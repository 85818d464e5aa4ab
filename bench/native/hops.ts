import { buildKernel } from '../../host/device/build-kernel.ts';
import type { Device } from '../../host/device/device.ts';
import { HostBuffer } from '../../host/device/host-buffer.ts';
import type { PowerLawGraph } from '../power-law-graph.ts';
import type { Subject } from './measure.ts';
import { buildYardsticks } from './yardsticks.ts';

const absent = 0xffffffff;
/** Ids of one row of samples: whole beats. */
const rowOf = (fanout: number) => Math.ceil(fanout / 16) * 16;

interface Hop {
  /** Of `native`, and of the yardstick. */
  run(): Promise<number>;
  yardstick(): void;
  /** What both wrote. */
  readonly found: Uint32Array;
  readonly wanted: Uint32Array;
}

/**
 * neighbor_sample hop by hop on `native`, as for a network of several layers: the samples of a hop are the seeds of the
 * next one, absent ids among them.
 */
export async function hopsSubject(
  device: Device,
  graph: PowerLawGraph,
  seeds: Uint32Array,
  fanouts: readonly number[],
  key: number,
): Promise<{ readonly subject: Subject; readonly same: () => boolean }> {
  const allocated = (words: Uint32Array | number) => {
    const size = typeof words === 'number' ? words : words.length;
    const buffer = device.allocate(Math.ceil(Math.max(size, 1) / 16) * 64);
    if (!(buffer instanceof HostBuffer)) throw new Error('hops run in the memory of this process');
    if (typeof words !== 'number') {
      buffer.write(new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
    }
    const { data } = buffer;
    return { buffer, words: new Uint32Array(data.buffer, data.byteOffset, size) };
  };
  const [extent, colIdx] = [graph.extent, graph.colIdx].map(allocated);
  const hops: Hop[] = [];
  let from = allocated(seeds);
  let wantedFrom = from.words;
  for (const [index, fanout] of fanouts.entries()) {
    const kernel = await device.load(await buildKernel('neighbor_sample', { fanout }));
    const yardsticks = await buildYardsticks(fanout);
    const count = from.words.length;
    const [to, other] = [allocated(count * rowOf(fanout)), allocated(count * rowOf(fanout))];
    const hop = index + 1;
    const args = {
      ...{ seeds: from.buffer, extent: extent.buffer, colIdx: colIdx.buffer, samples: to.buffer },
      ...{ count, key, hop },
    };
    const before = wantedFrom;
    hops.push({
      run: async () => (await kernel.run(args)).hostMs,
      yardstick: () =>
        yardsticks.neighborSample(before, extent.words, colIdx.words, other.words, key, hop),
      found: to.words,
      wanted: other.words,
    });
    [from, wantedFrom] = [to, other.words];
  }
  const native = async () => {
    let ms = 0;
    for (const hop of hops) ms += await hop.run();
    return ms;
  };
  await native();
  const work = hops.reduce(
    (sum, { found }) => found.reduce((count, id) => count + (id === absent ? 0 : 1), sum),
    0,
  );
  const run = () => {
    const start = performance.now();
    for (const { yardstick } of hops) yardstick();
    return performance.now() - start;
  };
  return {
    subject: {
      kernel: `neighbor_sample, hops of ${fanouts.join(', ')}`,
      unit: 'edges',
      work,
      native,
      yardsticks: [{ name: 'tuned C', run }],
    },
    same: () => hops.every(({ found, wanted }) => found.every((id, at) => id === wanted[at])),
  };
}
