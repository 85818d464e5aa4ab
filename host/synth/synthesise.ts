import { availableParallelism } from 'node:os';
import { TilewrightError } from '../../codegen/support/errors.ts';
import type { ArtefactStore } from '../../codegen/support/store.ts';
import type { BuiltKernel } from '../device/built-kernel.ts';
import { type AreaReport, areaReport } from './area-report.ts';
import { type CardName, cardOf } from './cards.ts';
import type { Resources } from './resources.ts';
import { type JobRun, runJob, yosysVersion } from './run-yosys.ts';
import { type InstanceTiming, instancePaths, kernelPath } from './timing-report.ts';
import type { TimingPath } from './worst-path.ts';
import { type Family, type Job, synthesisCommand, timedFamily } from './yosys-script.ts';

export interface SynthesisOptions {
  /** Architecture of the area; `xcup`, UltraScale+, by default. */
  readonly family?: Family;
  /** Adds shares of this card, whose architecture is xcup. */
  readonly card?: CardName;
  /** Also estimates the slowest path; true by default. */
  readonly timing?: boolean;
  /** Also the slowest path of each instance, which is a run of its own. */
  readonly perProcess?: boolean;
  readonly store?: ArtefactStore;
  readonly signal?: AbortSignal;
  readonly onProgress?: (text: string) => void;
  /** File that everything Yosys prints is added to. */
  readonly log?: string;
}

export interface RunFacts {
  /** Commands of Yosys that decide the figures. */
  readonly command: string;
  /** How long Yosys took when it ran. */
  readonly seconds: number;
  /** Taken from the store. */
  readonly cached: boolean;
}

export interface SynthesisReport {
  readonly kernel: string;
  readonly parameters: Readonly<Record<string, number>>;
  /** Version of Yosys. */
  readonly yosys: string;
  readonly family: Family;
  readonly card: {
    readonly name: CardName;
    readonly title: string;
    readonly resources: Resources;
  } | null;
  readonly area: AreaReport & { readonly runs: readonly RunFacts[] };
  readonly timing: {
    /** Family whose delays are used, whatever the area's. */
    readonly family: typeof timedFamily;
    readonly kernel: TimingPath;
    /** Slowest first; null unless asked for. */
    readonly instances: readonly InstanceTiming[] | null;
    readonly runs: readonly RunFacts[];
  } | null;
}

/**
 * Area and an estimate of the slowest path of a built kernel, from Yosys.
 * @throws TilewrightError as `runJob`; `USAGE` for a card of another family.
 */
export async function synthesise(
  kernel: BuiltKernel,
  options: SynthesisOptions = {},
): Promise<SynthesisReport> {
  const { family = 'xcup', timing = true, perProcess = false } = options;
  if (options.card !== undefined && family !== 'xcup') {
    throw new TilewrightError(
      `${cardOf(options.card).title} is of the family xcup, not ${family}`,
      {
        code: 'USAGE',
        hint: 'Leave out --card or --family.',
        exitCode: 2,
      },
    );
  }
  const yosys = await yosysVersion();
  const jobs: readonly Job[] = [
    { kind: 'area', family, hierarchy: 'flat' },
    { kind: 'area', family, hierarchy: 'instances' },
    ...(timing ? [{ kind: 'timing', hierarchy: 'flat' } as const] : []),
    ...(timing && perProcess ? [{ kind: 'timing', hierarchy: 'instances' } as const] : []),
  ];
  const runs = await runAll(kernel, jobs, options);
  const run = (kind: Job['kind'], hierarchy: Job['hierarchy']) =>
    runs.find(({ job }) => job.kind === kind && job.hierarchy === hierarchy)?.run;
  const facts = (kind: Job['kind']) =>
    runs
      .filter(({ job }) => job.kind === kind)
      .map(({ job, run: { seconds, cached } }) => ({
        command: synthesisCommand(job),
        seconds,
        cached,
      }));
  const flat = run('area', 'flat');
  const parts = run('area', 'instances');
  if (flat === undefined || parts === undefined) throw new Error('the area was not computed');
  const timed = run('timing', 'flat');
  const timedParts = run('timing', 'instances');
  const card = options.card === undefined ? undefined : cardOf(options.card);
  return {
    kernel: kernel.manifest.kernel,
    parameters: kernel.manifest.parameters,
    yosys,
    family,
    card:
      card === undefined ? null : { name: card.name, title: card.title, resources: card.resources },
    area: {
      ...areaReport(kernel.manifest.kernel, flat, parts, options.card),
      runs: facts('area'),
    },
    timing:
      timed === undefined
        ? null
        : {
            family: timedFamily,
            kernel: await kernelPath(kernel, timed),
            instances: timedParts === undefined ? null : await instancePaths(kernel, timedParts),
            runs: facts('timing'),
          },
  };
}

/** Two at a time where there are two processors: each is one thread and takes up to a gigabyte. */
async function runAll(
  kernel: BuiltKernel,
  jobs: readonly Job[],
  options: SynthesisOptions,
): Promise<readonly { readonly job: Job; readonly run: JobRun }[]> {
  const stop = new AbortController();
  const signal =
    options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const done: { readonly at: number; readonly job: Job; readonly run: JobRun }[] = [];
  const waiting = jobs.map((job, at) => ({ job, at }));
  let failed: unknown;
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { job, at } = next;
      try {
        const title = `${job.kind} of the ${job.hierarchy === 'flat' ? 'kernel' : 'instances'}`;
        const run = await runJob(kernel, job, {
          store: options.store,
          signal,
          log: options.log,
          onProgress: (text) =>
            options.onProgress?.(`${done.length} of ${jobs.length} runs done; ${title}: ${text}`),
        });
        done.push({ at, job, run });
      } catch (error) {
        failed ??= error;
        stop.abort();
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker));
  if (failed !== undefined) throw failed;
  return done.sort((a, b) => a.at - b.at);
}
