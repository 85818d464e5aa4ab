import { TilewrightError } from '../../codegen/support/errors.ts';
import type { BuiltKernel } from '../device/built-kernel.ts';
import type {
  Device,
  DeviceBuffer,
  DeviceRunOptions,
  LoadedKernel,
  RunReport,
} from '../device/device.ts';
import { type EncodedWorkload, elementView } from './encode-workload.ts';

/** What one device made of a workload. */
export interface DeviceRun {
  readonly device: string;
  readonly report: RunReport;
  /** Contents of each write memory after the run. */
  readonly outputs: ReadonlyMap<string, Uint8Array>;
}

/** Runs a workload on one device and takes its outputs back. */
export async function runOn(
  device: Device,
  kernel: BuiltKernel,
  workload: EncodedWorkload,
  options: DeviceRunOptions = {},
  loading: Promise<LoadedKernel> = device.load(kernel),
): Promise<DeviceRun> {
  const loaded = await loading;
  const buffers = new Map<string, DeviceBuffer>();
  try {
    for (const [name, bytes] of workload.buffers) {
      const buffer = device.allocate(bytes.length);
      buffers.set(name, buffer);
      buffer.write(bytes);
    }
    const args = { ...workload.scalars, ...Object.fromEntries(buffers) };
    const report = await loaded.run(args, options);
    const outputs = new Map<string, Uint8Array>();
    for (const { memory } of workload.outputs) {
      const buffer = buffers.get(memory.name);
      if (buffer === undefined) throw new Error(`no buffer for ${memory.name}`);
      const bytes = new Uint8Array(buffer.bytes);
      buffer.read(bytes);
      outputs.set(memory.name, bytes);
    }
    return { device: device.name, report, outputs };
  } finally {
    for (const buffer of buffers.values()) buffer.release();
  }
}

/** A word that not every device agrees on: its value by device. */
export interface Difference {
  readonly memory: string;
  /** Element index. */
  readonly index: number;
  readonly values: Readonly<Record<string, string>>;
}

export interface Comparison {
  readonly match: boolean;
  /** Elements compared between golden and each other device. */
  readonly words: number;
  readonly different: number;
  /** The first few, in order. */
  readonly firstDifferences: readonly Difference[];
  /** The first line of the kernel's log that some device has otherwise. */
  readonly logDifference?: LogDifference;
}

export interface LogDifference {
  /** From 1. */
  readonly line: number;
  /** The line by device; a device that ended before has none. */
  readonly texts: Readonly<Record<string, string | undefined>>;
}

const shown = 8;

/** Compares every output element of all runs; the first run is the one that is right. */
export function compareRuns(workload: EncodedWorkload, runs: readonly DeviceRun[]): Comparison {
  const [golden, ...others] = runs;
  if (golden === undefined) {
    throw new TilewrightError('nothing to compare', {
      code: 'COSIM_DEVICES',
      hint: 'Name at least one device.',
    });
  }
  let words = 0;
  let different = 0;
  const firstDifferences: Difference[] = [];
  for (const { memory, elements } of workload.outputs) {
    const views = runs.map((run) =>
      elementView(memory, run.outputs.get(memory.name) ?? new Uint8Array(0)),
    );
    for (let index = 0; index < elements; index++) {
      words += others.length;
      const wrong = views.filter((view) => view[index] !== views[0][index]).length;
      if (wrong === 0) continue;
      different += wrong;
      if (firstDifferences.length >= shown) continue;
      const values = runs.map((run, at) => [run.device, String(views[at][index])] as const);
      firstDifferences.push({ memory: memory.name, index, values: Object.fromEntries(values) });
    }
  }
  const logDifference = compareLogs(runs);
  const match = different === 0 && logDifference === undefined;
  return {
    match,
    words,
    different,
    firstDifferences,
    ...(logDifference === undefined ? {} : { logDifference }),
  };
}

function compareLogs(runs: readonly DeviceRun[]): LogDifference | undefined {
  const logs = runs.flatMap(({ device, report }) =>
    report.log === undefined ? [] : [{ device, lines: report.log }],
  );
  const longest = Math.max(0, ...logs.map(({ lines }) => lines.length));
  for (let at = 0; at < longest; at++) {
    if (logs.every(({ lines }) => lines[at] === logs[0].lines[at])) continue;
    const texts = Object.fromEntries(logs.map(({ device, lines }) => [device, lines[at]]));
    return { line: at + 1, texts };
  }
  return undefined;
}
