import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { emitControl } from '../../codegen/backends/verilog/emit-control.ts';
import { packageRoot } from '../../codegen/support/package-root.ts';
import { runTool } from '../../codegen/support/run-tool.ts';

export const libraryFolder = join(packageRoot(), 'codegen/backends/verilog/library');
const benchFolder = join(packageRoot(), 'test/verilog-library/bench');

/** The modules of the library by name, from the folder itself: a new one is tested at once. */
export async function libraryModules(): Promise<string[]> {
  const files = (await readdir(libraryFolder)).filter((file) => file.endsWith('.v'));
  return files.map((file) => file.slice(0, -2)).sort();
}

/** The control slave whose register map control_bench.v knows. */
export function benchControl(): string {
  return emitControl({
    module: 'bench_control',
    arguments: [
      { kind: 'memory', name: 'source', register: 0x10 },
      { kind: 'memory', name: 'target', register: 0x1c },
      { kind: 'scalar', name: 'key', type: { width: 32 }, register: 0x28 },
      { kind: 'scalar', name: 'flag', type: { width: 1 }, register: 0x30 },
      { kind: 'scalar', name: 'wide', type: { width: 40 }, register: 0x38 },
    ],
  });
}

/** The text of every file under test, by file name. */
export async function filesUnderTest(): Promise<Map<string, string>> {
  const files = new Map<string, string>([['bench_control.v', benchControl()]]);
  for (const module of await libraryModules()) {
    files.set(`${module}.v`, await readFile(join(libraryFolder, `${module}.v`), 'utf8'));
  }
  return files;
}

/** Writes the files under test to `folder`, made anew; with the benches they are all sources. */
async function writeSources(folder: string, files: ReadonlyMap<string, string>): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const sources: string[] = [];
  for (const [name, text] of files) {
    sources.push(join(folder, name));
    await writeFile(join(folder, name), text);
  }
  for (const name of await readdir(benchFolder)) sources.push(join(benchFolder, name));
  return sources;
}

export type Bench = 'fifo' | 'ram' | 'read' | 'write' | 'control';
/** Runs a bench and gives the line that it ends with: `PASS …` or `FAIL …`. */
export type RunBench = (bench: Bench, seed: number) => Promise<string>;

function verdictOf(output: string): string {
  return /^(PASS|FAIL).*$/m.exec(output)?.[0] ?? `no verdict in: ${output}`;
}

export async function buildIcarus(
  folder: string,
  files: ReadonlyMap<string, string>,
): Promise<RunBench> {
  const sources = await writeSources(folder, files);
  const program = join(folder, 'bench.vvp');
  await runTool('iverilog', ['-g2005', '-s', 'library_bench', '-o', program, ...sources]);
  return async (bench, seed) =>
    verdictOf((await runTool('vvp', ['-n', program, `+bench=${bench}`, `+seed=${seed}`])).stdout);
}

export async function buildVerilator(
  folder: string,
  files: ReadonlyMap<string, string>,
): Promise<RunBench> {
  const sources = await writeSources(folder, files);
  // Random initial values: what works only because registers happen to start at 0 must fail here.
  const unknowns = ['--x-assign', 'unique', '--x-initial', 'unique'];
  const quick = ['-MAKEFLAGS', 'OPT_FAST=-O0 OPT_SLOW=-O0 OPT_GLOBAL=-O0'];
  const loose = ['-Wno-lint', '-Wno-style', '-Wno-MULTITOP'];
  await runTool('verilator', [
    ...['--binary', '--top-module', 'library_bench', '--Mdir', join(folder, 'obj')],
    ...[...unknowns, ...quick, ...loose, ...sources],
  ]);
  const program = join(folder, 'obj', 'Vlibrary_bench');
  return async (bench, seed) => {
    const plusargs = [`+bench=${bench}`, `+seed=${seed}`];
    const start = ['+verilator+rand+reset+2', `+verilator+seed+${seed}`];
    return verdictOf((await runTool(program, [...plusargs, ...start])).stdout);
  };
}
