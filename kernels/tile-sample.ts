import {
  kernel,
  pipeline,
  type ReadPort,
  readMemory,
  type Stream,
  scalar,
  shiftRight,
  stream,
  u32,
  vec,
  writeMemory,
} from 'tilewright/language';
import {
  absent,
  confirmSamples,
  drawGraph,
  hashNodes,
  idsABeat,
  type List,
  parameters,
  requestSamples,
  requestSeeds,
  sendSamples,
  unpackSeeds,
} from './neighbor-sample.ts';
import { sampleLists } from './parts/sample-rows.ts';

export { parameters };

const extentsABeat = 8;
/** Beats of extents asked for at once: 1 KiB, 128 rows. */
const extentBurst = 16;

function requestRowExtents(count: u32, extent: ReadPort<u32>): void {
  const beats = shiftRight(count + extentsABeat - 1, 3);
  for (let beat = 0; beat < beats; beat += extentBurst) {
    pipeline();
    extent.request(beat, Math.min(beats - beat, extentBurst));
  }
}

/** The extents lie in the order of the rows: 8 of them a beat, the next always in the lowest lanes. */
function readRowExtents(
  count: u32,
  extent: ReadPort<u32>,
  hashes: Stream<u32>,
  lists: Stream<List>,
): void {
  let pairs = vec(u32, idsABeat, () => 0);
  for (let i = 0; i < count; i++) {
    pipeline();
    if ((i & 7) === 0) pairs = extent.receive();
    const begin = pairs[0];
    const degree = u32(pairs[1] - pairs[0]);
    lists.write({ begin, degree, hash: hashes.read() });
    pairs = vec(u32, idsABeat, (l) => (l < idsABeat - 2 ? pairs[l + 2] : 0));
  }
}

/**
 * tile_sample: neighbor_sample for a part of a graph that is not there as a whole. Each seed brings the extent
 * of its list along, so that `colIdx` holds the lists of these seeds only, and the samples depend neither on
 * where a list lies nor on how the nodes are numbered: a seed is hashed, and nothing is looked up by it.
 *
 * Shapes: seeds count × u32, packed; extent count × {begin, end}, places in `colIdx`, of an absent
 * seed two equal numbers; colIdx u32; samples count × ⌈fanout/16⌉ beats, filled up with 0xFFFFFFFF.
 */
export default kernel({
  name: 'tile_sample',
  summary: 'samples up to fanout neighbours of each seed, whose lists lie in a tile of the graph',
  parameters,
  arguments: () => ({
    seeds: readMemory(u32),
    extent: readMemory(u32),
    colIdx: readMemory(u32, { outstanding: 128 }),
    samples: writeMemory(u32),
    count: scalar(u32),
    key: scalar(u32),
    hop: scalar(u32),
  }),
  dataflow(p, { seeds, extent, colIdx, samples, count, key, hop }) {
    const nodes = stream(u32);
    // Beside the first extents' round trip.
    const hashes = stream(u32, { depth: 64 });
    const lists = stream({ begin: u32, degree: u32, hash: u32 });
    requestSeeds(count, seeds);
    unpackSeeds(count, seeds, nodes);
    requestRowExtents(count, extent);
    hashNodes(count, key, hop, nodes, hashes);
    readRowExtents(count, extent, hashes, lists);
    const rows = sampleLists(p, 1, count, lists, colIdx);
    requestSamples(p, count, samples);
    sendSamples(p, count, rows, samples);
    confirmSamples(count, samples);
  },
  rows: (p) => ({
    count: 'count',
    elements: { seeds: 1, extent: 2, samples: Math.ceil(p.fanout / idsABeat) * idsABeat },
  }),
  workload(p, random, size) {
    const { nodes: _, extent, ...drawn } = drawGraph(p, random, size);
    const pairs = [...drawn.seeds].flatMap((node) =>
      node === absent ? [0, 0] : [extent[2 * node], extent[2 * node + 1]],
    );
    return { ...drawn, extent: Uint32Array.from(pairs) };
  },
});
