import { createHash } from 'node:crypto';
import type { Device } from '../../host/device/device.ts';
import { type GraphArrays, openGraph } from '../../host/graph/graph-source.ts';
import { seededRandom } from '../../host/recommender/random.ts';
import {
  type StreamOptions,
  type StreamReport,
  stream,
  type TileKernels,
} from '../../host/stream/index.ts';
import type { Clock } from './clock.ts';
import { type Throttle, throttledDevice } from './throttled-device.ts';

export interface Workload {
  readonly nodes: number;
  readonly tiles: number;
  readonly columns: number;
  readonly fanout: number;
  readonly seed: number;
}

/** Every node has as many neighbours as are drawn, uniform ones: all jobs of a stream of it are alike. */
export function evenGraph({ nodes, columns, fanout, seed }: Workload): GraphArrays {
  const random = seededRandom(seed, 'even graph');
  return {
    rowPtr: Uint32Array.from({ length: nodes + 1 }, (_, node) => node * fanout),
    colIdx: Uint32Array.from({ length: nodes * fanout }, () => random.below(nodes)),
    features: Int16Array.from({ length: nodes * columns }, () => random.below(65536) - 32768),
    columns,
  };
}

export interface Streamed {
  readonly report: StreamReport;
  /** Of all means in order. */
  readonly sha256: string;
}

export async function streamAll(arrays: GraphArrays, options: StreamOptions): Promise<Streamed> {
  const hash = createHash('sha256');
  await using graph = await openGraph(arrays);
  const results = stream(graph, options);
  for await (const { means } of results) hash.update(new Uint8Array(means.buffer));
  const report = results.report();
  if (report === undefined) throw new Error('a stream without a report');
  return { report, sha256: hash.digest('hex') };
}

export interface Cell extends Streamed {
  readonly units: number;
  readonly buffers: number;
}

export interface ThrottledBench {
  readonly workload: Workload;
  /** What each stage of each job is throttled to, on average. */
  readonly stageMs: number;
  readonly throttle: Throttle;
  readonly cells: readonly Cell[];
}

/** Buffers and units whose figures are of interest, the first the one that hides nothing. */
export const shapes = [
  { units: 1, buffers: 1 },
  { units: 1, buffers: 2 },
  { units: 1, buffers: 3 },
  { units: 2, buffers: 3 },
] as const;

/**
 * Streams a graph of which upload, run and download take equal times: first without a throttle, to see how many
 * bytes go each way, then at the paces that make them equal.
 * @param open opens the device underneath, once a unit.
 */
export async function throttledBench(
  workload: Workload,
  stageMs: number,
  open: () => Promise<Device>,
  kernels: TileKernels,
  clock: Clock,
): Promise<ThrottledBench> {
  const arrays = evenGraph(workload);
  const { nodes, tiles, fanout } = workload;
  const seedsPerRun = Math.ceil(nodes / tiles);
  const optionsFor = (devices: readonly Device[], buffers: number): StreamOptions => {
    const bankBytes = 2 ** 30;
    return {
      ...{ devices, buffers, fanout, seedsPerRun, kernels, bankBytes },
      leastTiles: tiles,
      now: clock.now,
    };
  };
  const plain = await open();
  const { report } = await streamAll(arrays, optionsFor([plain], 3));
  await plain.close();
  const { upload, download } = report.stages;
  const throttle: Throttle = {
    uploadBytesPerMs: upload.bytes / upload.times / stageMs,
    downloadBytesPerMs: download.bytes / download.times / stageMs,
    runMs: stageMs,
    clock,
  };
  const cells: Cell[] = [];
  for (const { units, buffers } of shapes) {
    const devices: Device[] = [];
    for (let unit = 0; unit < units; unit++) {
      devices.push(throttledDevice(await open(), throttle));
    }
    try {
      cells.push({ units, buffers, ...(await streamAll(arrays, optionsFor(devices, buffers))) });
    } finally {
      for (const device of devices) await device.close();
    }
  }
  return { workload, stageMs, throttle, cells };
}
