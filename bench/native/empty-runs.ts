import type { Device } from '../../host/device/device.ts';
import { median } from '../rtl/figures.ts';
import { prepared } from './prepared.ts';
import type { Yardsticks } from './yardsticks.ts';

/** In microseconds: what a call costs before any work is done. */
export interface CallCost {
  /** In this thread. */
  readonly synchronousUs: number;
  /** Awaited. */
  readonly asynchronousUs: number;
}

export interface EmptyRuns {
  /** `runSync`, with arguments that the call before had too, and `run`, which does so short a run in this thread. */
  readonly native: CallCost;
  /** `run` where it is told to take another thread. */
  readonly handedOverUs: number;
  /** A C function that does nothing. */
  readonly yardstick: CallCost;
}

const turns = 300;
const warmUp = 50;
/** A clock takes about as long to read as a call that returns at once. */
const callsTimedTogether = 500;

function synchronous(call: () => void): number {
  const start = performance.now();
  for (let at = 0; at < callsTimedTogether; at++) call();
  return (1000 * (performance.now() - start)) / callsTimedTogether;
}

async function asynchronous(call: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await call();
  return 1000 * (performance.now() - start);
}

/** Runs of mean_aggregate over no rows, and calls of nothing. */
export async function measureEmptyRuns(
  device: Device,
  fanout: number,
  yardsticks: Yardsticks,
): Promise<EmptyRuns> {
  const workload = { ids: new Uint32Array(0), features: new Int16Array(64), means: 0, rows: 0 };
  const { kernel, args } = await prepared(device, 'mean_aggregate', fanout, workload);
  const native = { synchronous: [] as number[], asynchronous: [] as number[] };
  const yardstick = { synchronous: [] as number[], asynchronous: [] as number[] };
  const handedOver: number[] = [];
  // Not in turns with the others: a processor that slept is slow for a while.
  for (let turn = 0; turn < turns; turn++) {
    native.asynchronous.push(await asynchronous(() => kernel.run(args)));
  }
  for (let turn = 0; turn < turns; turn++) {
    handedOver.push(await asynchronous(() => kernel.run(args, { beside: true })));
    yardstick.asynchronous.push(await asynchronous(yardsticks.nothingBeside));
  }
  for (let turn = 0; turn < turns; turn++) {
    native.synchronous.push(synchronous(() => void kernel.runSync?.(args)));
    yardstick.synchronous.push(synchronous(yardsticks.nothing));
  }
  const costOf = (times: typeof native): CallCost => ({
    synchronousUs: median(times.synchronous.slice(warmUp)),
    asynchronousUs: median(times.asynchronous.slice(warmUp)),
  });
  return {
    native: costOf(native),
    handedOverUs: median(handedOver.slice(warmUp)),
    yardstick: costOf(yardstick),
  };
}
