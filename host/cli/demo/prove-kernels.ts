import { runOn } from '../../cosim/compare-runs.ts';
import { type CosimResult, cosimWorkload } from '../../cosim/cosim.ts';
import { encodeWorkload } from '../../cosim/encode-workload.ts';
import { buildKernel } from '../../device/build-kernel.ts';
import type { BuiltKernel } from '../../device/built-kernel.ts';
import { openDevice } from '../../device/open-device.ts';
import type { DeviceCsr } from '../../graph/csr.ts';

export interface ProofInput {
  readonly graph: DeviceCsr;
  /** One row a node, `columns` to a row; `columns` is a multiple of 32 (one beat of i16). */
  readonly features: Int16Array;
  readonly columns: number;
  readonly fanout: number;
  /** Key of the sampling. */
  readonly key: number;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
}

export interface KernelProofs {
  readonly sample: CosimResult;
  readonly aggregate: CosimResult;
}

const lanes = 32;

/** What the golden sampler draws for every node: the ids that the aggregation is then proven with. */
async function goldenSamples(
  kernel: BuiltKernel,
  workload: ReturnType<typeof encodeWorkload>,
  signal: AbortSignal,
): Promise<Uint32Array> {
  const device = await openDevice('golden');
  try {
    const { outputs } = await runOn(device, kernel, workload, { signal });
    const bytes = outputs.get('samples');
    if (bytes === undefined) throw new Error('neighbor_sample has no output samples');
    return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  } finally {
    await device.close();
  }
}

/**
 * Runs both kernels over a whole graph, every node a seed, on golden, hls, native and sim, and compares
 * every word that they write.
 */
export async function proveKernels(input: ProofInput): Promise<KernelProofs> {
  const { graph, features, columns, fanout, key, signal, onProgress } = input;
  const sampler = await buildKernel('neighbor_sample', { fanout });
  const aggregator = await buildKernel('mean_aggregate', { fanout, rowBeats: columns / lanes });
  const rowIds = Math.ceil(fanout / 16) * 16;
  const sampling = encodeWorkload(sampler.manifest, {
    seeds: Uint32Array.from({ length: graph.nodes }, (_, node) => node),
    extent: graph.extent,
    colIdx: graph.colIdx,
    samples: graph.nodes * rowIds,
    count: graph.nodes,
    key,
    hop: 0,
  });
  const ids = await goldenSamples(sampler, sampling, signal);
  const aggregation = encodeWorkload(aggregator.manifest, {
    ids,
    features,
    means: graph.nodes * columns,
    rows: graph.nodes,
  });
  const options = { seed: key, size: graph.nodes, signal, onProgress };
  return {
    sample: await cosimWorkload(sampler, sampling, options),
    aggregate: await cosimWorkload(aggregator, aggregation, options),
  };
}
