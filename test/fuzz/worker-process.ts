import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { killTree } from '../../codegen/support/process-tree.ts';
import { jitiRegister } from '../support/jiti.ts';
import type { Finding, Run, Target } from './finding.ts';
import type { GroupJob, GroupResult } from './fuzz-group.ts';

/** One kernel, as text. */
export interface SourceJob {
  readonly kernel: string;
  readonly source: string;
  readonly runs: readonly Run[];
  readonly targets: readonly Target[];
}

export type Job = GroupJob | SourceJob;
/** What a job gives. */
type ResultOf<J extends Job> = J extends SourceJob ? readonly Finding[] : GroupResult;

export type FromWorker =
  | { readonly kind: 'step'; readonly step: string }
  | { readonly kind: 'result'; readonly result: GroupResult | readonly Finding[] }
  | { readonly kind: 'failed'; readonly text: string };

/** A process that died or got stuck, and what it was doing. */
export interface DeadProcess {
  readonly kind: 'hang' | 'error';
  readonly step: string;
  readonly text: string;
}

/** What killed or blocked a process, as a finding. */
export function deadFinding({ kind, step, text }: DeadProcess): Finding {
  return { target: step as Finding['target'], kind, where: 'PROCESS', text };
}

function notStarted({ text }: DeadProcess): TilewrightError {
  return new TilewrightError(`the process that checks kernels does not start: ${text}`, {
    code: 'FUZZ_WORKER',
    hint: 'Run npm ci, and look whether npx tsc --noEmit finds something.',
  });
}

export type JobEnd<J extends Job> =
  | { readonly kind: 'done'; readonly result: ResultOf<J> }
  | DeadProcess;

/** Seconds that a process may take to load the compiler; a busy machine needs some. */
const startPatience = 120;

/** Groups that a process checks before it is replaced: libraries and modules once loaded stay loaded. */
const jobsOfProcess = 25;

export interface WorkerOptions {
  /** Seconds that one step of a job may take. */
  readonly patience: number;
  /** Folder of what is built, and of its temporary files, which a killed process leaves to whoever made the folder. */
  readonly cache: string;
}

/** A process that checks kernels, started at the first job and after each that killed it. */
export class WorkerProcess {
  private child: ChildProcess | undefined;
  private jobs = 0;
  private readonly options: WorkerOptions;

  constructor(options: WorkerOptions) {
    this.options = options;
  }

  /** @throws TilewrightError `FUZZ_WORKER` when the process does not even begin, which is no kernel's fault. */
  run<J extends Job>(job: J): Promise<JobEnd<J>> {
    if (this.jobs >= jobsOfProcess) this.stop();
    this.jobs += 1;
    const child = this.child ?? this.start();
    this.child = child;
    return new Promise((resolve, reject) => {
      let step = 'start';
      let timer: NodeJS.Timeout | undefined;
      const errors: string[] = [];
      const end = (result: JobEnd<J>) => {
        clearTimeout(timer);
        child.off('message', onMessage).off('exit', onExit);
        child.stderr?.off('data', onError);
        if (result.kind !== 'done') this.stop();
        if (result.kind === 'error' && step === 'start') reject(notStarted(result));
        else resolve(result);
      };
      const watch = () => {
        clearTimeout(timer);
        const { patience } = this.options;
        const seconds = step === 'start' ? Math.max(patience, startPatience) : patience;
        const text = `${step} was not done after ${seconds} s`;
        timer = setTimeout(() => end({ kind: 'hang', step, text }), seconds * 1000);
      };
      const onMessage = (message: FromWorker) => {
        if (message.kind === 'step') {
          step = message.step;
          watch();
        } else if (message.kind === 'result') {
          end({ kind: 'done', result: message.result as ResultOf<J> });
        } else if (message.kind === 'failed') end({ kind: 'error', step, text: message.text });
      };
      const onError = (data: Buffer) => void errors.push(data.toString());
      const onExit = (code: number | null, signal: string | null) => {
        const how = signal === null ? `ended with exit code ${code}` : `was killed by ${signal}`;
        const last = errors.join('').trimEnd().split('\n').slice(-5).join('\n');
        end({ kind: 'error', step, text: `the process ${how}\n${last}`.trimEnd() });
      };
      child.on('message', onMessage).on('exit', onExit);
      child.stderr?.on('data', onError);
      watch();
      child.send(job);
    });
  }

  stop(): void {
    const pid = this.child?.pid;
    this.child = undefined;
    this.jobs = 0;
    if (pid !== undefined) killTree(pid);
  }

  private start(): ChildProcess {
    const temporary = join(this.options.cache, 'tmp');
    mkdirSync(temporary, { recursive: true });
    return fork(join(import.meta.dirname, 'worker.ts'), [temporary], {
      execArgv: ['--import', jitiRegister],
      // No program is compiled twice: PoCL keeps none of them.
      env: {
        ...process.env,
        TILEWRIGHT_CACHE: this.options.cache,
        POCL_KERNEL_CACHE: '0',
      },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
  }
}
