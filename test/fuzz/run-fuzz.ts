import { seededRandom } from '../../codegen/index.ts';
import { addCoverage } from './coverage.ts';
import type { Run, Target } from './finding.ts';
import type { Crash, GroupJob, GroupResult } from './fuzz-group.ts';
import { kernelOfPrograms } from './generate/kernel-of-programs.ts';
import { randomProgram } from './generate/random-program.ts';
import { runJobs } from './worker-pool.ts';
import { type DeadProcess, deadFinding } from './worker-process.ts';

export interface FuzzOptions {
  /** Programs that the front end accepts. */
  readonly programs: number;
  /** Seed of the first program; the others follow. */
  readonly seed: number;
  /** Programs that share a kernel. */
  readonly group: number;
  readonly targets: readonly Target[];
  /** Runs of each group, each with a workload and a memory of its own. */
  readonly runs: number;
  /** Of so many groups one is of a few small programs, as gates too; 0 for none. */
  readonly netlistEvery: number;
  /** Of so many groups one runs on OpenCL, whose compiler takes longer than the others; so does each with gates. */
  readonly openclEvery: number;
  /** Processes at once. */
  readonly jobs: number;
  /** Seconds for one step of a group. */
  readonly patience: number;
  /** Stops when so many programs failed. */
  readonly maximumCrashes: number;
  /** Seconds after which no new group is begun. */
  readonly seconds: number | undefined;
  /** Folder of what is built. */
  readonly cache: string;
  readonly signal: AbortSignal;
  readonly onCrash: (crash: Crash) => Promise<void>;
  /** Told after each group, and twice a minute where groups take longer. */
  readonly onProgress: (report: FuzzReport) => void;
}

export interface FuzzReport {
  readonly programs: number;
  readonly groups: number;
  readonly crashes: readonly Crash[];
  readonly refused: ReadonlyMap<string, number>;
  readonly features: ReadonlyMap<string, number>;
  readonly coverage: ReadonlyMap<string, number>;
  /** Seconds of all processes by step. */
  readonly seconds: ReadonlyMap<string, number>;
  /** Seconds on the clock. */
  readonly wall: number;
}

const smallGroup = 4;
const progressMs = 30_000;

/** Runs of a group: the first at once and short, for the slow simulators; then late, narrow and with gaps. */
export function drawRuns(seed: number, count: number): Run[] {
  const random = seededRandom(seed ^ 0x5eed);
  return Array.from({ length: count }, (_, at) => ({
    seed: random.integer(1, 0x7fffffff),
    size: at === 0 ? 2 : random.integer(1, 4),
    latency: random.integer(1, at === 0 ? 8 : 60),
    stall: at % 2 === 0 ? random.unit() * 0.2 : random.unit() * 0.6,
    outstanding: random.integer(1, 16),
  }));
}

/** Every job of a soak in turn; parts of groups that killed their process come before new ones. */
class Jobs {
  private readonly parts: GroupJob[] = [];
  private readonly options: FuzzOptions;
  private seed: number;
  private begun = 0;

  constructor(options: FuzzOptions) {
    this.options = options;
    this.seed = options.seed;
  }

  next(accepted: number, under: number): GroupJob | undefined {
    const part = this.parts.pop();
    if (part !== undefined) return part;
    const { programs, netlistEvery, openclEvery, targets } = this.options;
    const missing = programs - accepted - under;
    if (missing <= 0) return undefined;
    this.begun += 1;
    const small =
      netlistEvery > 0 && targets.includes('netlist') && this.begun % netlistEvery === 0;
    const opencl = small || (this.begun - 1) % openclEvery === 0;
    const count = Math.min(small ? smallGroup : this.options.group, missing);
    const from = this.seed;
    this.seed += count;
    return {
      seeds: Array.from({ length: count }, (_, at) => from + at),
      small,
      runs: drawRuns(from, this.options.runs),
      // Gates of a whole group would take Yosys minutes.
      targets: targets.filter(
        (target) => (small || target !== 'netlist') && (opencl || target !== 'opencl'),
      ),
    };
  }

  again(job: GroupJob): void {
    const middle = Math.ceil(job.seeds.length / 2);
    this.parts.push(
      { ...job, seeds: job.seeds.slice(0, middle) },
      { ...job, seeds: job.seeds.slice(middle) },
    );
  }
}

/** A program whose check killed or blocked its process. */
function deadly(job: GroupJob, end: DeadProcess): Crash {
  const { seeds, runs, targets, small } = job;
  const programs = seeds.map((seed) => randomProgram(seed, { small }));
  const kernel = 'fuzz';
  const { source } = kernelOfPrograms(kernel, programs);
  return { seeds, kernel, source, runs, targets, findings: [deadFinding(end)] };
}

/** Checks random programs, group after group, until there were as many as asked for or too many failed. */
export async function runFuzz(options: FuzzOptions): Promise<FuzzReport> {
  const started = performance.now();
  const jobs = new Jobs(options);
  const refused = new Map<string, number>();
  const features = new Map<string, number>();
  const coverage = new Map<string, number>();
  const seconds = new Map<string, number>();
  const crashes: Crash[] = [];
  let programs = 0;
  let groups = 0;
  let under = 0;
  const report = (): FuzzReport => {
    const wall = (performance.now() - started) / 1000;
    return { programs, groups, crashes, refused, features, coverage, seconds, wall };
  };
  const found = async (crash: Crash) => {
    crashes.push(crash);
    await options.onCrash(crash);
  };
  const add = async (result: GroupResult) => {
    programs += result.programs;
    groups += 1;
    addCoverage(refused, new Map(result.refused));
    addCoverage(features, new Map(result.features));
    addCoverage(coverage, new Map(result.coverage));
    addCoverage(seconds, new Map(result.seconds));
    for (const crash of result.crashes) await found(crash);
  };
  const over = () =>
    crashes.length >= options.maximumCrashes ||
    (options.seconds !== undefined && performance.now() - started > options.seconds * 1000);
  const { jobs: workers, patience, cache, signal } = options;
  const timer = setInterval(() => options.onProgress(report()), progressMs);
  await runJobs(
    { workers, patience, cache, signal },
    () => {
      const job = over() ? undefined : jobs.next(programs, under);
      under += job?.seeds.length ?? 0;
      return job;
    },
    async (job, end) => {
      under -= job.seeds.length;
      if (end.kind === 'done') await add(end.result);
      else if (job.seeds.length > 1) jobs.again(job);
      else await found(deadly(job, end));
      options.onProgress(report());
    },
  ).finally(() => clearInterval(timer));
  return report();
}
