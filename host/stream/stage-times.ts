import type { StageResult } from './pipeline.ts';

export type StageName = 'upload' | 'run' | 'download';
export const stageNames: readonly StageName[] = ['upload', 'run', 'download'];

export interface StageTotal {
  /** Of all units together; what is waited for before a stage begins is not in it. */
  readonly ms: number;
  readonly bytes: number;
  /** How often it was done, failures included. */
  readonly times: number;
}

/** Where the time of a stream went. */
export interface StreamTimes {
  /** From the first upload to the end of the last stage. */
  readonly wallMs: number;
  readonly stages: Readonly<Record<StageName, StageTotal>>;
  /**
   * The share of the time in which the busiest stage was at work, of all units together: 1 where all the rest
   * is hidden behind it, 1/3 where three equal stages follow one another.
   */
  readonly overlap: number;
  /** Of all runs together, where the devices have a clock. */
  readonly cycles: number | undefined;
}

/** Adds up what the stages of a pipeline take. */
export class StageTimes {
  readonly #now: () => number;
  readonly #units: number;
  readonly #totals = new Map<StageName, StageTotal>();
  #first: number | undefined;
  #last = 0;
  #cycles: number | undefined;

  constructor(now: () => number, units: number) {
    this.#now = now;
    this.#units = units;
  }

  /** @returns what to call when the stage has ended. */
  begin(name: StageName): (result: StageResult) => void {
    const begin = this.#now();
    this.#first ??= begin;
    return ({ bytes, cycles }) => {
      this.#last = this.#now();
      const { ms, bytes: before, times } = this.#of(name);
      this.#totals.set(name, {
        ms: ms + this.#last - begin,
        bytes: before + bytes,
        times: times + 1,
      });
      if (cycles !== undefined) this.#cycles = (this.#cycles ?? 0) + cycles;
    };
  }

  #of(name: StageName): StageTotal {
    return this.#totals.get(name) ?? { ms: 0, bytes: 0, times: 0 };
  }

  report(): StreamTimes {
    const wallMs = this.#last - (this.#first ?? this.#last);
    const stages = {
      upload: this.#of('upload'),
      run: this.#of('run'),
      download: this.#of('download'),
    };
    const busiest = Math.max(...Object.values(stages).map(({ ms }) => ms));
    const overlap = wallMs > 0 ? busiest / (wallMs * this.#units) : 0;
    return { wallMs, stages, overlap, cycles: this.#cycles };
  }
}
