import type { BuiltKernel } from '../device/built-kernel.ts';
import type { Device, DeviceBuffer, LoadedKernel } from '../device/device.ts';
import type { GraphSource } from '../graph/graph-source.ts';
import { slotSizes, type Tile, type TilePlan } from '../graph/plan-tiles.ts';
import type { SeedLists } from '../graph/seed-lists.ts';
import { Condition } from './condition.ts';
import { download, RangeCopier, upload } from './copy-range.ts';
import type { PipelineUnit, StageResult } from './pipeline.ts';
import {
  addSums,
  bucketSamples,
  packIds,
  rowsOfJob,
  rowWords,
  type SampleJob,
  type SumJob,
  type TileJob,
} from './tile-jobs.ts';

export interface TileKernels {
  /** A build of `tile_sample`. */
  readonly sample: BuiltKernel;
  /** A build of `sum_aggregate` of the same fanout, for 16-bit features as wide as the graph's. */
  readonly sum: BuiltKernel;
}

/** What all jobs of a stream have in common. */
export interface TileWork {
  readonly graph: GraphSource;
  /** Of the seeds. */
  readonly lists: SeedLists;
  readonly plan: TilePlan;
  readonly key: number;
  readonly hop: number;
}

type Slot = Readonly<Record<keyof ReturnType<typeof slotSizes>, DeviceBuffer>>;

/** A buffer for the features of one tile, and how many jobs still read it. */
interface FeatureBuffer {
  readonly buffer: DeviceBuffer;
  tile: number | undefined;
  users: number;
  lastUse: number;
}

const bytesOf = (array: Uint32Array | Int32Array) =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

const nothing: StageResult = { bytes: 0 };

/** One compute unit: both kernels, loaded on a device, with all the buffers that the plan gives it. */
export class TileUnit implements PipelineUnit<TileJob>, Disposable {
  readonly name: string;
  readonly slots: number;
  readonly #work: TileWork;
  readonly #sampler: LoadedKernel;
  readonly #adder: LoadedKernel;
  readonly #buffers: DeviceBuffer[] = [];
  readonly #slots: readonly Slot[];
  readonly #features: readonly FeatureBuffer[];
  /** Of each slot, the features that its job reads. */
  readonly #reading = new Map<number, FeatureBuffer>();
  readonly #featureFreed = new Condition();
  readonly #copier = new RangeCopier();
  /** Where ids are put together; uploads come one after another. */
  readonly #ids: Uint32Array;
  /** Where ids and sums are read to; so do downloads. */
  readonly #read: Int32Array;
  readonly #counts: Uint32Array;
  #uses = 0;

  private constructor(
    name: string,
    device: Device,
    loaded: { readonly sampler: LoadedKernel; readonly adder: LoadedKernel },
    work: TileWork,
  ) {
    const { plan } = work;
    this.name = name;
    this.slots = plan.buffers;
    this.#work = work;
    this.#sampler = loaded.sampler;
    this.#adder = loaded.adder;
    const allocate = (bytes: number): DeviceBuffer => {
      const buffer = device.allocate(bytes);
      this.#buffers.push(buffer);
      return buffer;
    };
    try {
      const sizes = Object.entries(slotSizes(plan));
      this.#slots = Array.from(
        { length: plan.buffers },
        () => Object.fromEntries(sizes.map(([what, bytes]) => [what, allocate(bytes)])) as Slot,
      );
      this.#features = Array.from({ length: plan.featureBuffers }, () => ({
        buffer: allocate(2 * plan.columns * plan.tileNodes),
        tile: undefined,
        users: 0,
        lastUse: 0,
      }));
    } catch (error) {
      this.release();
      throw error;
    }
    const ids = plan.seedsPerRun * rowWords(plan.fanout);
    this.#ids = new Uint32Array(ids);
    this.#read = new Int32Array(Math.max(ids, plan.seedsPerRun * plan.columns));
    this.#counts = new Uint32Array(plan.seedsPerRun);
  }

  /** Loads the kernels and allocates all buffers on `device`, which the caller keeps and closes. */
  static async open(
    name: string,
    device: Device,
    kernels: TileKernels,
    work: TileWork,
  ): Promise<TileUnit> {
    const sampler = await device.load(kernels.sample);
    const adder = await device.load(kernels.sum);
    return new TileUnit(name, device, { sampler, adder }, work);
  }

  upload(job: TileJob, slot: number, signal: AbortSignal): Promise<StageResult> {
    return job.kind === 'sample'
      ? this.#uploadLists(job, this.#slots[slot], signal)
      : this.#uploadRows(job, slot, signal);
  }

  async #uploadLists(job: SampleJob, slot: Slot, signal: AbortSignal): Promise<StageResult> {
    const { places, count, hashed } = job;
    const first = places[0];
    const extent = new Uint32Array(2 * count);
    for (let at = 0; at < count; at++) {
      extent[2 * at] = places[at] - first;
      extent[2 * at + 1] = places[at + 1] - first;
    }
    const bytes = 4 * (places[count] - first);
    await upload(slot.seeds, bytesOf(hashed));
    await upload(slot.extent, bytesOf(extent));
    await this.#copier.copy(this.#work.lists.colIdx, 4 * first, bytes, slot.colIdx, signal);
    return { bytes: bytes + 12 * count };
  }

  async #uploadRows(job: SumJob, slot: number, signal: AbortSignal): Promise<StageResult> {
    const { plan } = this.#work;
    const loaded = await this.#holdFeatures(job.featureTile, slot, signal);
    try {
      const words = packIds(job, plan.fanout, this.#ids) * rowWords(plan.fanout);
      await upload(this.#slots[slot].ids, bytesOf(this.#ids.subarray(0, words)));
      return { bytes: loaded + 4 * words };
    } catch (error) {
      this.#letGo(slot);
      throw error;
    }
  }

  /** Sees to it that a tile's features are on the device until `#letGo`; returns the bytes that it moved. */
  async #holdFeatures(tile: Tile, slot: number, signal: AbortSignal): Promise<number> {
    let place = this.#features.find((one) => one.tile === tile.index);
    let bytes = 0;
    if (place === undefined) {
      place = await this.#freeFeatures(signal);
      const rowBytes = 2 * this.#work.plan.columns;
      bytes = tile.nodes * rowBytes;
      place.tile = undefined;
      const { features } = this.#work.graph;
      await this.#copier.copy(features, tile.firstNode * rowBytes, bytes, place.buffer, signal);
      place.tile = tile.index;
    }
    place.users += 1;
    this.#uses += 1;
    place.lastUse = this.#uses;
    this.#reading.set(slot, place);
    return bytes;
  }

  /** The features that nobody reads and that were wanted longest ago; waits until there are some. */
  async #freeFeatures(signal: AbortSignal): Promise<FeatureBuffer> {
    const free = () => this.#features.filter(({ users }) => users === 0);
    // A run that will not begin any more lets nothing go: the signal ends the wait then.
    await this.#featureFreed.until(() => free().length > 0, signal);
    return free().reduce((a, b) => (a.lastUse <= b.lastUse ? a : b));
  }

  #letGo(slot: number): void {
    const place = this.#reading.get(slot);
    if (place === undefined) return;
    this.#reading.delete(slot);
    place.users -= 1;
    this.#featureFreed.tell();
  }

  async run(job: TileJob, at: number, signal: AbortSignal): Promise<StageResult> {
    const { key, hop } = this.#work;
    const { seeds, extent, colIdx, ids, sums, counts } = this.#slots[at];
    try {
      if (job.kind === 'sample') {
        const { count } = job;
        const args = { seeds, extent, colIdx, samples: ids, count, key, hop };
        const { cycles } = await this.#sampler.run(args, { signal });
        return { bytes: 0, cycles };
      }
      const features = this.#reading.get(at)?.buffer;
      if (features === undefined) throw new Error('a run without its features');
      const args = { ids, features, sums, counts, rows: rowsOfJob(job) };
      const { cycles } = await this.#adder.run(args, { signal });
      return { bytes: 0, cycles };
    } finally {
      this.#letGo(at);
    }
  }

  async download(job: TileJob, at: number): Promise<StageResult> {
    const { graph, lists, plan } = this.#work;
    const slot = this.#slots[at];
    if (job.kind === 'sample') {
      const words = job.count * rowWords(plan.fanout);
      if (words === 0) return nothing;
      const samples = new Uint32Array(this.#read.buffer, 0, words);
      await download(slot.ids, bytesOf(samples));
      job.result = bucketSamples(graph, lists, plan, samples, job);
      return { bytes: 4 * words };
    }
    const rows = rowsOfJob(job);
    const sums = this.#read.subarray(0, rows * plan.columns);
    const counts = this.#counts.subarray(0, rows);
    await download(slot.sums, bytesOf(sums));
    await download(slot.counts, bytesOf(counts));
    addSums(job, plan.columns, sums, counts);
    return { bytes: sums.byteLength + counts.byteLength };
  }

  failed(): void {
    for (const place of this.#features) place.tile = undefined;
  }

  release(): void {
    for (const buffer of this.#buffers.splice(0)) buffer.release();
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
