import { deviceCsr } from '../../graph/csr.ts';
import {
  graphOf,
  itemText,
  type Latency,
  latencyOf,
  measureLatency,
} from '../../recommender/index.ts';
import { openTwoHop, totalCycles } from '../../stream/index.ts';
import type { OpenRecommender } from '../open-recommender.ts';

export interface ComponentLatency {
  readonly component: string;
  /** Milliseconds. */
  readonly latency: Latency;
  /** How the time was taken. */
  readonly basis: string;
}

export interface LatencyOptions {
  /** MHz that cycles are divided by. */
  readonly clock: number;
  readonly requests: number;
  readonly warmUp: number;
  readonly users: number;
  /** Milliseconds of the fusion network's requests so far, in order: the ranking has just made them. */
  readonly fusion: readonly number[];
  readonly signal: AbortSignal;
  readonly onProgress: (message: string) => void;
}

/**
 * Milliseconds of one request by component: two hops of sampling and aggregation for one user as clock
 * cycles of the Verilog at a stated clock (never the simulator's own time), one title through the text
 * encoder, and the fusion network over all items for one user.
 */
export async function componentLatency(
  opened: OpenRecommender,
  options: LatencyOptions,
): Promise<readonly ComponentLatency[]> {
  const { model, dataset, kernels, encoder } = opened;
  const { clock, requests, warmUp, users, fusion, signal, onProgress } = options;
  const { openDevice } = await import('../../device/open-device.ts');
  const { openEncoder } = await import('../../encoder/index.ts');

  onProgress(`two hops of ${users} users in the Verilog`);
  const { columns, values } = model.h0;
  const graph = deviceCsr(graphOf(model.histories));
  const milliseconds: number[] = [];
  {
    await using sim = await openDevice('sim');
    await using hops = await openTwoHop(sim, kernels, graph, values as Int16Array, columns);
    for (let at = 0; at < users; at++) {
      const user = Math.floor((at * model.histories.users) / users);
      const { steps } = await hops.of([user], model.key, signal);
      milliseconds.push((totalCycles(steps) ?? 0) / (clock * 1000));
    }
  }
  onProgress(`${requests} titles through the encoder, one by one`);
  // Not the cached one: a title that was seen before costs nothing and tells nothing.
  const plain = await openEncoder(encoder.folder);
  const texts = dataset.titles.map((title, item) => itemText(title, dataset.genres[item]));
  let text: Latency;
  try {
    text = await measureLatency(
      requests,
      warmUp,
      (at) => plain.encode([texts[at % texts.length]]),
      signal,
    );
  } finally {
    await plain.close();
  }
  return [
    {
      component: 'sampling + aggregation',
      latency: latencyOf(milliseconds),
      basis: `one user, two hops: cycles at ${clock} MHz`,
    },
    { component: 'text', latency: text, basis: 'one title, ONNX Runtime on this machine' },
    {
      component: 'fusion + MLP',
      latency: latencyOf(fusion.slice(warmUp)),
      basis: `${dataset.itemIds.length} items for one user, ONNX Runtime on this machine`,
    },
  ];
}
