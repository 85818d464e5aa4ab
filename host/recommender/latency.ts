import { performance } from 'node:perf_hooks';

/** Percentiles of a sample, by the nearest rank. */
export interface Latency {
  readonly requests: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export function latencyOf(values: readonly number[]): Latency {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { requests: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** Milliseconds of `requests` calls one after another, after `warmUp` calls that do not count. */
export async function measureLatency(
  requests: number,
  warmUp: number,
  request: (index: number) => Promise<unknown>,
  signal?: AbortSignal,
): Promise<Latency> {
  for (let index = 0; index < warmUp; index++) await request(index);
  const values: number[] = [];
  for (let index = 0; index < requests; index++) {
    signal?.throwIfAborted();
    const begin = performance.now();
    await request(index);
    values.push(performance.now() - begin);
  }
  return latencyOf(values);
}
