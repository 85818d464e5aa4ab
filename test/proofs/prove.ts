import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileKernel } from '../../codegen/index.ts';
import { asWriteError } from '../../codegen/support/atomic-write.ts';
import { packageRoot } from '../../codegen/support/package-root.ts';
import { filesUnderTest } from '../verilog-library/library.ts';
import { type Proof, proofs, type Subject } from './proofs.ts';
import { type Mode, type Outcome, runMode, writeProblem } from './smtbmc.ts';

export interface Verdict {
  readonly proof: Proof;
  readonly passed: boolean;
  /** One line a mode that failed: which rule is broken, or which cover cannot be reached. */
  readonly text: string;
  /** Assertions and covers by name. */
  readonly failed: readonly string[];
  readonly seconds: number;
  /** Folder with the problem and the counterexample, if there is one and the caller wanted it kept. */
  readonly kept?: string;
}

export interface ProveOptions {
  readonly signal?: AbortSignal;
  /** Where to leave `SUBJECT-N/` for a proof that fails: sources, `design.smt2`, and the trace. */
  readonly keepIn?: string;
}

/** The files that the proofs are about, as shipped and as emitted. */
export async function provenFiles(): Promise<Map<string, string>> {
  const files = await filesUnderTest();
  const joiner = await compileKernel(join(packageRoot(), 'test/proofs/kernels/joiner.ts'));
  for (const name of ['joiner.v', 'joiner_join.v']) {
    files.set(name, joiner.files.get(`verilog/${name}`) ?? '');
  }
  return files;
}

function describe(mode: Mode, outcome: Outcome): string {
  const names = outcome.names.join(', ');
  switch (mode) {
    case 'base':
      return names === ''
        ? `from reset: ${outcome.text}`
        : `from reset, a run of the design breaks ${names}`;
    case 'induction':
      return `the inductive step fails at ${names}: from a state that keeps every rule, one more cycle breaks it`;
    case 'cover':
      return `nothing reaches ${names}: what is proven says nothing about it`;
  }
}

/** Proves one harness with one set of parameters about `files`. */
export async function proveOne(
  proof: Proof,
  files: ReadonlyMap<string, string>,
  options: ProveOptions = {},
): Promise<Verdict> {
  const start = performance.now();
  const folder = await mkdtemp(join(tmpdir(), 'tilewright-proof-'));
  try {
    await writeProblem(proof, files, folder, options.signal);
    const modes: readonly (readonly [Mode, number])[] = [
      ['base', proof.base],
      ['induction', proof.depth],
      ['cover', proof.cover],
    ];
    let text = '';
    let failed: readonly string[] = [];
    for (const [mode, steps] of modes) {
      const outcome = await runMode(mode, steps, folder, options.signal);
      if (outcome.passed) continue;
      text = describe(mode, outcome);
      failed = outcome.names;
      break;
    }
    const passed = text === '';
    let kept: string | undefined;
    if (!passed && options.keepIn !== undefined) {
      const at = proofs.filter(({ subject }) => subject === proof.subject).indexOf(proof);
      kept = join(options.keepIn, `${proof.subject}-${at + 1}`);
      try {
        await rm(kept, { recursive: true, force: true });
        await mkdir(options.keepIn, { recursive: true });
        await cp(folder, kept, { recursive: true });
      } catch (error) {
        throw asWriteError(error, kept);
      }
    }
    const seconds = (performance.now() - start) / 1000;
    return { proof, passed, text, failed, seconds, ...(kept === undefined ? {} : { kept }) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Proves all that there is about a subject; the first failure ends it.
 * @param files texts by name, as `provenFiles` gives them; a caller may have mutated them.
 */
export async function prove(
  subject: Subject,
  files: ReadonlyMap<string, string>,
  options: ProveOptions & { readonly quick?: boolean } = {},
): Promise<{ readonly passed: boolean; readonly text: string }> {
  for (const proof of proofs) {
    if (proof.subject !== subject || (options.quick === true && proof.quick !== true)) continue;
    const { passed, text } = await proveOne(proof, files, options);
    if (!passed) return { passed, text: `${proof.name}: ${text}` };
  }
  return { passed: true, text: '' };
}
