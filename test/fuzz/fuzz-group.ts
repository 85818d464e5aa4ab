import { withKernelFile } from '../support/kernel-file.ts';
import { type CheckOptions, checkKernel } from './check-kernel.ts';
import { coverageOf } from './coverage.ts';
import type { Finding, Run, Target } from './finding.ts';
import { type Accepted, acceptedPrograms, type Refusal } from './generate/accepted-programs.ts';
import { features as languageFeatures } from './generate/features.ts';
import { kernelOfPrograms } from './generate/kernel-of-programs.ts';
import { type Program, randomProgram } from './generate/random-program.ts';

/** Programs that are checked together, as one kernel: one Verilated model, one library for all. */
export interface GroupJob {
  readonly seeds: readonly number[];
  /** Narrow programs of few statements, as synthesis to gates wants them. */
  readonly small: boolean;
  readonly runs: readonly Run[];
  readonly targets: readonly Target[];
}

/** A kernel on which not all agree. */
export interface Crash {
  /** Of its programs: one, unless it takes several to fail. */
  readonly seeds: readonly number[];
  readonly kernel: string;
  readonly source: string;
  readonly runs: readonly Run[];
  readonly targets: readonly Target[];
  readonly findings: readonly Finding[];
}

export interface GroupResult {
  /** Programs that were checked. */
  readonly programs: number;
  /** Why the front end refused the others, by code. */
  readonly refused: readonly (readonly [string, number])[];
  /** Language features of the programs, by name. */
  readonly features: readonly (readonly [string, number])[];
  readonly coverage: readonly (readonly [string, number])[];
  readonly crashes: readonly Crash[];
  /** Wall seconds by step. */
  readonly seconds: readonly (readonly [string, number])[];
}

const kernelName = 'fuzz';

export class GroupRun {
  private readonly job: GroupJob;
  private readonly onStep: (step: string) => void;
  private readonly seconds = new Map<string, number>();
  private step = '';
  private since = performance.now();

  constructor(job: GroupJob, onStep: (step: string) => void) {
    this.job = job;
    this.onStep = onStep;
  }

  async run(): Promise<GroupResult> {
    const { seeds, small } = this.job;
    this.begin('generate');
    const drawn = seeds.map((seed) => randomProgram(seed, { small }));
    const coverage = new Map<string, number>();
    const options: CheckOptions = {
      onCompiled: ([{ ir }]) => {
        for (const [key, count] of coverageOf(ir)) coverage.set(key, count);
      },
    };
    const { targets } = this.job;
    let accepted: Accepted = { programs: drawn, refused: new Map(), unexpected: [] };
    let crash = await this.check(drawn, targets, options);
    // Most groups are taken whole: who is refused is asked only where somebody is.
    if (crash?.findings.some(({ target, kind }) => target === 'compile' && kind === 'refused')) {
      this.begin('generate');
      accepted = await acceptedPrograms(drawn);
      const none = accepted.programs.length === 0;
      crash = none ? undefined : await this.check(accepted.programs, targets, options);
    }
    const { programs, refused, unexpected } = accepted;
    const features = new Map(languageFeatures.map((name) => [name, 0]));
    for (const name of programs.flatMap((program) => program.features)) {
      features.set(name, (features.get(name) ?? 0) + 1);
    }
    const crashes = unexpected.map((refusal) => this.refused(refusal));
    if (crash !== undefined) crashes.push(...(await this.isolated(programs, crash)));
    this.begin('');
    return {
      programs: programs.length,
      refused: [...refused],
      features: [...features],
      coverage: [...coverage],
      crashes,
      seconds: [...this.seconds],
    };
  }

  /** A well-typed program that the front end does not take: a fault of the generator, or of a diagnostic. */
  private refused({ program, code, text }: Refusal): Crash {
    const { runs } = this.job;
    const { source } = kernelOfPrograms(kernelName, [program]);
    const finding: Finding = { target: 'compile', kind: 'refused', where: code, text };
    return {
      seeds: [program.seed],
      kernel: kernelName,
      source,
      runs,
      targets: [],
      findings: [finding],
    };
  }

  private begin(step: string): void {
    const now = performance.now();
    if (this.step !== '') {
      const spent = (now - this.since) / 1000;
      this.seconds.set(this.step, (this.seconds.get(this.step) ?? 0) + spent);
    }
    this.since = now;
    this.step = step;
    if (step !== '') this.onStep(step);
  }

  private async check(
    programs: readonly Program[],
    targets: readonly Target[],
    options: CheckOptions = {},
  ): Promise<Crash | undefined> {
    const { source, programOfElement } = kernelOfPrograms(kernelName, programs);
    const { runs } = this.job;
    const findings = await withKernelFile(kernelName, source, (file) =>
      checkKernel(file, runs, targets, {
        ...options,
        partOf: programOfElement,
        onStep: (step) => this.begin(step),
      }),
    );
    if (findings.length === 0) return undefined;
    const seeds = programs.map(({ seed }) => seed);
    return { seeds, kernel: kernelName, source, runs, targets, findings };
  }

  /**
   * The programs that fail by themselves. First those that a wrong element belongs to, one by one; where
   * none does, halves of the group. Programs that fail only together stay together.
   */
  private async isolated(programs: readonly Program[], crash: Crash): Promise<Crash[]> {
    if (programs.length === 1) return [crash];
    const targets = this.targetsOf(crash.findings);
    const { programOfElement } = kernelOfPrograms(kernelName, programs);
    const suspects = new Set(
      crash.findings.flatMap(({ memory, element }) =>
        memory === undefined || element === undefined
          ? []
          : [programOfElement(memory, element) ?? -1],
      ),
    );
    const alone: Crash[] = [];
    for (const at of suspects) {
      if (at < 0) continue;
      const found = await this.check([programs[at]], targets);
      if (found !== undefined) alone.push(found);
    }
    if (alone.length > 0) return alone;
    const middle = Math.ceil(programs.length / 2);
    const found: Crash[] = [];
    for (const half of [programs.slice(0, middle), programs.slice(middle)]) {
      const fails = await this.check(half, targets);
      if (fails !== undefined) found.push(...(await this.isolated(half, fails)));
    }
    return found.length > 0 ? found : [crash];
  }

  /** What a part of a group has to be checked on to show the same. */
  private targetsOf(findings: readonly Finding[]): Target[] {
    const failing = new Set<string>(findings.map(({ target }) => target));
    return this.job.targets.filter((target) => failing.has(target));
  }
}
