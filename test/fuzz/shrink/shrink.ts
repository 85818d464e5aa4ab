import { ts } from 'ts-morph';
import { checkTypes } from '../../../codegen/frontend/project.ts';
import { TilewrightError } from '../../../codegen/support/errors.ts';
import { applyChanges } from './apply-changes.ts';
import { KernelText, parses } from './kernel-text.ts';
import { loopEnds } from './loop-ends.ts';
import { isSmaller, type ProgramSize, programSize } from './program-size.ts';
import type { Change, Reduction } from './reduction.ts';
import { reductions } from './reductions.ts';
import { tidy } from './tidy.ts';

export interface ShrinkOptions {
  /** Ends the search: the smallest program so far is what comes back. */
  readonly signal?: AbortSignal;
  /** Called with every program that still fails and is smaller than the one before. */
  readonly onSmaller?: (source: string) => void;
  /** Where the program's relative imports count from. Default: it has none. */
  readonly path?: string;
  /** Told after the search. */
  readonly onDone?: (counts: ShrinkCounts) => void;
}

export interface ShrinkCounts {
  /** Calls of the predicate. */
  calls: number;
  /** Those that found the failure again. */
  smaller: number;
  /** Programs that TypeScript refuses, or that may never end, for which nobody was asked. */
  refused: number;
}

/**
 * The smallest program that still fails in the eyes of `stillFails`, by the reductions in their order, until
 * none of them helps any more. Knows TypeScript and the names of the kernel language only. Deterministic: the
 * same program and the same answers give the same result.
 *
 * @throws TilewrightError `SHRINK_NOT_FAILING` when the program does not fail to begin with; whatever
 * `stillFails` throws.
 */
export async function shrink(
  source: string,
  stillFails: (source: string) => Promise<boolean>,
  options: ShrinkOptions = {},
): Promise<string> {
  const search = new Search(source, stillFails, options);
  if (!(await search.fails(source))) {
    if (options.signal?.aborted) return source;
    throw new TilewrightError('the program to shrink does not fail', {
      code: 'SHRINK_NOT_FAILING',
      hint: 'Ask for the failure exactly as it was found: same runs, same targets. One that comes and goes cannot be shrunk.',
    });
  }
  await search.run();
  options.onDone?.(search.counts);
  return search.best;
}

class Search {
  best: string;
  readonly counts: ShrinkCounts = { calls: 0, smaller: 0, refused: 0 };
  private size: ProgramSize;
  /** How often all reductions had their turn. */
  private round = 0;
  private readonly stillFails: (source: string) => Promise<boolean>;
  private readonly options: ShrinkOptions;
  private readonly knownEnds: ReadonlySet<string>;
  /** False where a diagnostic is the failure: TypeScript's word counts for nothing then. */
  private readonly typed: boolean;
  /**
   * What was tried, by the functions that it changed, and the kernel's own object: a change in one function
   * that failed is not tried again because another one is smaller by now.
   */
  private readonly tried = new Set<string>();

  constructor(
    source: string,
    stillFails: (source: string) => Promise<boolean>,
    options: ShrinkOptions,
  ) {
    this.best = source;
    this.size = programSize(source);
    this.stillFails = stillFails;
    this.options = options;
    this.knownEnds = loopEnds(source);
    this.typed = isTypeScript(source, options);
  }

  private get stopped(): boolean {
    return this.options.signal?.aborted === true;
  }

  /** Every reduction in turn, until none of them finds anything. */
  async run(): Promise<void> {
    for (let before = ''; before !== this.best && !this.stopped; ) {
      before = this.best;
      this.round += 1;
      for (const reduction of reductions) await this.exhaust(reduction);
    }
    const tidied = tidy(this.best);
    if (tidied !== this.best && !this.stopped && (await this.fails(tidied))) this.best = tidied;
  }

  /** All changes of a reduction at once, then halves of them, down to single ones. */
  private async exhaust(reduction: Reduction): Promise<void> {
    let changes = this.changesOf(reduction);
    // Where one round has been, there is little left that goes together.
    const first = this.round === 1 ? changes.length : 1;
    for (
      let chunk = first;
      chunk >= 1 && changes.length > 0;
      chunk = chunk === 1 ? 0 : Math.ceil(chunk / 3)
    ) {
      for (let at = 0; at < changes.length && !this.stopped; ) {
        if (await this.attempt(changes.slice(at, at + chunk))) {
          // What is left of them begins at about the same place.
          changes = this.changesOf(reduction);
        } else at += chunk;
      }
      if (this.stopped) return;
    }
  }

  private changesOf(reduction: Reduction): readonly Change[] {
    return reduction.changes(new KernelText(this.best, this.options.path));
  }

  private async attempt(changes: readonly Change[]): Promise<boolean> {
    const candidate = applyChanges(this.best, changes);
    const size = programSize(candidate);
    if (!isSmaller(size, this.size) || !(await this.fails(candidate))) return false;
    this.best = candidate;
    this.size = size;
    this.counts.smaller += 1;
    this.options.onSmaller?.(candidate);
    return true;
  }

  async fails(candidate: string): Promise<boolean> {
    const key = difference(this.best, candidate);
    if (this.tried.has(key) || this.stopped) return false;
    this.tried.add(key);
    if ((this.typed && !isTypeScript(candidate, this.options)) || !this.ends(candidate)) {
      this.counts.refused += 1;
      return false;
    }
    this.counts.calls += 1;
    try {
      return await this.stillFails(candidate);
    } catch (error) {
      if (this.stopped) return false;
      throw error;
    }
  }

  /** Compared with the first text: every smaller one has ends that it had. */
  private ends(candidate: string): boolean {
    return [...loopEnds(candidate)].every((one) => this.knownEnds.has(one));
  }
}

function isTypeScript(source: string, { path }: ShrinkOptions): boolean {
  return parses(source) && checkTypes(new KernelText(source, path).file).length === 0;
}

/** The functions that a change takes away and those that it makes, as text, with the kernel's own object. */
function difference(from: string, to: string): string {
  const known = new Set(topLevel(from));
  const texts = topLevel(to);
  // Nothing but imports changed: the text itself.
  if (texts.every((one) => known.has(one))) return to;
  const removed = [...known].filter((one) => !texts.includes(one));
  const changed = texts.filter((one) => !known.has(one) || one.startsWith('export default'));
  return JSON.stringify([removed, changed]);
}

/** The statements of a file, white space apart, but for imports, which follow from the others. */
function topLevel(source: string): string[] {
  const file = ts.createSourceFile('kernel.ts', source, ts.ScriptTarget.ES2023);
  return file.statements
    .map((one) => one.getText(file).replace(/\s+/g, ' '))
    .filter((one) => !one.startsWith('import'));
}
