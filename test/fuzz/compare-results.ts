import { type EncodedWorkload, elementView } from '../../host/cosim/encode-workload.ts';
import type { Finding, Run, Target } from './finding.ts';

/** What a run left behind. */
export interface Results {
  readonly outputs: ReadonlyMap<string, Uint8Array>;
  readonly log: readonly string[];
  /** Beats of each memory; undefined where nobody counts them. */
  readonly beats?: ReadonlyMap<string, number> | undefined;
}

/** Which part of the kernel an element of an output belongs to: the first difference of each is told. */
export type PartOf = (memory: string, element: number) => number | undefined;

export interface Compared {
  readonly target: Target;
  readonly where?: string | undefined;
  readonly run: Run;
  readonly workload: EncodedWorkload;
  readonly golden: Results;
  readonly actual: Results;
  readonly partOf?: PartOf | undefined;
}

function differentElements({ golden, actual, workload, partOf, ...rest }: Compared): Finding[] {
  const { target, where, run } = rest;
  const found: Finding[] = [];
  for (const { memory, elements } of workload.outputs) {
    const right = golden.outputs.get(memory.name) ?? new Uint8Array(0);
    const bytes = actual.outputs.get(memory.name) ?? new Uint8Array(0);
    if (Buffer.compare(right, bytes) === 0) continue;
    const expected = elementView(memory, right);
    const got = elementView(memory, bytes);
    const told = new Set<number | undefined>();
    for (let element = 0; element < elements; element++) {
      if (got[element] === expected[element]) continue;
      const part = partOf?.(memory.name, element);
      if (told.has(part)) continue;
      told.add(part);
      const text = `${memory.name}[${element}] is ${got[element]}, golden ${expected[element]}`;
      found.push({ target, kind: 'mismatch', where, text, memory: memory.name, element, run });
    }
  }
  return found;
}

/** Every way in which a run differs from golden's: words, printed lines, beats. */
export function compareResults(compared: Compared): Finding[] {
  const { target, where, run, golden, actual } = compared;
  const found = differentElements(compared);
  const mismatch = (text: string) => found.push({ target, kind: 'mismatch', where, text, run });
  const longest = Math.max(golden.log.length, actual.log.length);
  for (let line = 0; line < longest; line++) {
    if (golden.log[line] === actual.log[line]) continue;
    mismatch(`log line ${line + 1} is ${actual.log[line]}, golden ${golden.log[line]}`);
    break;
  }
  for (const [memory, beats] of golden.beats ?? []) {
    const counted = actual.beats?.get(memory);
    if (counted === undefined || counted === beats) continue;
    mismatch(`${memory} moves ${counted} beats, golden ${beats}`);
  }
  return found;
}
