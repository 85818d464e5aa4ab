import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killTree } from '../../codegen/support/process-tree.ts';
import { jitiCli } from '../support/jiti.ts';
import { copyCheckout, plant } from './copy.ts';
import type { Catch, Check, Mutation } from './mutation.ts';
import { type Sample, writeSample } from './samples.ts';
import type { Answer, Task } from './task.ts';

/** What one mutation is tried on. */
export interface Trial {
  readonly checks: readonly Check[];
  readonly samples: readonly Sample[];
  /** Milliseconds after which the trial hangs. */
  readonly limit?: number;
}

/** Tasks that a worker does before it makes room for a fresh one: what it has loaded stays in memory. */
const tasksOfWorker = 12;

/**
 * Where faults are planted: a copy of the checkout in a temporary folder, and the process that runs checks in
 * it. `close` ends the process and removes the folder; when `signal` aborts, the process ends and what is being
 * tried throws the signal's reason.
 */
export class Laboratory {
  readonly folder = mkdtempSync(join(tmpdir(), 'tilewright-planted-'));
  private worker: ChildProcess | undefined;
  private readonly root = join(this.folder, 'copy');
  private done = 0;

  private readonly temporary = join(this.folder, 'tmp');
  private readonly signal: AbortSignal | undefined;

  constructor(signal?: AbortSignal) {
    this.signal = signal;
    copyCheckout(this.root);
    mkdirSync(this.temporary);
  }

  /** The first catch of the fault (of none where the mutation is left out); undefined where nothing sees it. */
  async try(mutation: Mutation | undefined, trial: Trial): Promise<Catch | undefined> {
    const restore = mutation === undefined ? () => {} : plant(this.root, mutation);
    try {
      const samples = await Promise.all(
        trial.samples.map(async (sample) => ({
          name: sample.name,
          runs: sample.runs,
          file: await writeSample(sample, join(this.folder, 'samples')),
        })),
      );
      const bench = mutation?.bench?.name;
      const { root } = this;
      const { checks } = trial;
      const task = { root, checks, samples, ...(bench === undefined ? {} : { bench }) };
      return await this.ask(task, trial.limit ?? 240_000);
    } finally {
      restore();
    }
  }

  private async ask(task: Task, limit: number): Promise<Catch | undefined> {
    const { signal } = this;
    signal?.throwIfAborted();
    const worker = this.start();
    // Of what ends without an answer only the parent can tell where it was.
    let at = { check: task.checks[0] as Catch['check'], sample: task.samples[0]?.name ?? '' };
    const caught = (where: string, text: string): Catch => {
      this.stop();
      return { ...at, where, text };
    };
    let stop = () => {};
    const found = await new Promise<Catch | undefined>((resolve, reject) => {
      stop = () => {
        this.stop();
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', stop, { once: true });
      const timer = setTimeout(
        () => resolve(caught('hang', `no end within ${limit / 1000} s`)),
        limit,
      );
      worker.removeAllListeners();
      worker.on('exit', (code, killed) => {
        clearTimeout(timer);
        // Ctrl-C in a terminal reaches it too, maybe before us.
        if (signal?.aborted) return;
        resolve(caught('crash', killed ?? `exit code ${code}`));
      });
      worker.on('message', (answer: Answer) => {
        if (answer.kind === 'step') {
          at = { check: answer.check, sample: answer.sample };
          return;
        }
        clearTimeout(timer);
        resolve(answer.kind === 'found' ? answer.found : caught('does not load', answer.text));
      });
      worker.send(task);
    }).finally(() => signal?.removeEventListener('abort', stop));
    if (++this.done % tasksOfWorker === 0) this.stop();
    return found;
  }

  private start(): ChildProcess {
    if (this.worker !== undefined) return this.worker;
    this.worker = fork(jitiCli, [join(import.meta.dirname, 'worker.ts'), this.temporary], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: {
        ...process.env,
        TILEWRIGHT_CACHE: join(this.folder, 'store'),
      },
      execArgv: [],
    });
    return this.worker;
  }

  private stop(): void {
    const { worker } = this;
    this.worker = undefined;
    worker?.removeAllListeners();
    if (worker?.pid !== undefined) killTree(worker.pid);
  }

  close(): void {
    this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
