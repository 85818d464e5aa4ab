import { compareRuns, type DeviceRun, runOn } from '../../host/cosim/compare-runs.ts';
import type { EncodedWorkload } from '../../host/cosim/encode-workload.ts';
import type { BuiltKernel } from '../../host/device/built-kernel.ts';
import { openDevice } from '../../host/device/open-device.ts';
import { bound, type Cell, judge, type UsefulWork, type Verdict } from './figures.ts';

/** A kernel with a workload, and what golden makes of it: run once, for every cell. */
export interface Subject {
  readonly label: string;
  readonly kernel: BuiltKernel;
  readonly workload: EncodedWorkload;
  /** Seeds or rows. */
  readonly size: number;
  /** Ids drawn and present, for kernels that sample. */
  readonly edges: number | null;
  readonly golden: DeviceRun;
  /** The port that golden asks the most beats of. */
  readonly port: string;
  readonly work: UsefulWork;
}

export interface CellResult extends Cell {
  /** From start to done; null where the run ended with an error. */
  readonly cycles: number | null;
  /** No design can do more useful beats a cycle. */
  readonly bound: number;
  /** Useful beats a cycle; null where a word is wrong, as for all that follows from it. */
  readonly efficiency: number | null;
  readonly edgesACycle: number | null;
  readonly good: Verdict | null;
  readonly wrongWords: number | null;
  /** What ended the run. */
  readonly failure: string | null;
}

export async function goldenRun(
  kernel: BuiltKernel,
  workload: EncodedWorkload,
): Promise<{ golden: DeviceRun; port: string; work: UsefulWork }> {
  await using device = await openDevice('golden');
  const golden = await runOn(device, kernel, workload);
  const busiest = (golden.report.ports ?? []).reduce(
    (most, one) => (one.beats > most.beats ? one : most),
    { port: '', beats: 0, bursts: 0 },
  );
  const { port, beats, bursts } = busiest;
  return { golden, port, work: { beats, bursts } };
}

export interface MeasureOptions {
  /** Seed of the stalls. */
  readonly seed: number;
  /** Writes every handshake of the run to this file. */
  readonly axiLog?: string;
}

/** One run of the Verilog behind one memory, compared with golden word by word. */
export async function measure(
  subject: Subject,
  cell: Cell,
  { seed, axiLog }: MeasureOptions,
): Promise<CellResult> {
  const { kernel, workload, golden, work, edges } = subject;
  const limit = { ...cell, bound: bound(cell, work) };
  const nothing = { efficiency: null, edgesACycle: null, good: null };
  const device = await openDevice('sim', { memory: { ...cell, seed }, axiLog });
  let run: DeviceRun;
  try {
    run = await runOn(device, kernel, workload);
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    return { ...limit, ...nothing, cycles: null, wrongWords: null, failure };
  } finally {
    await device.close();
  }
  const { match, different, logDifference } = compareRuns(workload, [golden, run]);
  const cycles = run.report.cycles ?? 0;
  if (!match || cycles === 0) {
    const failure =
      logDifference === undefined ? null : 'the kernel prints other lines than golden';
    return { ...limit, ...nothing, cycles, wrongWords: different, failure };
  }
  return {
    ...limit,
    cycles,
    efficiency: work.beats / cycles,
    edgesACycle: edges === null ? null : edges / cycles,
    good: judge(cell, work, cycles),
    wrongWords: 0,
    failure: null,
  };
}

/** Whether a run gave every word, which alone makes it a figure. */
export function isRight({ wrongWords, failure }: CellResult): boolean {
  return wrongWords === 0 && failure === null;
}
