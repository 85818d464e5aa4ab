import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../codegen/support/package-root.ts';
import { runTool } from '../../codegen/support/run-tool.ts';
import type { Proof } from './proofs.ts';

export const harnessFolder = join(packageRoot(), 'test/proofs/harness');

/** What yosys-smtbmc found in one mode. */
export interface Outcome {
  readonly passed: boolean;
  /** Names of the assertions that failed, or of the covers that cannot be reached. */
  readonly names: readonly string[];
  /** The part of its output that says so. */
  readonly text: string;
}

/** Parameters of one queue, as the kernel's top gives them. */
function queueParameters(
  [file, instance]: readonly [string, string],
  files: ReadonlyMap<string, string>,
): Record<string, number> {
  const found = new RegExp(`tw_fifo #\\((.*)\\) ${instance} \\(`).exec(files.get(file) ?? '');
  if (found === null) throw new Error(`${file} has no queue ${instance}`);
  const given = found[1].matchAll(/\.(\w+)\((\d+)\)/g);
  return Object.fromEntries([...given].map(([, name, value]) => [name, Number(value)]));
}

export type Mode = 'base' | 'induction' | 'cover';

/**
 * Turns harness and design into one SMT problem, `design.smt2` in `folder`.
 *
 * - No optimisation before every undriven wire has become an arbitrary value: a mistyped hierarchical
 *   name must not pass as a don't-care.
 * - Memories stay arrays. Block RAM's output registers are taken out of them, so that a harness sees them.
 */
export async function writeProblem(
  proof: Proof,
  files: ReadonlyMap<string, string>,
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  const sources: string[] = [];
  for (const name of proof.sources) {
    const text = files.get(name);
    if (text === undefined) throw new Error(`${proof.name}: there is no ${name} to prove`);
    await writeFile(join(folder, name), text);
    sources.push(name);
  }
  const own = async (name: string) => {
    await writeFile(join(folder, name), await readFile(join(harnessFolder, name)));
    return name;
  };
  const look = await own('memory_look.sv');
  const harness = await own(proof.harness);
  const top = harness.replace(/\.sv$/, '_proof');
  const parameters = Object.entries({
    ...proof.parameters,
    ...(proof.queue && queueParameters(proof.queue, files)),
  }).map(([name, value]) => `-set ${name} ${value}`);
  const script = [
    `read_verilog -sv ${look}`,
    `read_verilog -defer -formal -sv ${sources.join(' ')} ${harness}`,
    ...(parameters.length === 0 ? [] : [`chparam ${parameters.join(' ')} ${top}`]),
    `hierarchy -check -top ${top}`,
    'proc',
    'flatten',
    'check -assert',
    'setparam -set CLK_ENABLE 0 -set CLK_POLARITY 0 -set TRANSPARENT 0 t:memory_look',
    'chtype -set $memrd t:memory_look',
    'opt_expr',
    'opt_clean',
    'memory_nordff',
    'setundef -undriven -anyseq',
    'opt -full',
    'dffunmap',
    'opt_clean',
    'write_smt2 -wires design.smt2',
  ];
  await writeFile(join(folder, 'proof.ys'), `${script.join('\n')}\n`);
  await runTool('yosys', ['-q', '-s', 'proof.ys'], { cwd: folder, ...(signal && { signal }) });
}

/** Runs one mode on `design.smt2` in `folder`; a failure leaves `MODE.vcd` there. */
export async function runMode(
  mode: Mode,
  steps: number,
  folder: string,
  signal?: AbortSignal,
): Promise<Outcome> {
  // Without --unroll, Z3 looks for quantified instances of the transition function, and may find none.
  const common = ['-s', 'z3', '--unroll', '--logic', 'QF_ABV', '--noprogress', '-t', String(steps)];
  const flags = {
    // --presat: assumptions that contradict each other would prove anything.
    base: ['--presat', '--dump-vcd', 'base.vcd'],
    induction: ['-i', '--dump-vcd', 'induction.vcd'],
    cover: ['-c'],
  };
  const lines: string[] = [];
  try {
    await runTool('yosys-smtbmc', [...common, ...flags[mode], 'design.smt2'], {
      cwd: folder,
      onLine: (line) => lines.push(line.replace(/^##\s+\S+\s+/, '')),
      ...(signal && { signal }),
    });
  } catch (error) {
    if (signal?.aborted || !lines.includes('Status: FAILED')) throw error;
  }
  const passed = lines.at(-1) === 'Status: PASSED';
  const said = lines.filter((line) =>
    /Assert failed|Unreached|failed!|PREUNSAT|contradict/.test(line),
  );
  const names = said.flatMap(
    (line) => /(?:Assert failed in \w+:|statement at) (\w+)/.exec(line)?.[1] ?? [],
  );
  return { passed, names: [...new Set(names)], text: said.join('\n') };
}
