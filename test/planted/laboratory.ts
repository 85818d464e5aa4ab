import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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
 * it. `close` ends the process and removes the folder.
 */
export class Laboratory {
  private readonly folder = mkdtempSync(join(tmpdir(), 'tilewright-planted-'));
  private worker: ChildProcess | undefined;
  private readonly root = join(this.folder, 'copy');
  private done = 0;

  constructor() {
    copyCheckout(this.root);
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
      return await this.ask(task, trial.limit ?? 120_000);
    } finally {
      restore();
    }
  }

  private async ask(task: Task, limit: number): Promise<Catch | undefined> {
    const worker = this.start();
    const stop = new AbortController();
    const { signal } = stop;
    const caught = (where: string, text: string): Catch => {
      this.stop();
      // Which sample it was, only the process knew.
      return { check: task.checks[0], sample: task.samples[0]?.name ?? '', where, text };
    };
    const answered = once(worker, 'message', { signal }) as Promise<[Answer]>;
    const ended = once(worker, 'exit', { signal }) as Promise<[number | null, string | null]>;
    try {
      worker.send(task);
      const answer = await Promise.race([
        sleep(limit, undefined, { signal }),
        answered.then(([one]) => one),
        ended.then(([code, killed]) => killed ?? `exit code ${code}`),
      ]);
      if (answer === undefined) return caught('hang', `no end within ${limit / 1000} s`);
      if (typeof answer === 'string') return caught('crash', answer);
      if (++this.done % tasksOfWorker === 0) this.stop();
      if (answer.kind === 'failed') return caught('does not load', answer.text);
      return answer.found;
    } finally {
      // The promises that lost are not to be waited for, and their ends are nobody's error.
      for (const one of [answered, ended]) one.catch(() => {});
      stop.abort();
    }
  }

  private start(): ChildProcess {
    if (this.worker !== undefined) return this.worker;
    const jiti = join(dirname(createRequire(import.meta.url).resolve('jiti')), 'jiti-cli.mjs');
    this.worker = fork(jiti, [join(import.meta.dirname, 'worker.ts')], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, TILEWRIGHT_CACHE: join(this.folder, 'store') },
      execArgv: [],
    });
    return this.worker;
  }

  private stop(): void {
    this.worker?.kill('SIGKILL');
    this.worker = undefined;
  }

  close(): void {
    this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
