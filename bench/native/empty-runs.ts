import type { Device } from '../../host/device/device.ts';
import { median } from '../rtl/figures.ts';
import { prepared } from './prepared.ts';

/** An empty run, in microseconds: what a call costs before any work is done. */
export interface EmptyRun {
  /** `runSync`, with arguments that the call before had too. */
  readonly synchronousUs: number;
  /** `run`, awaited. */
  readonly asynchronousUs: number;
}

const warmUp = 100;
/** A clock takes about as long to read as a call that returns at once. */
const callsTimedTogether = 1000;

/** Runs of mean_aggregate over no rows. */
export async function measureEmptyRuns(device: Device, fanout: number): Promise<EmptyRun> {
  const workload = { ids: new Uint32Array(0), features: new Int16Array(64), means: 0, rows: 0 };
  const { kernel, args, run } = await prepared(device, 'mean_aggregate', fanout, workload);
  const asynchronous: number[] = [];
  for (let turn = 0; turn < warmUp + 400; turn++) {
    const start = performance.now();
    await run();
    if (turn >= warmUp) asynchronous.push(1000 * (performance.now() - start));
  }
  const synchronous: number[] = [];
  for (let turn = 0; turn < warmUp; turn++) {
    const start = performance.now();
    for (let call = 0; call < callsTimedTogether; call++) kernel.runSync?.(args);
    synchronous.push((1000 * (performance.now() - start)) / callsTimedTogether);
  }
  return { synchronousUs: median(synchronous), asynchronousUs: median(asynchronous) };
}
