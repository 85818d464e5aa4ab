import { TilewrightError } from '../../codegen/support/errors.ts';
import { readPlaces, readWords } from '../graph/graph-source.ts';
import type { Tile } from '../graph/plan-tiles.ts';
import { Condition } from './condition.ts';
import type { SampleJob, SumJob, TileJob, TileSums } from './tile-jobs.ts';
import type { TileWork } from './tile-unit.ts';

/**
 * Tiles whose sums are being made at the same time: the next begins while the runs of one end. Where the sums of
 * a tile are many bytes, so are its runs, and waiting for the last of them costs less than the memory.
 */
const tilesAtOnce = (bytes: number) => (bytes <= 1 << 25 ? 2 : 1);

function listGrew(name: string, node: number): TilewrightError {
  return new TilewrightError(`${name} was changed: the list of node ${node} has grown`, {
    code: 'GRAPH_FILE_CHANGED',
    hint: 'Leave a graph alone while it streams, then start again.',
  });
}

/** A tile on its way through the pipeline. */
export interface TileProgress {
  readonly tile: Tile;
  sums: TileSums | undefined;
  /** Jobs that were made and are not done. */
  open: number;
  /** Whether all of its jobs were made. */
  complete: boolean;
}

/**
 * Makes the jobs of a stream: tile by tile the samples of its seeds, and one tile later, so that nothing waits
 * for them, the sums over each tile of features. Neighbouring tiles of seeds go through the features in
 * opposite directions, so that the last ones need not be sent again.
 */
export class TileSource {
  readonly tiles: readonly TileProgress[];
  readonly #work: TileWork;
  readonly #changed = new Condition();
  readonly #samples = new Map<TileProgress, SampleJob[]>();
  #freeSums: { sums: Int32Array; counts: Uint8Array }[] = [];
  #sumsMade = 0;

  constructor(work: TileWork) {
    this.#work = work;
    this.tiles = work.plan.seedTiles.map((tile) => ({
      tile,
      sums: undefined,
      open: 0,
      complete: false,
    }));
  }

  async *jobs(signal: AbortSignal): AsyncGenerator<TileJob> {
    for (const [index, progress] of this.tiles.entries()) {
      yield* this.#sampleJobs(progress);
      if (index > 0) yield* this.#sumJobs(this.tiles[index - 1], signal);
    }
    const last = this.tiles.at(-1);
    if (last !== undefined) yield* this.#sumJobs(last, signal);
  }

  /** Runs of consecutive seeds: as many as a run takes, or whose lists it takes. */
  async *#sampleJobs(progress: TileProgress): AsyncGenerator<SampleJob> {
    const { lists, plan } = this.#work;
    const { tile } = progress;
    const samples: SampleJob[] = [];
    this.#samples.set(progress, samples);
    for (let firstSeed = 0; firstSeed < tile.nodes; ) {
      const most = Math.min(plan.seedsPerRun, tile.nodes - firstSeed);
      const firstNode = tile.firstNode + firstSeed;
      const places = await readPlaces(lists, firstNode, most);
      let count = most;
      while (count > 0 && places[count] - places[0] > plan.edgesPerRun) count -= 1;
      // A list that is longer than any was when the tiles were planned: no run would ever take it.
      if (count === 0) throw listGrew(lists.rowPtr.name, lists.nodeAt(firstNode));
      const hashed =
        lists.ids === undefined
          ? Uint32Array.from({ length: count }, (_, at) => firstNode + at)
          : await readWords(lists.ids, firstNode, count);
      const job: SampleJob = {
        kind: 'sample',
        tile,
        firstSeed,
        count,
        places: places.subarray(0, count + 1),
        hashed,
        result: undefined,
      };
      samples.push(job);
      progress.open += 1;
      firstSeed += count;
      yield job;
    }
  }

  async *#sumJobs(progress: TileProgress, signal: AbortSignal): AsyncGenerator<SumJob> {
    const { plan } = this.#work;
    const { tile } = progress;
    const samples = this.#samples.get(progress) ?? [];
    await this.#changed.until(() => samples.every(({ result }) => result !== undefined), signal);
    const into = await this.#takeSums(tile, signal);
    progress.sums = into;
    const order = tile.index % 2 === 0 ? plan.tiles : plan.tiles.toReversed();
    for (const featureTile of order) {
      for (const sample of samples) {
        const buckets = sample.result;
        if (buckets === undefined) continue;
        if (buckets.starts[featureTile.index] === buckets.starts[featureTile.index + 1]) continue;
        progress.open += 1;
        yield { kind: 'sum', samples: sample, buckets, featureTile, into };
      }
    }
    this.#samples.delete(progress);
    progress.complete = true;
  }

  async #takeSums(tile: Tile, signal: AbortSignal): Promise<TileSums> {
    const { columns, seedTiles } = this.#work.plan;
    // The first has as many as any.
    const seeds = seedTiles[0].nodes;
    const most = tilesAtOnce(4 * columns * seeds);
    const there = () => this.#freeSums.length > 0 || this.#sumsMade < most;
    await this.#changed.until(there, signal);
    let free = this.#freeSums.pop();
    if (free === undefined) {
      this.#sumsMade += 1;
      free = { sums: new Int32Array(seeds * columns), counts: new Uint8Array(seeds) };
    }
    const sums = free.sums.subarray(0, tile.nodes * columns).fill(0);
    return { tile, sums, counts: free.counts.subarray(0, tile.nodes).fill(0) };
  }

  /** The sums of a tile have been used and may be written over. */
  giveBack({ sums, counts }: TileSums): void {
    this.#freeSums.push({
      sums: new Int32Array(sums.buffer),
      counts: new Uint8Array(counts.buffer),
    });
    this.#changed.tell();
  }

  /** A job came through. */
  done(job: TileJob): void {
    const { tile } = job.kind === 'sample' ? job : job.samples;
    this.tiles[tile.index].open -= 1;
  }

  /** A sampler's result may be there. */
  sampled(): void {
    this.#changed.tell();
  }
}
