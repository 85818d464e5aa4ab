import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { TilewrightError } from '../../codegen/support/errors.ts';
import type { ArtefactStore } from '../../codegen/support/store.ts';
import { verilogSources } from '../../sim/index.ts';
import type { BuiltKernel } from '../device/built-kernel.ts';
import { type CardName, cardOf, shareOf } from './cards.ts';
import { type InstanceKind, kindOf } from './instances.ts';
import { kernelLines } from './kernel-lines.ts';
import { type CellCounts, type Resources, resourcesOf, sumResources } from './resources.ts';
import { type JobRun, runJob, yosysVersion } from './run-yosys.ts';
import { VerilogLines } from './verilog-lines.ts';
import { describePath, type PathSources, type TimingPath } from './worst-path.ts';
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

/** One instance of the kernel's top module. */
export interface InstanceArea {
  /** Name of the process, the stream or the memory; the kernel's for the top module's own logic. */
  readonly name: string;
  readonly kind: InstanceKind;
  /** Instance in the Verilog, e.g. `process_gather`. */
  readonly instance: string;
  readonly module: string;
  readonly resources: Resources;
  readonly share: Resources | null;
}

export interface InstanceTiming {
  readonly name: string;
  readonly kind: InstanceKind;
  readonly instance: string;
  readonly path: TimingPath;
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
  readonly area: {
    /** The kernel as one netlist, without its control slave. */
    readonly kernel: Resources;
    readonly share: Resources | null;
    readonly cells: CellCounts;
    /** Cell types that are in no figure. */
    readonly uncounted: readonly string[];
    /** Each instance by itself, largest first; the control slave too. */
    readonly instances: readonly InstanceArea[];
    readonly sumOfInstances: Resources;
    readonly runs: readonly RunFacts[];
  };
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
  const card = options.card === undefined ? undefined : cardOf(options.card);
  return {
    kernel: kernel.manifest.kernel,
    parameters: kernel.manifest.parameters,
    yosys,
    family,
    card:
      card === undefined ? null : { name: card.name, title: card.title, resources: card.resources },
    area: { ...areaOf(kernel, flat, parts, options.card), runs: facts('area') },
    timing:
      timed === undefined
        ? null
        : {
            family: timedFamily,
            ...(await timingOf(kernel, timed, run('timing', 'instances'))),
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

function areaOf(kernel: BuiltKernel, flat: JobRun, parts: JobRun, cardName: CardName | undefined) {
  const top = kernel.manifest.kernel;
  const share = (resources: Resources) =>
    cardName === undefined ? null : shareOf(resources, cardOf(cardName));
  const modules = new Set([...parts.instances.map(({ module }) => module), `${top}_control`]);
  const leaves = (cells: CellCounts): CellCounts =>
    Object.fromEntries(Object.entries(cells).filter(([type]) => !modules.has(type)));
  const unknown = new Set<string>();
  const counted = (cells: CellCounts | undefined): Resources => {
    const taken = resourcesOf(leaves(cells ?? {}));
    for (const type of taken.unknown) unknown.add(type);
    return taken.resources;
  };
  const cells = leaves(flat.cells[top] ?? {});
  const whole = counted(cells);
  const own = { name: top, module: top };
  const instances = [own, ...parts.instances]
    .map(({ name, module }): InstanceArea => {
      const resources = counted(parts.cells[module]);
      return { ...kindOf(name, top), instance: name, module, resources, share: share(resources) };
    })
    .sort((a, b) => b.resources.lut - a.resources.lut || b.resources.ff - a.resources.ff);
  return {
    kernel: whole,
    share: share(whole),
    cells,
    uncounted: [...unknown].sort(),
    instances,
    sumOfInstances: sumResources(
      instances.filter(({ kind }) => kind !== 'control').map(({ resources }) => resources),
    ),
  };
}

async function timingOf(kernel: BuiltKernel, flat: JobRun, parts: JobRun | undefined) {
  const top = kernel.manifest.kernel;
  const sources: PathSources = {
    verilog: new Map(
      (await verilogSources(kernel)).map(({ path, text }) => [
        basename(path),
        new VerilogLines(text),
      ]),
    ),
    lineText: kernelLines(kernel.sourceFile),
  };
  const whole = flat.paths.find(({ module }) => module === top);
  if (whole === undefined) {
    throw new TilewrightError(`Yosys found no path between two registers of ${top}`, {
      code: 'SYNTH_OUTPUT',
      hint: 'Leave the timing out with --no-timing, and keep the log with --log yosys.log.',
    });
  }
  const instances = parts?.instances.flatMap(({ name, module }): InstanceTiming[] => {
    const path = parts.paths.find((one) => one.module === module);
    if (path === undefined) return [];
    const described = describePath(path, { ...sources, instance: name });
    return [{ ...kindOf(name, top), instance: name, path: described }];
  });
  return {
    kernel: describePath(whole, sources),
    instances: instances?.sort((a, b) => b.path.ns - a.path.ns) ?? null,
  };
}
