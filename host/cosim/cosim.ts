import { loadKernelModule, seededRandom } from '../../codegen/index.ts';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { defaultMemory, type RunLimits, type SimulationProfile } from '../../sim/index.ts';
import { buildKernel } from '../device/build-kernel.ts';
import type { BuiltKernel } from '../device/built-kernel.ts';
import type { Device, LoadedKernel, RunReport } from '../device/device.ts';
import { openDevice } from '../device/open-device.ts';
import { runKernelCode } from '../device/run-kernel-code.ts';
import {
  compareRuns,
  type DeviceRun,
  type Difference,
  type LogDifference,
  runOn,
} from './compare-runs.ts';
import { type EncodedWorkload, encodeWorkload } from './encode-workload.ts';
import { nameEndlessLoop } from './name-endless-loop.ts';

/** Beside golden: what each back end that needs no other tool makes of a kernel. */
const comparedDevices: readonly string[] = ['hls', 'native', 'sim'];

export interface CosimOptions {
  /** Name of a built-in kernel, or path of a kernel file. */
  readonly kernel: string;
  readonly parameters?: Readonly<Record<string, number>>;
  /** Seed of the workload and of the memory's stalls. Default 1. */
  readonly seed?: number;
  /** Size handed to the kernel's workload generator. Default 2,048. */
  readonly size?: number;
  readonly memory?: {
    readonly latency?: number;
    readonly outstanding?: number;
    readonly stall?: number;
  };
  /** Devices beside golden, in order. Default hls, native and sim. */
  readonly devices?: readonly string[];
  readonly trace?: string;
  readonly axiLog?: string;
  /** Time for golden's run, in milliseconds; by default ten minutes, Infinity for ever. */
  readonly timeoutMs?: number;
  /** Cycles after which the Verilog has failed; by default far more than golden's work can take. */
  readonly maximumCycles?: number;
  /** Counts what each process does in the Verilog's cycles; its model is another one, and slower. */
  readonly profile?: boolean;
  /** Builds without the optimiser: ready sooner, runs slower. For workloads that run for a moment. */
  readonly quick?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (message: string) => void;
}

export interface CosimResult {
  readonly kernel: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly seed: number;
  readonly size: number;
  /** golden first. */
  readonly devices: readonly string[];
  readonly match: boolean;
  /** Output elements compared between golden and each other device. */
  readonly words: number;
  readonly different: number;
  readonly firstDifferences: readonly Difference[];
  /** What the kernel printed, process by process; the same on every device where `match` holds. */
  readonly log: readonly string[];
  /** The first line of the log that some device has otherwise; null where all agree. */
  readonly logDifference: LogDifference | null;
  /** Clock cycles of the Verilog from start to done; null when sim is not among the devices. */
  readonly cycles: number | null;
  /** Beats that the golden model asks of its busiest port. */
  readonly usefulBeats: number;
  readonly busiestPort: string;
  /** usefulBeats / cycles. */
  readonly efficiency: number | null;
  readonly memory: {
    readonly latency: number;
    readonly outstanding: number;
    readonly stall: number;
  };
  readonly simCyclesPerSecond: number | null;
  /** Of the Verilog, where `profile` was asked for. */
  readonly profile?: SimulationProfile;
}

/**
 * Runs one random workload of a kernel on golden, hls, native and sim, and compares every output element.
 * @throws TilewrightError when the kernel cannot be built or a device fails; a mismatch is no error
 * but `match: false`.
 */
export async function cosim(options: CosimOptions): Promise<CosimResult> {
  const { seed = 1, size = 2048, devices = comparedDevices, onProgress = () => {} } = options;
  onProgress(`building ${options.kernel}`);
  const kernel = await buildKernel(options.kernel, options.parameters);
  const { definition } = await loadKernelModule(kernel.sourceFile);
  if (!Number.isInteger(size) || size < 0) {
    throw new TilewrightError(`a workload of size ${size}`, {
      code: 'WORKLOAD_SIZE',
      hint: 'The size is a whole number from 0 on.',
      exitCode: 2,
    });
  }
  const workload = runKernelCode(kernel, 'workload()', () =>
    encodeWorkload(
      kernel.manifest,
      definition.workload(kernel.manifest.parameters, seededRandom(seed), size),
    ),
  );
  return cosimWorkload(kernel, workload, { ...options, seed, size, devices, onProgress });
}

/** The same with a workload of the caller's, e.g. a real graph. */
export async function cosimWorkload(
  kernel: BuiltKernel,
  workload: EncodedWorkload,
  options: Omit<CosimOptions, 'kernel' | 'parameters'>,
): Promise<CosimResult> {
  const { seed = 1, devices = comparedDevices, signal, onProgress = () => {} } = options;
  const { timeoutMs = 600_000 } = options;
  const memory = {
    latency: options.memory?.latency ?? defaultMemory.latency,
    outstanding: options.memory?.outstanding ?? defaultMemory.outstanding,
    stall: options.memory?.stall ?? defaultMemory.stall,
  };
  const names = ['golden', ...devices.filter((one) => one !== 'golden')];
  const stop = new AbortController();
  const building = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const runs: DeviceRun[] = [];
  const opened: { readonly device: Device; readonly loading: Promise<LoadedKernel> }[] = [];
  try {
    // What the devices build, they build beside each other and beside golden's run.
    for (const name of names) {
      const device = await openDevice(name, {
        memory: { ...memory, seed },
        trace: name === 'sim' ? options.trace : undefined,
        axiLog: name === 'sim' ? options.axiLog : undefined,
        profile: name === 'sim' && options.profile === true,
        maximumCycles: options.maximumCycles,
        // The reference runs once: g++'s optimiser would take longer than it saves.
        quick: options.quick ?? name === 'hls',
        signal: building,
      });
      const loading = device.load(kernel);
      // It is awaited where the device has its turn.
      loading.catch(() => {});
      opened.push({ device, loading });
    }
    for (const { device, loading } of opened) {
      signal?.throwIfAborted();
      onProgress(`${kernel.manifest.kernel} on ${device.name}`);
      const limits = runs.length === 0 ? {} : limitsOf(runs[0].report, memory);
      const run = runOn(device, kernel, workload, { signal, limits, timeoutMs }, loading);
      runs.push(
        await run.catch(async (error: unknown) => {
          if (!(error instanceof TilewrightError) || error.code !== 'TIMEOUT') throw error;
          throw await nameEndlessLoop(kernel, workload, error);
        }),
      );
    }
  } finally {
    stop.abort();
    await Promise.allSettled(opened.map(({ loading }) => loading));
    await Promise.allSettled(opened.map(({ device }) => device.close()));
  }
  const comparison = compareRuns(workload, runs);
  const busiest = (runs[0].report.ports ?? []).reduce(
    (most, one) => (one.beats > most.beats ? one : most),
    { port: '', bursts: 0, beats: 0 },
  );
  const sim = runs.find((run) => run.report.cycles !== undefined)?.report;
  const cycles = sim?.cycles ?? null;
  return {
    kernel: kernel.manifest.kernel,
    parameters: kernel.manifest.parameters,
    seed,
    size: options.size ?? 0,
    devices: runs.map((run) => run.device),
    match: comparison.match,
    words: comparison.words,
    different: comparison.different,
    firstDifferences: comparison.firstDifferences,
    log: runs[0].report.log ?? [],
    logDifference: comparison.logDifference ?? null,
    cycles,
    usefulBeats: busiest.beats,
    busiestPort: busiest.port,
    // A run with a wrong result has no figure.
    efficiency:
      cycles === null || cycles === 0 || !comparison.match ? null : busiest.beats / cycles,
    memory,
    simCyclesPerSecond:
      sim === undefined || cycles === null ? null : Math.round((cycles / sim.hostMs) * 1000),
    ...(sim?.profile === undefined ? {} : { profile: sim.profile }),
  };
}

/**
 * What the Verilog cannot need if it does the work of golden: of elements and beats that wait for each other
 * one by one, each takes a round trip through the memory or two. Loops that touch neither come on top.
 */
function limitsOf(
  { elements = 0, ports = [] }: RunReport,
  { latency, stall }: { readonly latency: number; readonly stall: number },
): RunLimits {
  const beats = Object.fromEntries(ports.map(({ port, beats }) => [port, beats]));
  const moves = elements + ports.reduce((total, one) => total + one.beats, 0);
  const roundTrip = (2 * latency + 100) / (1 - stall);
  return { beats, maximumCycles: 10_000_000 + Math.ceil(4 * moves * roundTrip) };
}
