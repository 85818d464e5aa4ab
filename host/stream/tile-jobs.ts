import { TilewrightError } from '../../codegen/support/errors.ts';
import { type GraphSource, unknownNode } from '../graph/graph-source.ts';
import type { Tile, TilePlan } from '../graph/plan-tiles.ts';
import type { SeedLists } from '../graph/seed-lists.ts';
import { absentId, idsABeat } from './absent-id.ts';

/** Sampled neighbours of the seeds of one run, ordered by the tile that their features are in, then by seed. */
export interface Buckets {
  /** Tile t has entries `starts[t]` to `starts[t + 1] - 1`. */
  readonly starts: Uint32Array;
  /** Of each entry, the seed's number within the run. */
  readonly seeds: Uint16Array;
  /** Of each entry, the neighbour's row within its tile. */
  readonly rows: Uint32Array;
}

/** Exact sums of the seeds of a tile, over those of their neighbours that have been added. */
export interface TileSums {
  readonly tile: Tile;
  /** Row-major, one row a seed. */
  readonly sums: Int32Array;
  /** Neighbours that were added to each. */
  readonly counts: Uint8Array;
}

/** Draws the neighbours of some seeds of a tile; `result` is there when it is done. */
export interface SampleJob {
  readonly kind: 'sample';
  readonly tile: Tile;
  /** The first seed, counted from the tile's first node. */
  readonly firstSeed: number;
  readonly count: number;
  /** Where their lists begin and end in the whole colIdx: count + 1. */
  readonly places: Uint32Array;
  /** By what each seed is hashed. */
  readonly hashed: Uint32Array;
  result: Buckets | undefined;
}

/** Adds up the features of those neighbours, of some seeds, that are in one tile. */
export interface SumJob {
  readonly kind: 'sum';
  readonly samples: SampleJob;
  readonly buckets: Buckets;
  readonly featureTile: Tile;
  readonly into: TileSums;
}

export type TileJob = SampleJob | SumJob;

const range = (what: string, { firstNode, nodes }: Tile) =>
  `${what} ${firstNode} to ${firstNode + nodes - 1}`;

/** @param lists of the seeds that the jobs are of. */
export function describeJob(lists: SeedLists, job: TileJob): string {
  const { tile } = job.kind === 'sample' ? job : job.samples;
  const what =
    job.kind === 'sample'
      ? 'sampling'
      : `sums over the features of tile ${job.featureTile.index} (${range('nodes', job.featureTile)})`;
  return `tile ${tile.index} (${range(lists.all ? 'nodes' : 'seeds', tile)}): ${what}`;
}

/** Words of a row of ids. */
export const rowWords = (fanout: number) => Math.ceil(fanout / idsABeat) * idsABeat;

/**
 * Sorts the ids that a sampler wrote by tiles.
 * @param samples count rows of ids.
 * @throws TilewrightError `GRAPH_COLIDX` for an id that is no node.
 */
export function bucketSamples(
  graph: GraphSource,
  lists: SeedLists,
  plan: TilePlan,
  samples: Uint32Array,
  job: SampleJob,
): Buckets {
  // Names of this function alone, since these loops see every id of a graph.
  const { tileNodes, tiles } = plan;
  const absent = absentId;
  const width = rowWords(plan.fanout);
  const { nodes } = graph;
  const { count, places } = job;
  const unknown = (seed: number, id: number) =>
    unknownNode(
      graph,
      `the list of node ${lists.nodeAt(job.tile.firstNode + job.firstSeed + seed)}`,
      id,
    );
  const starts = new Uint32Array(tiles.length + 1);
  for (let seed = 0, at = 0; seed < count; seed++) {
    let missing = Math.min(plan.fanout, places[seed + 1] - places[seed]);
    for (const end = at + width; at < end; at++) {
      const id = samples[at];
      if (id === absent) continue;
      if (id >= nodes) throw unknown(seed, id);
      starts[((id / tileNodes) | 0) + 1] += 1;
      missing -= 1;
    }
    // As many are drawn as there are, so that one of those drawn was the number that is no node.
    if (missing > 0) throw unknown(seed, absent);
  }
  for (let tile = 0; tile < tiles.length; tile++) starts[tile + 1] += starts[tile];
  const next = starts.slice(0, tiles.length);
  const seeds = new Uint16Array(starts[tiles.length]);
  const rows = new Uint32Array(starts[tiles.length]);
  for (let seed = 0, at = 0; seed < count; seed++) {
    for (const end = at + width; at < end; at++) {
      const id = samples[at];
      if (id === absent) continue;
      const tile = (id / tileNodes) | 0;
      const entry = next[tile]++;
      seeds[entry] = seed;
      rows[entry] = id - tile * tileNodes;
    }
  }
  return { starts, seeds, rows };
}

/** How many seeds have a neighbour in the tile of a job: the rows of its run. */
export function rowsOfJob({ buckets, featureTile }: SumJob): number {
  const { starts, seeds } = buckets;
  let [rows, last] = [0, -1];
  for (let at = starts[featureTile.index]; at < starts[featureTile.index + 1]; at++) {
    if (seeds[at] !== last) rows += 1;
    last = seeds[at];
  }
  return rows;
}

/**
 * Writes the rows of ids of a job, one of each seed that has a neighbour in the tile.
 * @param ids room for that many rows; what is behind them is left alone.
 * @returns the number of rows.
 */
export function packIds(
  { buckets, featureTile }: SumJob,
  fanout: number,
  ids: Uint32Array,
): number {
  const { starts, seeds, rows } = buckets;
  const width = rowWords(fanout);
  const absent = absentId;
  const end = starts[featureTile.index + 1];
  let [row, last, slot] = [-1, -1, 0];
  for (let at = starts[featureTile.index]; at < end; at++) {
    const seed = seeds[at];
    if (seed !== last) {
      row += 1;
      slot = row * width;
      last = seed;
      for (let rest = slot; rest < slot + width; rest++) ids[rest] = absent;
    }
    ids[slot] = rows[at];
    slot += 1;
  }
  return row + 1;
}

/**
 * Adds what a run gave to the sums of its seeds.
 * @throws TilewrightError `STREAM_COUNTS` when the device did not add as many rows as it was given; nothing
 * has been added then.
 */
export function addSums(job: SumJob, columns: number, sums: Int32Array, counts: Uint32Array): void {
  const { starts, seeds } = job.buckets;
  const { index } = job.featureTile;
  const [from, to] = [starts[index], starts[index + 1]];
  let row = 0;
  for (let at = from; at < to; row++) {
    const first = at;
    while (at < to && seeds[at] === seeds[first]) at += 1;
    if (counts[row] === at - first) continue;
    throw new TilewrightError(
      `the device added ${counts[row]} rows where ${at - first} were to be`,
      {
        code: 'STREAM_COUNTS',
        hint: 'The device does not compute what the kernel says: compare them with tilewright cosim.',
      },
    );
  }
  const { firstSeed } = job.samples;
  const { sums: totals, counts: found } = job.into;
  row = 0;
  for (let at = from; at < to; row++) {
    const seed = seeds[at];
    found[firstSeed + seed] += counts[row];
    const target = (firstSeed + seed) * columns;
    const source = row * columns;
    for (let column = 0; column < columns; column++) {
      totals[target + column] += sums[source + column];
    }
    while (at < to && seeds[at] === seed) at += 1;
  }
}
