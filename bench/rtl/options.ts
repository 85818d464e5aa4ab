import { parseArgs } from 'node:util';
import { TilewrightError } from '../../codegen/support/errors.ts';
import type { Cell } from './figures.ts';

export interface RtlOptions {
  readonly json: boolean;
  /** Labels; empty for all. */
  readonly kernels: readonly string[];
  readonly cells: readonly Cell[];
  readonly latencies: readonly number[];
  readonly size: number | undefined;
  readonly nodes: number;
  readonly seed: number;
  readonly checkLog: boolean;
  /** 0: no comparison of simulators. */
  readonly speedRuns: number;
  /** Seeds of the longer of Icarus' runs. */
  readonly icarusSize: number;
}

export const usage = `npm run bench:rtl -- [options]
  --kernel NAME        only this kernel, with any number of ports or, e.g. sample_aggregate-2, with one;
                       several times for several
  --latency L,…        cycles to the first beat        (32,64,120,200)
  --outstanding OUT,…  bursts in flight a port         (16,32,64,128)
  --stall P,…          handshakes withheld             (0,0.1)
  --size S             seeds   (2,048, or as many as make the longest latency's run long enough)
  --nodes N            nodes of the graph              (100,000)
  --seed N             of graph, seeds, features and stalls (1)
  --check-log          recompute each figure from the log of handshakes
  --speed-runs N       runs of Verilator beside Icarus (3; 0 for none)
  --icarus-size S      seeds of Icarus' longer run     (128)
  --json`;

function wrong(option: string, value: string, wanted: string): TilewrightError {
  return new TilewrightError(`--${option} ${value} is not ${wanted}`, {
    code: 'OPTION',
    hint: usage,
    exitCode: 2,
  });
}

function whole(option: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least) throw wrong(option, text, `a number from ${least} on`);
  return value;
}

function list<T>(text: string, read: (part: string) => T): T[] {
  return text.split(',').map((part) => read(part.trim()));
}

/** @throws TilewrightError `OPTION`. */
export function parseRtlOptions(words: readonly string[]): RtlOptions {
  let values: ReturnType<typeof parse>['values'];
  try {
    values = parse(words).values;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new TilewrightError(message, { code: 'OPTION', hint: usage, exitCode: 2, cause });
  }
  const latencies = list(values.latency, (text) => whole('latency', text, 1));
  const outstandings = list(values.outstanding, (text) => whole('outstanding', text, 1));
  const stalls = list(values.stall, (text) => {
    const stall = Number(text);
    if (text !== '' && stall >= 0 && stall <= 0.95) return stall;
    throw wrong('stall', text, 'a probability from 0 to 0.95');
  });
  return {
    json: values.json,
    kernels: values.kernel,
    cells: stalls.flatMap((stall) =>
      latencies.flatMap((latency) =>
        outstandings.map((outstanding) => ({ latency, outstanding, stall })),
      ),
    ),
    latencies,
    size: values.size === undefined ? undefined : whole('size', values.size, 1),
    nodes: whole('nodes', values.nodes, 1),
    seed: whole('seed', values.seed, 0),
    checkLog: values['check-log'],
    speedRuns: whole('speed-runs', values['speed-runs'], 0),
    icarusSize: whole('icarus-size', values['icarus-size'], 2),
  };
}

function parse(words: readonly string[]) {
  return parseArgs({
    args: [...words],
    options: {
      json: { type: 'boolean', default: false },
      kernel: { type: 'string', multiple: true, default: [] },
      latency: { type: 'string', default: '32,64,120,200' },
      outstanding: { type: 'string', default: '16,32,64,128' },
      stall: { type: 'string', default: '0,0.1' },
      size: { type: 'string' },
      nodes: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      'check-log': { type: 'boolean', default: false },
      'speed-runs': { type: 'string', default: '3' },
      'icarus-size': { type: 'string', default: '128' },
    },
  });
}
