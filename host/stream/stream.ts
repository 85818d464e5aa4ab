import { TilewrightError } from '../../codegen/support/errors.ts';
import { type BuildKernelOptions, buildKernel } from '../device/build-kernel.ts';
import type { Device } from '../device/device.ts';
import type { GraphSource } from '../graph/graph-source.ts';
import { planTiles, type Tile, type TilePlan } from '../graph/plan-tiles.ts';
import { allSeeds, seedLists } from '../graph/seed-lists.ts';
import { Pipeline } from './pipeline.ts';
import { roundMeans } from './round-means.ts';
import type { StreamTimes } from './stage-times.ts';
import { describeJob, type TileJob } from './tile-jobs.ts';
import { type TileProgress, TileSource } from './tile-source.ts';
import { type TileKernels, TileUnit, type TileWork } from './tile-unit.ts';

export interface StreamProgress {
  readonly tilesDone: number;
  readonly tiles: number;
  /** Kernels' runs that are done. */
  readonly runs: number;
}

export interface StreamOptions {
  /** One compute unit each; a device that is named twice has two. They stay open. */
  readonly devices: readonly Device[];
  /** Device memory that each unit may use, in bytes. */
  readonly bankBytes: number;
  /**
   * Nodes that get a mean, in this order, any of them as often as wanted; default: all, in the order of the graph. Not
   * to be changed while it streams.
   */
  readonly seeds?: Uint32Array | undefined;
  /** Neighbours drawn for each node, 1 to 64; default 16. */
  readonly fanout?: number;
  /** Of the sampling; a whole number below 2^32, default 1. */
  readonly key?: number;
  /** Samples of different hops are unrelated; default 0, as the first layer of `openTwoHop`. */
  readonly hop?: number;
  /** Sets of buffers of a unit, 1 to 3; default 3, which hides both transfers behind the runs. */
  readonly buffers?: number;
  /** Seeds that one run takes, at most 32768; default: as many as take half of the bank. */
  readonly seedsPerRun?: number;
  /** So many tiles at the least; default 1, the fewest that fit. */
  readonly leastTiles?: number;
  /** How often a run that failed is done again, on another unit where there is one; default 1. */
  readonly retries?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: StreamProgress) => void) | undefined;
  /** Default: built when the stream begins, or taken from the artefact store. */
  readonly kernels?: TileKernels;
  /** Milliseconds, for the report; default `performance.now`. */
  readonly now?: () => number;
}

/** The nodes of one tile, or some of the seeds, each with the mean of its sampled neighbours' features. */
export interface TileResult {
  /** With `seeds` a range of these: `firstNode` is the place of the first among them. */
  readonly tile: Tile;
  /** Row-major, one row a node of the tile, as many columns as the features, of the same scale. */
  readonly means: Int16Array;
  /** How many neighbours each mean is over. */
  readonly counts: Uint8Array;
}

export interface StreamReport extends StreamTimes {
  readonly plan: TilePlan;
  /** Runs that failed and were done again. */
  readonly retried: number;
  /** Units that failed so often that they were given no more. */
  readonly retired: readonly string[];
}

/** The tiles in order, as they are done. Leaving it early stops what is under way and frees all buffers. */
export interface TileStream extends AsyncIterableIterator<TileResult>, AsyncDisposable {
  /** What it took so far; undefined before the first tile has been asked for. */
  report(): StreamReport | undefined;
}

/** What comes from JavaScript may be anything. */
function checkGiven(graph: GraphSource, options: StreamOptions): void {
  const wrong = (what: string, code: string, hint: string) =>
    new TilewrightError(what, { code, hint });
  if (typeof (graph as Partial<GraphSource> | null)?.rowPtr?.read !== 'function') {
    throw wrong(
      'a stream of what is no open graph',
      'PLAN_OPTION',
      "Open it: await openGraph('folder').",
    );
  }
  const devices: unknown = (options as Partial<StreamOptions> | undefined)?.devices;
  const hint = "Open one: const device = await openDevice('native'), and give devices: [device].";
  if (!Array.isArray(devices) || devices.length === 0) {
    throw wrong('a stream without a device', 'STREAM_NO_DEVICE', hint);
  }
  if (devices.some((one: Partial<Device> | null) => typeof one?.load !== 'function')) {
    throw wrong('a stream through what is no device', 'STREAM_NO_DEVICE', hint);
  }
}

/** 32-bit numbers that the samples depend on. */
function checkWord(what: string, value: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= 0xffffffff) return;
  throw new TilewrightError(`the sampling ${what} ${value} is not a whole number below 2^32`, {
    code: 'SAMPLING_KEY',
    hint: `Give a ${what} from 0 to 4294967295.`,
  });
}

/** As many times as nobody meant would be for ever. */
function checkRetries(retries: number): void {
  if (Number.isSafeInteger(retries) && retries >= 0) return;
  throw new TilewrightError(`a run that failed cannot be done again ${retries} times`, {
    code: 'PLAN_OPTION',
    hint: 'Give a whole number, 0 or more, as retries.',
  });
}

function checkKernels({ sample, sum }: TileKernels, { fanout, columns }: TilePlan): void {
  const wanted = [
    [sample, 'tile_sample', { fanout, replace: 0 }],
    [sum, 'sum_aggregate', { fanout, elementBits: 16, rowBeats: columns / 32 }],
  ] as const;
  for (const [built, kernel, parameters] of wanted) {
    const { manifest, folder } = built;
    const off = Object.entries(parameters).filter(([name, to]) => manifest.parameters[name] !== to);
    if (manifest.kernel === kernel && off.length === 0) continue;
    const text = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
    throw new TilewrightError(`the stream needs ${kernel} with ${text.join(', ')}`, {
      code: 'KERNEL_MISFIT',
      hint: `${folder} holds ${manifest.kernel} ${JSON.stringify(manifest.parameters)}.`,
    });
  }
}

export async function buildTileKernels(
  fanout: number,
  columns: number,
  options: BuildKernelOptions = {},
): Promise<TileKernels> {
  const sum = { fanout, rowBeats: columns / 32 };
  return {
    sample: await buildKernel('tile_sample', { fanout }, options),
    sum: await buildKernel('sum_aggregate', sum, options),
  };
}

/** Beside a smaller graph the compiler's own memory need not be counted. */
const largeGraphBytes = 2 ** 26;

async function kernelsFor(
  { columns, features, colIdx }: GraphSource,
  fanout: number,
  signal: AbortSignal | undefined,
): Promise<TileKernels> {
  const beside = features.bytes + colIdx.bytes > largeGraphBytes;
  return buildTileKernels(fanout, columns, { beside, signal });
}

/** Errors that lie in the graph or the caller, which no other unit helps against. */
const final = (error: unknown) =>
  error instanceof TilewrightError && /^(GRAPH|KERNEL|BUFFER)_/.test(error.code);

async function openUnits(
  devices: readonly Device[],
  kernels: TileKernels,
  work: TileWork,
): Promise<readonly TileUnit[]> {
  const units: TileUnit[] = [];
  try {
    for (const device of devices) {
      const name = devices.length === 1 ? device.name : `${device.name} #${units.length + 1}`;
      units.push(await TileUnit.open(name, device, kernels, work));
    }
    return units;
  } catch (error) {
    for (const unit of units) unit.release();
    throw error;
  }
}

class Stream implements TileStream {
  readonly #results: AsyncGenerator<TileResult>;
  #pipeline: Pipeline<TileJob> | undefined;
  #plan: TilePlan | undefined;

  constructor(graph: GraphSource, options: StreamOptions) {
    this.#results = this.#run(graph, options);
  }

  report(): StreamReport | undefined {
    const pipeline = this.#pipeline;
    const plan = this.#plan;
    if (pipeline === undefined || plan === undefined) return undefined;
    const { retried, retired } = pipeline;
    return { ...pipeline.report(), plan, retried, retired };
  }

  async *#run(graph: GraphSource, options: StreamOptions): AsyncGenerator<TileResult> {
    checkGiven(graph, options);
    const { devices, fanout = 16, key = 1, hop = 0, retries = 1, signal, now } = options;
    checkWord('key', key);
    checkWord('hop', hop);
    checkRetries(retries);
    const lists =
      options.seeds === undefined ? allSeeds(graph) : await seedLists(graph, options.seeds, signal);
    const plan = await planTiles(graph, { ...options, fanout }, lists);
    this.#plan = plan;
    const kernels = options.kernels ?? (await kernelsFor(graph, fanout, signal));
    checkKernels(kernels, plan);
    signal?.throwIfAborted();
    const work = { graph, lists, plan, key, hop };
    const units = await openUnits(devices, kernels, work);
    try {
      const source = new TileSource(work);
      const pipeline = new Pipeline((ending) => source.jobs(ending), units, {
        signal,
        retries,
        window: 2 * plan.buffers * units.length,
        describe: (job) => describeJob(lists, job),
        final,
        now,
        onDone: () => source.sampled(),
      });
      this.#pipeline = pipeline;
      yield* inOrder(pipeline, source, graph.columns, options.onProgress);
    } finally {
      for (const unit of units) unit.release();
    }
  }

  next(): Promise<IteratorResult<TileResult>> {
    return this.#results.next();
  }

  return(): Promise<IteratorResult<TileResult>> {
    return this.#results.return(undefined);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}

async function* inOrder(
  pipeline: Pipeline<TileJob>,
  source: TileSource,
  columns: number,
  onProgress: StreamOptions['onProgress'],
): AsyncGenerator<TileResult> {
  const { tiles } = source;
  let [tilesDone, runs] = [0, 0];
  function* finished(): Generator<TileResult> {
    while (tilesDone < tiles.length && isDone(tiles[tilesDone])) {
      const progress = tiles[tilesDone];
      const { tile, sums } = progress;
      if (sums === undefined) break;
      const counts = sums.counts.slice();
      const means = roundMeans(sums.sums, counts, columns);
      progress.sums = undefined;
      source.giveBack(sums);
      tilesDone += 1;
      onProgress?.({ tilesDone, tiles: tiles.length, runs });
      yield { tile, means, counts };
    }
  }
  for await (const job of pipeline.results()) {
    source.done(job);
    runs += 1;
    onProgress?.({ tilesDone, tiles: tiles.length, runs });
    yield* finished();
  }
  yield* finished();
}

function isDone({ complete, open }: TileProgress): boolean {
  return complete && open === 0;
}

/**
 * Streams a graph through devices whose memory does not hold it: of each node the mean of the features of up to
 * `fanout` sampled neighbours, to the bit what `neighbor_sample` and `mean_aggregate` give for the graph as a
 * whole. Sums are exact across tiles and rounded once, at the end.
 * @throws TilewrightError while it is iterated: `PLAN_TOO_LARGE`, `PLAN_OPTION`, `SAMPLING_KEY`,
 * `KERNEL_MISFIT`; `NODE_UNKNOWN` for seeds; `GRAPH_…` for files that do not fit or change; `STREAM_RUN` naming the tile where a run
 * fails on all tries; and the reason of `signal`.
 */
export function stream(graph: GraphSource, options: StreamOptions): TileStream {
  return new Stream(graph, options);
}
