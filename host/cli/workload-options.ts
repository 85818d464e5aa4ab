import type { MemoryModel } from '../../sim/index.ts';
import { realNumber, wholeNumber } from './command.ts';

/** The options of every command that co-simulates: the workload, and the memory behind the ports. */
export const workloadOptions = {
  size: wholeNumber('size', 'Size of the workload: rows, seeds or whatever the kernel counts', {
    min: 0,
    max: 10_000_000,
  }),
  rows: wholeNumber('rows', 'The same as --size', { min: 0, max: 10_000_000 }),
  seed: wholeNumber('seed', 'Seed of the workload and of the stalls', { min: 0, max: 2 ** 32 - 1 }),
  latency: wholeNumber('latency', 'Cycles from a read request to its first beat', {
    min: 1,
    max: 100_000,
  }),
  outstanding: wholeNumber('outstanding', 'Bursts that a port may have in flight', {
    min: 1,
    max: 4096,
  }),
  stall: realNumber('stall', 'Probability that a handshake is withheld in a cycle', {
    min: 0,
    max: 0.95,
  }),
  quick: {
    describe: 'Build without the optimiser: ready sooner, runs slower',
    type: 'boolean',
  },
} as const;

interface GivenOptions {
  readonly size?: number | undefined;
  readonly rows?: number | undefined;
  readonly seed?: number | undefined;
  readonly latency?: number | undefined;
  readonly outstanding?: number | undefined;
  readonly stall?: number | undefined;
  readonly quick?: boolean | undefined;
}

/** What was given, as co-simulation takes it; the rest keeps its defaults. */
export function givenWorkload(options: GivenOptions): {
  readonly size?: number;
  readonly seed?: number;
  readonly quick?: boolean;
  readonly memory: Partial<Pick<MemoryModel, 'latency' | 'outstanding' | 'stall'>>;
} {
  const { seed, latency, outstanding, stall, quick } = options;
  const size = options.size ?? options.rows;
  return {
    ...(size === undefined ? {} : { size }),
    ...(seed === undefined ? {} : { seed }),
    ...(quick === undefined ? {} : { quick }),
    memory: {
      ...(latency === undefined ? {} : { latency }),
      ...(outstanding === undefined ? {} : { outstanding }),
      ...(stall === undefined ? {} : { stall }),
    },
  };
}
