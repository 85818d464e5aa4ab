import { TilewrightError } from '../../codegen/support/errors.ts';
import type { BuiltKernel } from '../device/built-kernel.ts';
import type {
  Device,
  DeviceBuffer,
  KernelArguments,
  LoadedKernel,
  RunReport,
} from '../device/device.ts';
import type { DeviceCsr } from '../graph/csr.ts';
import { absentId, idsABeat } from './absent-id.ts';

const beatBytes = 64;

export interface AggregationKernels {
  /** A build of `neighbor_sample`. */
  readonly sample: BuiltKernel;
  /** A build of `mean_aggregate` of the same fanout, for 16-bit features of the right width. */
  readonly aggregate: BuiltKernel;
}

export type StepName = 'sample' | 'aggregate';

/** One run of a kernel, in the order in which the runs happened. */
export interface StepReport extends RunReport {
  readonly step: StepName;
  /** Which layer it was for: 1 or 2. */
  readonly layer: 1 | 2;
}

export interface TwoHopResult {
  /** Row-major, one row a node asked for, as many columns as the features: mean of h0 over N(v). */
  readonly h1: Int16Array;
  /** Mean of h1 over N(v). */
  readonly h2: Int16Array;
  readonly steps: readonly StepReport[];
}

/**
 * Sampling and mean aggregation in two hops: h1(v) is the mean of h0 over a sample of N(v), h2(v) the
 * mean of h1 over another sample of N(v) (arXiv 2507.01035, equation 1; specification, "mean_aggregate").
 * Graph and features stay on the device between calls.
 */
export interface TwoHop extends AsyncDisposable {
  readonly nodes: number;
  readonly columns: number;
  /** All nodes, layer by layer: row v is node v. Layer 1 samples with hop 0, layer 2 with hop 1. */
  all(key: number, signal?: AbortSignal): Promise<TwoHopResult>;
  /**
   * Some nodes only, reading nothing but their two-hop neighbourhood: what one request costs. The
   * rows equal those of `all` with the same key.
   */
  of(nodes: readonly number[], key: number, signal?: AbortSignal): Promise<TwoHopResult>;
  close(): Promise<void>;
}

function kernelError(built: BuiltKernel, what: string): TilewrightError {
  const { kernel } = built.manifest;
  return new TilewrightError(`this build of ${kernel} does not fit: ${what}`, {
    code: 'KERNEL_MISFIT',
    hint: `Build ${kernel} with other parameters; ${built.folder} holds these.`,
  });
}

function checkKernels(kernels: AggregationKernels, columns: number): number {
  const sample = kernels.sample.manifest;
  const aggregate = kernels.aggregate.manifest;
  if (sample.kernel !== 'neighbor_sample') {
    throw kernelError(kernels.sample, 'neighbor_sample is needed to sample');
  }
  if (aggregate.kernel !== 'mean_aggregate') {
    throw kernelError(kernels.aggregate, 'mean_aggregate is needed to aggregate');
  }
  const { fanout } = sample.parameters;
  if (aggregate.parameters['fanout'] !== fanout) {
    throw kernelError(
      kernels.aggregate,
      `its fanout is ${aggregate.parameters['fanout']}, that of neighbor_sample is ${fanout}`,
    );
  }
  if (aggregate.parameters['elementBits'] !== 16) {
    throw kernelError(
      kernels.aggregate,
      `elementBits is ${aggregate.parameters['elementBits']}, and the features have 16 bits`,
    );
  }
  const wide = (aggregate.parameters['rowBeats'] * beatBytes) / 2;
  if (wide !== columns) {
    throw kernelError(
      kernels.aggregate,
      `its rows have ${wide} columns (rowBeats ${aggregate.parameters['rowBeats']}), ` +
        `the features ${columns}`,
    );
  }
  return fanout;
}

function bytesOf(array: Int16Array | Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

const wholeBeats = (bytes: number) => Math.max(1, Math.ceil(bytes / beatBytes)) * beatBytes;

class DeviceTwoHop implements TwoHop {
  readonly nodes: number;
  readonly columns: number;
  private readonly device: Device;
  private readonly sampler: LoadedKernel;
  private readonly aggregator: LoadedKernel;
  private readonly extent: DeviceBuffer;
  private readonly colIdx: DeviceBuffer;
  private readonly features: DeviceBuffer;
  /** Words of one row of samples: whole beats. */
  private readonly rowWords: number;
  private closed = false;

  constructor(
    device: Device,
    loaded: { readonly sampler: LoadedKernel; readonly aggregator: LoadedKernel },
    graph: DeviceCsr,
    features: Int16Array,
    columns: number,
    fanout: number,
  ) {
    this.device = device;
    this.sampler = loaded.sampler;
    this.aggregator = loaded.aggregator;
    this.nodes = graph.nodes;
    this.columns = columns;
    this.rowWords = Math.ceil(fanout / idsABeat) * idsABeat;
    this.extent = this.upload(graph.extent);
    this.colIdx = this.upload(graph.colIdx);
    this.features = this.upload(features);
  }

  private upload(array: Int16Array | Uint32Array): DeviceBuffer {
    const bytes = wholeBeats(array.byteLength);
    const buffer = this.device.allocate(bytes);
    const padded = new Uint8Array(bytes);
    padded.set(bytesOf(array));
    buffer.write(padded);
    return buffer;
  }

  private sampleBuffer(rows: number): DeviceBuffer {
    return this.device.allocate(wholeBeats(rows * this.rowWords * 4));
  }

  private rowBuffer(rows: number): DeviceBuffer {
    return this.device.allocate(wholeBeats(rows * this.columns * 2));
  }

  private sample(
    seeds: DeviceBuffer,
    count: number,
    samples: DeviceBuffer,
    key: number,
    hop: 0 | 1,
  ): KernelArguments {
    const { extent, colIdx } = this;
    return { seeds, extent, colIdx, samples, count, key, hop };
  }

  private readRows(buffer: DeviceBuffer, rows: number): Int16Array {
    const result = new Int16Array(rows * this.columns);
    buffer.read(bytesOf(result));
    return result;
  }

  /** Runs `work` with what it needs to run kernels; every buffer it made is released, come what may. */
  private async session(
    key: number,
    signal: AbortSignal | undefined,
    work: (run: {
      sample(layer: 1 | 2, args: KernelArguments): Promise<void>;
      aggregate(layer: 1 | 2, args: KernelArguments): Promise<void>;
      keep(buffer: DeviceBuffer): DeviceBuffer;
    }) => Promise<{ h1: Int16Array; h2: Int16Array }>,
  ): Promise<TwoHopResult> {
    if (this.closed) throw new RangeError('the two-hop aggregation was closed');
    if (!Number.isInteger(key) || key < 0 || key > 0xffffffff) {
      throw new TilewrightError(`the sampling key ${key} is not a whole number below 2^32`, {
        code: 'SAMPLING_KEY',
        hint: 'Give a key from 0 to 4294967295.',
      });
    }
    const steps: StepReport[] = [];
    const kept: DeviceBuffer[] = [];
    const runner = (step: StepName, kernel: LoadedKernel) => {
      return async (layer: 1 | 2, args: KernelArguments): Promise<void> => {
        const report = await kernel.run(args, signal === undefined ? {} : { signal });
        steps.push({ ...report, step, layer });
      };
    };
    try {
      const { h1, h2 } = await work({
        sample: runner('sample', this.sampler),
        aggregate: runner('aggregate', this.aggregator),
        keep: (buffer) => {
          kept.push(buffer);
          return buffer;
        },
      });
      return { h1, h2, steps };
    } finally {
      for (const buffer of kept) buffer.release();
    }
  }

  all(key: number, signal?: AbortSignal): Promise<TwoHopResult> {
    return this.session(key, signal, async ({ sample, aggregate, keep }) => {
      const rows = this.nodes;
      const seeds = keep(this.upload(new Uint32Array(rows).map((_, node) => node)));
      const ids = keep(this.sampleBuffer(rows));
      const h1 = keep(this.rowBuffer(rows));
      const h2 = keep(this.rowBuffer(rows));
      await sample(1, this.sample(seeds, rows, ids, key, 0));
      await aggregate(1, { ids, features: this.features, means: h1, rows });
      await sample(2, this.sample(seeds, rows, ids, key, 1));
      // The means of layer 1 lie as features do, so layer 2 reads them where they are.
      await aggregate(2, { ids, features: h1, means: h2, rows });
      return { h1: this.readRows(h1, rows), h2: this.readRows(h2, rows) };
    });
  }

  of(nodes: readonly number[], key: number, signal?: AbortSignal): Promise<TwoHopResult> {
    return this.session(key, signal, async ({ sample, aggregate, keep }) => {
      for (const node of nodes) {
        if (!Number.isInteger(node) || node < 0 || node >= this.nodes) {
          throw new TilewrightError(`node ${node} is not in the graph`, {
            code: 'NODE_UNKNOWN',
            hint: `Nodes are numbered 0 to ${this.nodes - 1}.`,
          });
        }
      }
      const rows = nodes.length;
      const near = rows * this.rowWords;
      const seeds = keep(this.upload(Uint32Array.from(nodes)));
      const ids = keep(this.sampleBuffer(rows));
      const h1 = keep(this.rowBuffer(rows));
      await sample(1, this.sample(seeds, rows, ids, key, 0));
      await aggregate(1, { ids, features: this.features, means: h1, rows });

      // Layer 2 needs layer 1 of the sampled neighbours only: they are the seeds of a second sampling,
      // and since an absent seed gives an absent row, the samples can be used as they lie.
      const neighbours = keep(this.sampleBuffer(rows));
      const idsOfNear = keep(this.sampleBuffer(near));
      const h1OfNear = keep(this.rowBuffer(near));
      await sample(2, this.sample(seeds, rows, neighbours, key, 1));
      await sample(2, this.sample(neighbours, near, idsOfNear, key, 0));
      await aggregate(2, {
        ids: idsOfNear,
        features: this.features,
        means: h1OfNear,
        rows: near,
      });
      const places = new Uint32Array(near);
      neighbours.read(bytesOf(places));
      for (let at = 0; at < near; at++) if (places[at] !== absentId) places[at] = at;
      const local = keep(this.upload(places));
      const h2 = keep(this.rowBuffer(rows));
      await aggregate(2, { ids: local, features: h1OfNear, means: h2, rows });
      return { h1: this.readRows(h1, rows), h2: this.readRows(h2, rows) };
    });
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    for (const buffer of [this.extent, this.colIdx, this.features]) buffer.release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Loads both kernels and puts graph and features on `device`, which the caller keeps and closes.
 * @param features row-major, one row a node of the graph.
 * @throws TilewrightError `KERNEL_MISFIT` when the builds do not fit each other or the features.
 * @throws RangeError when there is not one row of features a node.
 */
export async function openTwoHop(
  device: Device,
  kernels: AggregationKernels,
  graph: DeviceCsr,
  features: Int16Array,
  columns: number,
): Promise<TwoHop> {
  const fanout = checkKernels(kernels, columns);
  if (features.length !== graph.nodes * columns) {
    throw new RangeError(
      `${features.length} feature values for ${graph.nodes} nodes of ${columns} columns`,
    );
  }
  const sampler = await device.load(kernels.sample);
  const aggregator = await device.load(kernels.aggregate);
  return new DeviceTwoHop(device, { sampler, aggregator }, graph, features, columns, fanout);
}

/** Total of the clock cycles of some steps; undefined where the device has no clock. */
export function totalCycles(steps: readonly StepReport[]): number | undefined {
  let sum = 0;
  for (const { cycles } of steps) {
    if (cycles === undefined) return undefined;
    sum += cycles;
  }
  return sum;
}
