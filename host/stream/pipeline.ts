import { performance } from 'node:perf_hooks';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { type StageName, StageTimes, type StreamTimes } from './stage-times.ts';

/** What one stage of a job did. */
export interface StageResult {
  /** Moved to or from the device; 0 for a run. */
  readonly bytes: number;
  /** Of the device's clock, where it has one. */
  readonly cycles?: number | undefined;
}

/**
 * Something that can do jobs: a compute unit with buffers of its own. Each stage does one job at a time, in
 * the order in which the jobs began, and different stages do different jobs at the same time.
 */
export interface PipelineUnit<Job> {
  /** For messages. */
  readonly name: string;
  /** Sets of buffers: so many jobs are under way at once. Two hide either transfer, three hide both. */
  readonly slots: number;
  upload(job: Job, slot: number, signal: AbortSignal): Promise<StageResult>;
  run(job: Job, slot: number, signal: AbortSignal): Promise<StageResult>;
  /** Leaves what the job gives where it belongs, and only when all of it is there: a job may be done twice. */
  download(job: Job, slot: number, signal: AbortSignal): Promise<StageResult>;
  /** A stage failed: nothing that an earlier job left on the unit is to be trusted. */
  failed(): void;
}

export interface PipelineOptions<Job> {
  readonly signal?: AbortSignal | undefined;
  /** How often a job that failed is done again, on another unit where there is one. */
  readonly retries: number;
  /** Jobs that may be begun beyond the oldest one that nobody has taken yet. */
  readonly window: number;
  /** What a job is, for messages: "tile 3 (nodes 30 to 39)". */
  describe(job: Job): string;
  /** Failures that doing the job again does not help against; they are thrown as they are. */
  final(error: unknown): boolean;
  /** Called when a job is done, before its turn to be given back. */
  onDone?(job: Job): void;
  /** Milliseconds; `performance.now` unless a test has a clock of its own. */
  readonly now?: (() => number) | undefined;
}

interface Failure {
  readonly unit: string;
  readonly error: unknown;
}

interface Attempt<Job> {
  readonly job: Job;
  readonly index: number;
  readonly failures: readonly Failure[];
}

/** Lets one in after the other, in the order of their coming. */
class Turns {
  #last: Promise<void> = Promise.resolve();

  /** @returns what ends the turn. */
  async take(): Promise<() => void> {
    const before = this.#last;
    let end = () => {};
    this.#last = new Promise((resolve) => {
      end = resolve;
    });
    await before;
    return end;
  }
}

/** Units that fail so often in a row get no more jobs, while there are others. */
const failuresToRetire = 2;

class UnitState<Job> {
  readonly unit: PipelineUnit<Job>;
  readonly turns: Readonly<Record<StageName, Turns>> = {
    upload: new Turns(),
    run: new Turns(),
    download: new Turns(),
  };
  readonly freeSlots: number[];
  failuresInARow = 0;
  retired = false;

  constructor(unit: PipelineUnit<Job>) {
    this.unit = unit;
    this.freeSlots = Array.from({ length: unit.slots }, (_, slot) => slot);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Does jobs on units, and gives them back in order as they are done. A unit takes the next job whenever it has
 * a free set of buffers, so that faster units do more of them.
 */
export class Pipeline<Job> {
  readonly times: StageTimes;
  #jobs: AsyncIterator<Job>;
  readonly #units: readonly UnitState<Job>[];
  readonly #options: PipelineOptions<Job>;
  /** Aborted when the pipeline ends for whatever reason before its last job: the stages and the source heed it. */
  readonly #ending = new AbortController();
  readonly #again: Attempt<Job>[] = [];
  readonly #ready: Attempt<Job>[] = [];
  readonly #done = new Map<number, Job>();
  #taken = 0;
  #begun = 0;
  #underWay = 0;
  #pulling = false;
  #exhausted = false;
  #retried = 0;
  #failure: { readonly error: unknown } | undefined;
  #wake: () => void = () => {};
  #changed: Promise<void> = Promise.resolve();

  /** @param jobs gives the jobs; it gets the signal that tells it to stop. */
  constructor(
    jobs: (signal: AbortSignal) => AsyncIterable<Job>,
    units: readonly PipelineUnit<Job>[],
    options: PipelineOptions<Job>,
  ) {
    this.#jobs = jobs(this.#ending.signal)[Symbol.asyncIterator]();
    this.#units = units.map((unit) => new UnitState(unit));
    this.#options = options;
    this.times = new StageTimes(options.now ?? (() => performance.now()), units.length);
    this.#renew();
  }

  /** Jobs that were done again so far. */
  get retried(): number {
    return this.#retried;
  }

  /** Names of the units that failed too often to be given more. */
  get retired(): readonly string[] {
    return this.#units.filter(({ retired }) => retired).map(({ unit }) => unit.name);
  }

  report(): StreamTimes {
    return this.times.report();
  }

  /** The jobs in order, each when it is done. Ends when nothing of the pipeline runs any more. */
  async *results(): AsyncGenerator<Job> {
    const { signal } = this.#options;
    const abort = () => this.#fail(signal?.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort);
    const workers = this.#units.map((state) => this.#work(state));
    try {
      for (;;) {
        if (this.#failure !== undefined) break;
        const job = this.#done.get(this.#taken);
        if (job !== undefined) {
          this.#done.delete(this.#taken);
          this.#taken += 1;
          this.#tell();
          yield job;
        } else if (this.#allDone()) {
          break;
        } else {
          await this.#changed;
        }
      }
    } finally {
      signal?.removeEventListener('abort', abort);
      this.#ending.abort(this.#failure?.error ?? new Error('the stream was left'));
      this.#tell();
      await Promise.all(workers);
      await this.#jobs.return?.().catch(() => undefined);
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #renew(): void {
    this.#changed = new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** Wakes everybody who waits for something to change. */
  #tell(): void {
    const wake = this.#wake;
    this.#renew();
    wake();
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#ending.abort(error);
    this.#tell();
  }

  #allDone(): boolean {
    const waiting = this.#again.length + this.#ready.length + this.#underWay;
    return this.#exhausted && !this.#pulling && waiting === 0 && this.#done.size === 0;
  }

  #stopped(): boolean {
    return this.#failure !== undefined || this.#ending.signal.aborted;
  }

  /** The next job for a unit, when it is there; undefined when there is none for it any more. */
  async #next(state: UnitState<Job>): Promise<Attempt<Job> | undefined> {
    for (;;) {
      if (this.#stopped() || state.retired) return undefined;
      const at = this.#again.findIndex((attempt) => this.#mayDo(state, attempt));
      const attempt = at >= 0 ? this.#again.splice(at, 1)[0] : this.#ready.shift();
      if (attempt !== undefined) {
        this.#underWay += 1;
        this.#pull();
        return attempt;
      }
      this.#pull();
      if (this.#exhausted && !this.#pulling && this.#underWay + this.#again.length === 0) {
        return undefined;
      }
      await this.#changed;
    }
  }

  /** A job that failed goes to a unit on which it has not failed yet, if one is left. */
  #mayDo(state: UnitState<Job>, { failures }: Attempt<Job>): boolean {
    const failedOn = new Set(failures.map(({ unit }) => unit));
    if (!failedOn.has(state.unit.name)) return true;
    return this.#units.every(({ unit, retired }) => retired || failedOn.has(unit.name));
  }

  /** Has the source make its next job, one at a time and no further ahead than the window. */
  #pull(): void {
    const ahead = this.#begun - this.#taken;
    if (this.#pulling || this.#exhausted || this.#ready.length > 0) return;
    if (ahead >= this.#options.window || this.#stopped()) return;
    this.#pulling = true;
    this.#jobs.next().then(
      (next) => {
        this.#pulling = false;
        if (next.done) {
          this.#exhausted = true;
        } else {
          this.#ready.push({ job: next.value, index: this.#begun, failures: [] });
          this.#begun += 1;
        }
        this.#tell();
      },
      (error: unknown) => {
        this.#pulling = false;
        this.#exhausted = true;
        this.#fail(error);
      },
    );
  }

  /** Feeds one unit until there is no more for it, and waits for what it has under way. */
  async #work(state: UnitState<Job>): Promise<void> {
    const underWay = new Set<Promise<void>>();
    for (;;) {
      while (state.freeSlots.length === 0) await this.#changed;
      // The turn comes before the choice, so that a unit that still uploads leaves the job to another one.
      const endUpload = await state.turns.upload.take();
      const attempt = await this.#next(state);
      const slot = state.freeSlots.pop();
      if (attempt === undefined || slot === undefined) {
        endUpload();
        break;
      }
      const work = this.#attempt(state, attempt, slot, endUpload).finally(() => {
        state.freeSlots.push(slot);
        underWay.delete(work);
        this.#tell();
      });
      underWay.add(work);
    }
    await Promise.all(underWay);
  }

  async #attempt(
    state: UnitState<Job>,
    attempt: Attempt<Job>,
    slot: number,
    endUpload: () => void,
  ): Promise<void> {
    const { unit, turns } = state;
    const { signal } = this.#ending;
    const { job } = attempt;
    try {
      await this.#stage('upload', endUpload, () => unit.upload(job, slot, signal));
      await this.#stage('run', await turns.run.take(), () => unit.run(job, slot, signal));
      const endDownload = await turns.download.take();
      await this.#stage('download', endDownload, () => unit.download(job, slot, signal));
      state.failuresInARow = 0;
      this.#done.set(attempt.index, job);
      this.#options.onDone?.(job);
    } catch (error) {
      this.#failed(state, attempt, error);
    } finally {
      this.#underWay -= 1;
    }
  }

  async #stage(
    name: StageName,
    endTurn: () => void,
    work: () => Promise<StageResult>,
  ): Promise<void> {
    try {
      // What waited for its turn while the pipeline failed does not begin.
      this.#ending.signal.throwIfAborted();
      const end = this.times.begin(name);
      try {
        end(await work());
      } catch (error) {
        end({ bytes: 0 });
        throw error;
      }
    } finally {
      endTurn();
    }
  }

  #failed(state: UnitState<Job>, attempt: Attempt<Job>, error: unknown): void {
    if (this.#stopped()) return;
    const { unit } = state;
    unit.failed();
    if (this.#options.final(error)) {
      this.#fail(error);
      return;
    }
    const failures = [...attempt.failures, { unit: unit.name, error }];
    if (failures.length > this.#options.retries) {
      this.#fail(this.#giveUp(attempt.job, failures));
      return;
    }
    state.failuresInARow += 1;
    const others = this.#units.some((one) => one !== state && !one.retired);
    if (state.failuresInARow >= failuresToRetire && others) state.retired = true;
    this.#retried += 1;
    this.#again.push({ ...attempt, failures });
    this.#again.sort((a, b) => a.index - b.index);
  }

  #giveUp(job: Job, failures: readonly Failure[]): TilewrightError {
    const what = this.#options.describe(job);
    const tries = failures.map(({ unit, error }) => `on ${unit}: ${messageOf(error)}`);
    const last = failures[failures.length - 1].error;
    const hint = last instanceof TilewrightError ? last.hint : undefined;
    return new TilewrightError(`${what} failed ${tries.join('; then ')}`, {
      code: 'STREAM_RUN',
      hint: hint ?? 'See whether the device still works: tilewright doctor.',
      cause: last,
    });
  }
}
