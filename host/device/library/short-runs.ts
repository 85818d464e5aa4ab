import type { Manifest } from '../../../codegen/package/manifest.ts';
import type { KernelArguments } from '../device.ts';

/** Below this, handing a run over to a thread costs more than the run itself: 40 µs and more to wake it and to hear of it. */
const shortNs = 30_000;
/** A run in the calling thread that takes so long was misjudged; the next ones are handed over, whatever is expected. */
const misjudgedNs = 10 * shortNs;
const runsOfDistrust = 16;

type Values = readonly (KernelArguments[string] | undefined)[];

/** Longer than expected counts at once, shorter by halves: a run that was kept waiting is forgotten soon. */
function learnt(before: number, now: number): number {
  return now > before || before === Number.POSITIVE_INFINITY ? now : (before + now) / 2;
}

/**
 * Which runs of one kernel are expected to be so short that they are done in the thread that calls. What is
 * expected follows from the runs that are over: so much for each row, and so much for none. A kernel that does not
 * speak of rows is expected to take as long as the last time, where all scalars are as they were then.
 */
export class ShortRuns {
  readonly #threads: number;
  readonly #rowsAt: number;
  readonly #scalarsAt: readonly number[];
  /** Of a run without rows. */
  #emptyNs = 0;
  #rowNs = Number.POSITIVE_INFINITY;
  #lastNs = Number.POSITIVE_INFINITY;
  readonly #lastScalars: Values[number][];
  #distrusted = 0;

  /** @param threads that share the rows of a run. */
  constructor({ arguments: all, rows }: Pick<Manifest, 'arguments' | 'rows'>, threads: number) {
    this.#threads = threads;
    this.#rowsAt = all.findIndex(({ name }) => name === rows?.count);
    this.#scalarsAt = all.flatMap(({ kind }, at) => (kind === 'scalar' ? [at] : []));
    this.#lastScalars = this.#scalarsAt.map(() => undefined);
  }

  /** @param values of the arguments, in the order of the manifest, and right. */
  expected(values: Values): boolean {
    return this.#distrusted === 0 && this.#expectedNs(values) < shortNs;
  }

  #expectedNs(values: Values): number {
    if (this.#rowsAt < 0) {
      const same = this.#scalarsAt.every((at, one) => values[at] === this.#lastScalars[one]);
      return same ? this.#lastNs : Number.POSITIVE_INFINITY;
    }
    const rows = Number(values[this.#rowsAt]);
    return rows === 0 ? this.#emptyNs : this.#emptyNs + rows * this.#rowNs;
  }

  /**
   * A run is over, and was done to its end.
   * @param partRows rows of a part of it; 0 where it was one part.
   */
  took(values: Values, milliseconds: number, partRows: number): void {
    const ns = 1e6 * milliseconds;
    if (ns > misjudgedNs && this.expected(values)) this.#distrusted = runsOfDistrust;
    else if (this.#distrusted > 0) this.#distrusted -= 1;
    if (this.#rowsAt < 0) {
      this.#lastNs = ns;
      this.#scalarsAt.forEach((at, one) => {
        this.#lastScalars[one] = values[at];
      });
      return;
    }
    const rows = Number(values[this.#rowsAt]);
    // Several threads shared them: one alone would have taken so many times as long.
    const sharers = partRows === 0 ? 1 : Math.min(this.#threads, Math.ceil(rows / partRows));
    if (rows === 0) this.#emptyNs = learnt(this.#emptyNs, ns);
    else this.#rowNs = learnt(this.#rowNs, (ns * sharers) / rows);
  }
}
