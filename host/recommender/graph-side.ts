import { buildCsr, type Csr, deviceCsr } from '../graph/csr.ts';
import type { Quantised } from '../graph/quantise.ts';
import {
  type AggregationKernels,
  type Device,
  openTwoHop,
  type StepReport,
} from '../stream/index.ts';
import { graphLayers } from './fusion-network.ts';
import type { Histories } from './histories.ts';
import { historyOf } from './histories.ts';

/** h0‖h1‖h2 of all users and all items, as the fusion network takes them. */
export interface GraphSide {
  /** users × 3·dimension. */
  readonly users: Float32Array;
  /** items × 3·dimension. */
  readonly items: Float32Array;
  readonly steps: readonly StepReport[];
}

/** The joint graph of some histories: users, then items; each list oldest first. */
export function graphOf(histories: Histories): Csr {
  const { users, items, lists } = histories;
  const user = new Uint32Array(lists.colIdx.length);
  const time = new Float64Array(lists.colIdx.length);
  for (let one = 0; one < users; one++) {
    const from = lists.rowPtr[one];
    historyOf(histories, one).forEach((_, at) => {
      user[from + at] = one;
      time[from + at] = at;
    });
  }
  return buildCsr(users, items, { user, item: lists.colIdx, time }).joint;
}

/**
 * Samples and aggregates two hops of every node on `device`. The integers are the same on every device,
 * so everything that follows is too.
 */
export async function graphSide(
  device: Device,
  kernels: AggregationKernels,
  joint: Csr,
  h0: Quantised,
  users: number,
  key: number,
  signal?: AbortSignal,
): Promise<GraphSide> {
  const { columns, scale } = h0;
  const values = h0.values as Int16Array;
  await using hops = await openTwoHop(device, kernels, deviceCsr(joint), values, columns);
  const { h1, h2, steps } = await hops.all(key, signal);
  const width = graphLayers * columns;
  const all = new Float32Array(joint.nodes * width);
  [values, h1, h2].forEach((layer, at) => {
    for (let node = 0; node < joint.nodes; node++) {
      const to = node * width + at * columns;
      for (let k = 0; k < columns; k++) all[to + k] = layer[node * columns + k] * scale;
    }
  });
  return { users: all.slice(0, users * width), items: all.slice(users * width), steps };
}
