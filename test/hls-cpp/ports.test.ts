import { beforeAll, expect, test } from 'vitest';
import { compileAndRun } from './gpp.ts';
import { type Port, timedHeaders, timedRun, timedText } from './timed-ports.ts';

/**
 * The processes that serve memories, run turn by turn against a memory that takes its time: what they reach
 * is what measures of a good port ask for, and what hardware forbids does not happen.
 */
const sizes = [
  { beats: 1, bits: 9 },
  { beats: 2, bits: 9 },
  { beats: undefined, bits: 4 },
  // Requests that may be split into up to 16 bursts.
  { beats: undefined, bits: 9 },
];

const ports: readonly Port[] = (['read', 'write'] as const).flatMap((direction) =>
  [1, 2, 16, 64, 128].flatMap((outstanding) =>
    sizes.map((size, at) => ({
      name: `${direction}_${outstanding}_${at}`,
      direction,
      outstanding,
      ...size,
    })),
  ),
);

interface Run {
  readonly port: Port;
  readonly latency: number;
  readonly requests: number;
  /** Cycles between requests. */
  readonly gap: number;
}

const runs: readonly Run[] = ports.flatMap((port) =>
  [32, 64, 120, 200].flatMap((latency) =>
    [0, 1, 3, 40].map((gap) => ({ port, latency, requests: gap === 40 ? 60 : 600, gap })),
  ),
);

let results: readonly (readonly number[])[];

beforeAll(async () => {
  const text = [
    timedHeaders,
    ...ports.map(timedText),
    ...ports.map(timedRun),
    'int main() {',
    ...runs.map(
      ({ port, latency, requests, gap }) => `  run_${port.name}(${latency}, ${requests}, ${gap});`,
    ),
    '}',
  ].join('\n');
  const lines = await compileAndRun({ 'main.cpp': text });
  expect(lines).toHaveLength(runs.length);
  results = lines.map((line) => line.split(' ').map(Number));
});

/** The cycles that no port can beat: Little's law, the requests' own pace, and the way there and back. */
function least({ port, latency, requests, gap }: Run, beats: number): number {
  const each = beats / requests;
  // A write holds its place from its request, over its own beats, to its response.
  const rate = Math.min(1, (port.outstanding * each) / (latency + each));
  return Math.max(beats / rate, gap * requests);
}

test.each(['read', 'write'] as const)('%s ports keep the memory busy', (direction) => {
  for (const [at, run] of runs.entries()) {
    const { port, latency, gap } = run;
    // With room kept for requests of 16 bursts fewer short ones are in flight.
    if (port.direction !== direction || (port.bits === 9 && port.beats === undefined)) continue;
    // One of few is a large part: it is given up where the next is asked for in the same turn.
    if (port.outstanding < 16) continue;
    const [cycles, beats] = results[at];
    const bound = least(run, beats) / 0.9 + 4 * latency + 100;
    expect(cycles, `${port.name}, latency ${latency}, gap ${gap}`).toBeLessThanOrEqual(bound);
  }
});

test('several bursts are in flight, and never more than the port has', () => {
  for (const [at, { port, latency, gap }] of runs.entries()) {
    const [, , inFlight] = results[at];
    expect(inFlight, port.name).toBeLessThanOrEqual(port.outstanding);
    if (gap > 1 || port.beats === undefined || port.outstanding < 16) continue;
    const wanted = Math.min(port.outstanding, Math.floor(latency / port.beats));
    expect(inFlight, `${port.name}, latency ${latency}`).toBeGreaterThanOrEqual(0.9 * wanted);
  }
});
