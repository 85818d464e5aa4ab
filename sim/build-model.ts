import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Manifest } from '../codegen/package/manifest.ts';
import { TilewrightError } from '../codegen/support/errors.ts';
import { locateTool, runTool, toolVersion } from '../codegen/support/run-tool.ts';
import { type ArtefactStore, artefactStore } from '../codegen/support/store.ts';
import {
  fifoVisibility,
  glueView,
  harnessFolder,
  renderGlue,
  verilatedNames,
  watchMacro,
  watchVisibility,
} from './glue.ts';
import { profileMacro, profileView, profileVisibility } from './profile-glue.ts';
import { type KernelArtefacts, type SourceText, verilogSources } from './verilog-sources.ts';

export interface BuildModelOptions {
  /** By default the store of the checkout or of the user. */
  readonly store?: ArtefactStore | undefined;
  /** Builds the variant that can write FST; it is slower. */
  readonly trace?: boolean | undefined;
  /** Builds the variant that counts what each process does; it is slower. */
  readonly profile?: boolean | undefined;
  /** Builds without g++'s optimiser: built sooner, runs slower. For a model that runs for a moment. */
  readonly quick?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told when something has to be built, which takes seconds; silent when all is cached. */
  readonly onProgress?: ((step: string) => void) | undefined;
}

export interface BuiltModel {
  readonly manifest: Manifest;
  /** The shared library with the C interface of sim/cpp/c-interface.hpp. */
  readonly library: string;
  readonly cached: boolean;
  /** What Verilator warned of, one warning an entry. */
  readonly warnings: readonly string[];
}

interface Toolchain {
  readonly compiler: string;
  readonly verilator: string;
  readonly versions: readonly string[];
  /** Folder of verilated.h. */
  readonly include: string;
}

const verilatorFlags = [
  '--cc',
  '-O3',
  '--x-assign',
  'fast',
  '--x-initial',
  'unique',
  '--noassert',
  // Wide values word by word in loops, which g++ makes vectors of: faster, and faster to compile, than a
  // statement a word.
  ...['--expand-limit', '2'],
  // Wrong in 5.006, and said to be in versions since: what it makes one bit of is then joined to wide values as
  // if it were as wide as before, which shifts all that stands above.
  '-fno-const-bit-op-tree',
  '-Wno-fatal',
  // The name of this port is XRT's choice.
  '-Wno-SYMRSVDWORD',
  // The falling edge of the reset asks the processes what they wait for (emit-watch.ts).
  '-Wno-SYNCASYNCNET',
];
const sharedFlags = [
  ...['-std=c++17', '-fPIC', '-fvisibility=hidden', '-DVERILATOR=1', '-DVM_SC=0'],
  // $display goes where sim/cpp/log-hook.hpp says.
  '-DVL_PRINTF=tilewright_printf',
];
const warningsFile = 'warnings.txt';

function compileFlags(trace: boolean): string[] {
  const flags = [...sharedFlags, '-DVM_COVERAGE=0', `-DVM_TRACE=${trace ? 1 : 0}`];
  if (trace) flags.push('-DVM_TRACE_FST=1', '-DVM_TRACE_VCD=0');
  return flags;
}

function modelFlags(quick: boolean): string[] {
  const native = process.platform === 'darwin' && process.arch === 'arm64' ? '-mcpu' : '-march';
  // Without it GNU makes inline statics unique in the whole process: two models would share them.
  const unshared = process.platform === 'linux' ? ['-fno-gnu-unique'] : [];
  return [...(quick ? ['-O0'] : ['-O3', `${native}=native`]), '-w', ...unshared];
}

async function toolchain(): Promise<Toolchain> {
  const compiler = process.env['CXX'] || (process.platform === 'darwin' ? 'clang++' : 'g++');
  const verilator = locateTool('verilator');
  const versions = await Promise.all([toolVersion('verilator'), toolVersion(compiler)]);
  const root = process.env['VERILATOR_ROOT'] || (await verilatorRoot(verilator));
  return { compiler, verilator, versions, include: join(root, 'include') };
}

const roots = new Map<string, Promise<string>>();

function verilatorRoot(verilator: string): Promise<string> {
  let root = roots.get(verilator);
  if (root === undefined) {
    root = runTool(verilator, ['--getenv', 'VERILATOR_ROOT']).then(({ stdout }) => stdout.trim());
    root.catch(() => roots.delete(verilator));
    roots.set(verilator, root);
  }
  return root;
}

function harnessSources(): readonly SourceText[] {
  const folder = harnessFolder();
  return readdirSync(folder)
    .filter((name) => name.endsWith('.hpp'))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }));
}

/** Runs all to their end, even when one fails: none may write into a folder that is being removed. */
async function together(
  signal: AbortSignal | undefined,
  ...works: readonly ((signal: AbortSignal) => Promise<void>)[]
): Promise<void> {
  const stop = new AbortController();
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  let first: unknown;
  await Promise.all(
    works.map(async (work) => {
      try {
        await work(either);
      } catch (error) {
        first ??= error;
        stop.abort();
      }
    }),
  );
  if (first !== undefined) throw first;
}

/** Verilator's own C++, the same for every kernel: compiled once a machine. */
async function buildRuntime(
  tools: Toolchain,
  store: ArtefactStore,
  trace: boolean,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const compile = async (name: string, sources: readonly string[]) => {
    const flags = [...compileFlags(true), '-O1', '-w'];
    const hook = harnessSources().filter(({ path }) => path === 'log-hook.hpp');
    const key = { sources, flags, hook, versions: tools.versions, arch: process.arch };
    const { folder } = await store.build(name, key, async (folder) => {
      // One after another: the model is compiled at the same time, and two compilers are enough.
      for (const source of sources) {
        const file = join(tools.include, `${source}.cpp`);
        const include = [
          ...[`-I${tools.include}`, `-I${join(tools.include, 'gtkwave')}`],
          ...['-include', join(harnessFolder(), 'log-hook.hpp')],
        ];
        const args = [...flags, ...include, '-c', file, '-o', join(folder, `${source}.o`)];
        await runTool(tools.compiler, args, { signal }).catch(explainZlib);
      }
    });
    return sources.map((source) => join(folder, `${source}.o`));
  };
  const runtime = await compile('verilator-runtime', ['verilated', 'verilated_threads']);
  if (!trace) return runtime;
  return [...runtime, ...(await compile('verilator-fst', ['verilated_fst_c']))];
}

function explainZlib(error: unknown): never {
  if (error instanceof TilewrightError && error.message.includes('zlib.h')) {
    throw new TilewrightError('writing FST traces needs the headers of zlib, which are not there', {
      code: 'TOOL_MISSING',
      hint: 'Install them with: sudo apt-get install zlib1g-dev (macOS: they come with Xcode).',
      cause: error,
    });
  }
  throw error;
}

function warningsOf(stderr: string): readonly string[] {
  return stderr
    .split('\n')
    .filter((line) => line.startsWith('%Warning'))
    .map((line) => line.replace(/^%Warning-/, 'verilator: '));
}

async function compileModel(
  kernel: KernelArtefacts,
  sources: readonly SourceText[],
  tools: Toolchain,
  folder: string,
  { trace, profile, quick }: Readonly<Record<'trace' | 'profile' | 'quick', boolean>>,
  signal: AbortSignal,
): Promise<void> {
  const verilated = join(folder, 'verilated');
  await mkdir(verilated);
  const visibility = join(verilated, 'visibility.vlt');
  const own = [fifoVisibility, watchVisibility(kernel.manifest)];
  const visible = [...own, ...(profile ? [profileVisibility(kernel.manifest)] : [])];
  await writeFile(visibility, visible.join(''));
  const { stderr } = await runTool(
    tools.verilator,
    [
      ...verilatorFlags,
      ...(trace ? ['--trace-fst', '--trace-structs'] : []),
      `-D${watchMacro}`,
      ...(profile ? [`-D${profileMacro}`] : []),
      '--top-module',
      kernel.manifest.kernel,
      '--prefix',
      'Vtop',
      '-Mdir',
      verilated,
      visibility,
      ...sources.map(({ path }) => join(kernel.folder, path)),
    ],
    { cwd: folder, signal },
  );
  await writeFile(join(folder, warningsFile), warningsOf(stderr).join('\n'));
  const [top, root] = await Promise.all(
    ['Vtop.h', 'Vtop___024root.h'].map((name) => readFile(join(verilated, name), 'utf8')),
  );
  const names = verilatedNames(kernel.manifest.kernel, top, root);
  const counters = profile ? profileView(kernel.manifest, names) : null;
  const glue = renderGlue(glueView(kernel.manifest, names, counters));
  const generated = readdirSync(verilated).filter((name) => name.endsWith('.cpp'));
  // One translation unit: the clock loop and the design are optimised together, and the headers of
  // Verilator, which cost more than most designs, are read once.
  const unit = [glue, ...generated.sort().map((name) => `#include "${name}"`), ''].join('\n');
  await writeFile(join(verilated, 'model.cpp'), unit);
  await runTool(
    tools.compiler,
    [
      ...compileFlags(trace),
      ...modelFlags(quick),
      `-I${verilated}`,
      `-I${harnessFolder()}`,
      `-I${tools.include}`,
      `-I${join(tools.include, 'vltstd')}`,
      ...['log-hook.hpp', 'wide-constants.hpp'].flatMap((name) => [
        '-include',
        join(harnessFolder(), name),
      ]),
      '-c',
      join(verilated, 'model.cpp'),
      '-o',
      join(verilated, 'model.o'),
    ],
    { signal },
  );
}

/**
 * Builds the Verilated model of a generated kernel as a shared library, in the store: the same Verilog,
 * harness, tools and machine give the library that is there already.
 * @throws TilewrightError `TOOL_MISSING`, `TOOL_FAILED`, `ARTEFACT_MISSING`, `ARTEFACT_CHANGED`,
 * `STORE_UNWRITABLE`, `DISK_FULL`, `ABORTED`.
 */
export async function buildModel(
  kernel: KernelArtefacts,
  options: BuildModelOptions = {},
): Promise<BuiltModel> {
  const { manifest } = kernel;
  if (!isAbsolute(kernel.folder)) throw new TypeError(`not an absolute folder: ${kernel.folder}`);
  const store = options.store ?? artefactStore();
  const { trace = false, profile = false, quick = false } = options;
  const sources = await verilogSources(kernel);
  const tools = await toolchain();
  const key = {
    kernel: manifest.kernel,
    sources,
    glue: renderGlue(
      glueView(manifest, { interrupt: '', fifos: [], watches: [], bits: new Set() }),
    ),
    streams: manifest.streams.map(({ name }) => name),
    processes: manifest.processes.map(({ name }) => name),
    visibility: [fifoVisibility, watchVisibility(manifest), watchMacro],
    ...(profile ? { profile: [profileMacro, profileVisibility(manifest)] } : {}),
    harness: harnessSources(),
    versions: tools.versions,
    flags: [verilatorFlags, compileFlags(trace), modelFlags(quick)],
    // -march=native: a cache that is shared over a network must not serve another processor.
    processor: [process.arch, cpus()[0]?.model ?? ''],
  };
  const variants = Object.entries({ trace, profile, quick }).filter(([, asked]) => asked);
  const name = [manifest.kernel, 'sim', ...variants.map(([variant]) => variant)].join('-');
  const { folder, cached } = await store.build(name, key, async (folder) => {
    options.onProgress?.(`building the simulation model of ${manifest.kernel}`);
    let runtime: readonly string[] = [];
    await together(
      options.signal,
      async (signal) => {
        runtime = await buildRuntime(tools, store, trace, signal);
      },
      (signal) => compileModel(kernel, sources, tools, folder, { trace, profile, quick }, signal),
    );
    const object = join(folder, 'verilated', 'model.o');
    const bind = process.platform === 'linux' ? ['-Wl,-Bsymbolic'] : [];
    const library = join(folder, 'model.so');
    await runTool(
      tools.compiler,
      [
        '-shared',
        ...bind,
        '-o',
        library,
        object,
        ...runtime,
        '-lpthread',
        ...(trace ? ['-lz'] : []),
      ],
      { signal: options.signal },
    );
    await rm(join(folder, 'verilated'), { recursive: true, force: true });
  });
  const warnings = await readFile(join(folder, warningsFile), 'utf8').catch(() => '');
  return {
    manifest,
    library: join(folder, 'model.so'),
    cached,
    warnings: warnings.split('\n').filter((line) => line !== ''),
  };
}
