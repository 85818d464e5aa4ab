import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ComputeUnit, Platform } from '../../codegen/package/platform.ts';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { packageRoot } from '../../codegen/support/package-root.ts';
import { runTool, toolVersion } from '../../codegen/support/run-tool.ts';
import { type ArtefactStore, artefactStore } from '../../codegen/support/store.ts';
import { buildModel } from '../build-model.ts';
import { harnessFolder } from '../glue.ts';
import { describePlatform, type UnitModels } from './describe-platform.ts';

export interface BuildEmulatorOptions {
  /** By default the store of the checkout or of the user. */
  readonly store?: ArtefactStore | undefined;
  /**
   * Whether the package can write traces (`TILEWRIGHT_TRACE`), which takes a second model of each
   * kernel; by default it can.
   */
  readonly trace?: boolean | undefined;
  /** Builds the models without g++'s optimiser: built sooner, run slower. */
  readonly quick?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told when something has to be built, which takes seconds; silent when all is cached. */
  readonly onProgress?: ((step: string) => void) | undefined;
}

export interface BuiltEmulator {
  /** Absolute folder whose files go into the package's `behav_waveform/xsim`; all of them, and no others. */
  readonly folder: string;
  readonly cached: boolean;
}

const executable = 'tilewright-emulator';
const launchScript = 'launch_hw_emu.sh';
const platformFile = 'platform.txt';
const flags = ['-std=c++17', '-O2', '-Wall', '-Wextra'];
const own = () => join(packageRoot(), 'sim', 'emulation');

async function sourcesIn(folder: string): Promise<readonly (readonly [string, string])[]> {
  const names = (await readdir(folder)).filter((name) => /\.[ch]pp$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const),
  );
}

/** The device process itself, which is the same for every platform. */
async function buildExecutable(
  store: ArtefactStore,
  { signal, onProgress }: BuildEmulatorOptions,
): Promise<string> {
  const compiler = process.env['CXX'] || 'g++';
  const folders = [join(own(), 'cpp'), harnessFolder()];
  const key = {
    sources: await Promise.all(folders.map(sourcesIn)),
    flags,
    version: await toolVersion(compiler),
    arch: process.arch,
  };
  const { folder } = await store.build('emulator', key, async (to) => {
    onProgress?.('building the device process of the hardware emulation');
    const include = folders.map((one) => `-I${one}`);
    const args = [join(folders[0], 'emulator.cpp'), '-o', join(to, executable), '-ldl'];
    await runTool(compiler, [...flags, ...include, ...args], { signal });
  });
  return join(folder, executable);
}

interface Model {
  readonly file: string;
  /** Its name in the package. */
  readonly name: string;
}

/** The libraries that the package holds; units of one kernel share one. */
class ModelFiles {
  readonly files: Model[] = [];

  nameOf(library: string, name: string): string {
    const known = this.files.find(({ file }) => file === library);
    if (known !== undefined) return `./${known.name}`;
    // Kernels of one name that were built with other parameters are told apart by a number.
    const taken = (one: string) => this.files.some((other) => other.name === one);
    let free = `${name}.so`;
    for (let number = 2; taken(free); number += 1) free = `${name}-${number}.so`;
    this.files.push({ file: library, name: free });
    return `./${free}`;
  }
}

async function modelsOf(
  unit: ComputeUnit,
  files: ModelFiles,
  { store, signal, onProgress, trace = true, quick = false }: BuildEmulatorOptions,
): Promise<UnitModels> {
  const { kernel } = unit.manifest;
  const shared = { store, signal, onProgress };
  const { library } = await buildModel(unit, { ...shared, quick });
  // Traces are of short runs: what g++'s optimiser would take longer for than it gains.
  const traced = trace ? await buildModel(unit, { ...shared, trace, quick: true }) : undefined;
  return {
    library: files.nameOf(library, kernel),
    traceLibrary: traced === undefined ? '-' : files.nameOf(traced.library, `${kernel}-trace`),
  };
}

/**
 * Builds what XRT's hardware emulation starts for a platform: the launch script, the device process, and
 * the Verilated models of its kernels. Each lies in the store by itself, so that the same kernels
 * connected in another way are not compiled again.
 * @throws TilewrightError `HW_EMU_SYSTEM` anywhere but on Linux, `PLATFORM`, and as `buildModel`.
 */
export async function buildEmulator(
  platform: Platform,
  options: BuildEmulatorOptions = {},
): Promise<BuiltEmulator> {
  if (process.platform !== 'linux') {
    throw new TilewrightError(
      `XRT's hardware emulation runs on Linux, not on ${process.platform}`,
      {
        code: 'HW_EMU_SYSTEM',
        hint: 'Simulate the kernel with --device sim, or build in a Linux container.',
      },
    );
  }
  const store = options.store ?? artefactStore();
  const all = { ...options, store };
  const device = await buildExecutable(store, all);
  const files = new ModelFiles();
  const models: UnitModels[] = [];
  // One after another: each build has two compilers at work already.
  for (const unit of platform.computeUnits) models.push(await modelsOf(unit, files, all));
  const description = describePlatform(platform, models);
  const script = await readFile(join(own(), launchScript), 'utf8');
  const contents = [{ file: device, name: executable }, ...files.files];
  // A folder of the store is named after what went into it.
  const key = {
    description,
    script,
    files: contents.map(({ file, name }) => [name, basename(dirname(file))]),
  };
  const { folder, cached } = await store.build('hw_emu', key, async (to) => {
    const inside = join(to, 'xsim');
    await mkdir(inside);
    for (const { file, name } of contents) await copyFile(file, join(inside, name));
    await writeFile(join(inside, launchScript), script, { mode: 0o755 });
    await writeFile(join(inside, platformFile), description);
  });
  return { folder: join(folder, 'xsim'), cached };
}
