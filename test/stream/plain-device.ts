import type { Manifest } from '../../codegen/package/manifest.ts';
import type { BuiltKernel } from '../../host/device/built-kernel.ts';
import type {
  Device,
  DeviceBuffer,
  KernelArguments,
  LoadedKernel,
} from '../../host/device/device.ts';
import { plainHash, plainSample } from '../kernels/plain-sample.ts';

/**
 * A device for tests of the host: the kernels written down plainly from the specification, so that
 * these tests need neither compiler nor simulator.
 */
const absent = 0xffffffff;

function built(kernel: string, parameters: Readonly<Record<string, number>>): BuiltKernel {
  const manifest: Manifest = {
    formatVersion: 1,
    kernel,
    summary: '',
    parameters,
    arguments: [],
    ports: [],
    processes: [],
    streams: [],
    sourceSha256: '',
    artefacts: [],
  };
  return { manifest, folder: `/nowhere/${kernel}`, sourceFile: `/nowhere/${kernel}.ts` };
}

export function plainKernels(
  parameters: { fanout?: number; rowBeats?: number; elementBits?: number } = {},
) {
  const { fanout = 16, rowBeats = 2, elementBits = 16 } = parameters;
  return {
    sample: built('neighbor_sample', { fanout, replace: 0 }),
    aggregate: built('mean_aggregate', { fanout, rowBeats, elementBits }),
  };
}

/** What `stream` runs. */
export function plainTileKernels(fanout: number, columns: number) {
  return {
    sample: built('tile_sample', { fanout, replace: 0 }),
    sum: built('sum_aggregate', { fanout, rowBeats: columns / 32, elementBits: 16 }),
  };
}

export class PlainBuffer implements DeviceBuffer {
  readonly data: Uint8Array;
  released = false;
  constructor(bytes: number) {
    if (bytes <= 0 || bytes % 64 !== 0) throw new Error(`${bytes} bytes are not whole beats`);
    this.data = new Uint8Array(bytes);
  }
  get bytes() {
    return this.data.length;
  }
  write(source: Uint8Array, offset = 0) {
    this.data.set(source, offset);
  }
  read(target: Uint8Array, offset = 0) {
    target.set(this.data.subarray(offset, offset + target.length));
  }
  release() {
    this.released = true;
  }
  [Symbol.dispose]() {
    this.release();
  }
}

const words = (args: KernelArguments, name: string) =>
  new Uint32Array((args[name] as PlainBuffer).data.buffer);
const rowsOf = (args: KernelArguments, name: string) =>
  new Int16Array((args[name] as PlainBuffer).data.buffer);

/**
 * Specification, "neighbor_sample": a short list whole, a longer one by Floyd's algorithm.
 * @param byRow the extents are those of the rows, as tile_sample takes them.
 */
function sample(fanout: number, args: KernelArguments, byRow: boolean): void {
  const [seeds, extent, colIdx] = ['seeds', 'extent', 'colIdx'].map((name) => words(args, name));
  const out = words(args, 'samples');
  const rowWords = Math.ceil(fanout / 16) * 16;
  for (let row = 0; row < Number(args['count']); row++) {
    const node = seeds[row];
    const place = byRow ? row : node;
    const [begin, end] = node === absent ? [0, 0] : extent.subarray(2 * place, 2 * place + 2);
    const hash = plainHash(Number(args['key']), node, Number(args['hop']));
    const drawn = plainSample(end - begin, fanout, 0, hash);
    for (let at = 0; at < rowWords; at++)
      out[row * rowWords + at] = colIdx[begin + drawn[at]] ?? absent;
  }
}

/** Specification, "mean_aggregate": an exact sum, one rounding. */
function aggregate(fanout: number, columns: number, args: KernelArguments): void {
  const ids = words(args, 'ids');
  const [features, means] = ['features', 'means'].map((name) => rowsOf(args, name));
  const rowWords = Math.ceil(fanout / 16) * 16;
  const sum = new Float64Array(columns);
  for (let row = 0; row < Number(args['rows']); row++) {
    const present = ids
      .subarray(row * rowWords, row * rowWords + fanout)
      .filter((id) => id !== absent);
    const n = present.length;
    sum.fill(0);
    for (const id of present) {
      for (let d = 0; d < columns; d++) sum[d] += features[id * columns + d];
    }
    const k = n === 0 ? 0 : Math.ceil(Math.log2(n));
    const reciprocal = n === 0 ? 0 : Math.floor(2 ** (16 + k) / n + 0.5);
    for (let d = 0; d < columns; d++) {
      const mean = Math.floor((sum[d] * reciprocal + 2 ** (15 + k)) / 2 ** (16 + k));
      means[row * columns + d] = Math.max(-32768, Math.min(32767, mean));
    }
  }
}

/** sum_aggregate: exact sums of 32 bits, and how many rows are in each. */
function addUp(fanout: number, columns: number, args: KernelArguments): void {
  const [ids, counts] = ['ids', 'counts'].map((name) => words(args, name));
  const features = rowsOf(args, 'features');
  const sums = new Int32Array((args['sums'] as PlainBuffer).data.buffer);
  const rowWords = Math.ceil(fanout / 16) * 16;
  for (let row = 0; row < Number(args['rows']); row++) {
    const present = ids
      .subarray(row * rowWords, row * rowWords + fanout)
      .filter((id) => id !== absent);
    counts[row] = present.length;
    sums.fill(0, row * columns, (row + 1) * columns);
    for (const id of present) {
      for (let d = 0; d < columns; d++) sums[row * columns + d] += features[id * columns + d];
    }
  }
}

export class PlainDevice implements Device {
  readonly name = 'plain';
  readonly buffers: PlainBuffer[] = [];
  runs = 0;
  /** Set to make each run report so many clock cycles. */
  cyclesARun: number | undefined;
  /** Called before each run, with the kernel's name; what it throws is what the run fails with. */
  beforeRun: ((kernel: string) => void | Promise<void>) | undefined;
  /** Called behind each run, with what it was given. */
  afterRun: ((kernel: string, args: KernelArguments) => void) | undefined;

  async load(kernel: BuiltKernel): Promise<LoadedKernel> {
    const { kernel: name, parameters } = kernel.manifest;
    const { fanout, rowBeats } = parameters;
    return {
      built: kernel,
      run: async (args, options) => {
        options?.signal?.throwIfAborted();
        const start = performance.now();
        await this.beforeRun?.(name);
        if (name === 'neighbor_sample') sample(fanout, args, false);
        else if (name === 'tile_sample') sample(fanout, args, true);
        else if (name === 'sum_aggregate') addUp(fanout, rowBeats * 32, args);
        else aggregate(fanout, rowBeats * 32, args);
        this.afterRun?.(name, args);
        this.runs++;
        const hostMs = performance.now() - start;
        return this.cyclesARun === undefined ? { hostMs } : { hostMs, cycles: this.cyclesARun };
      },
    };
  }
  allocate(bytes: number): DeviceBuffer {
    const buffer = new PlainBuffer(bytes);
    this.buffers.push(buffer);
    return buffer;
  }
  async close() {}
  async [Symbol.asyncDispose]() {
    await this.close();
  }
}
