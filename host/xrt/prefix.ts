import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { packageRoot } from '../../codegen/support/package-root.ts';
import { runTool, toolMissing, toolVersion } from '../../codegen/support/run-tool.ts';
import { artefactStore, contentHash } from '../../codegen/support/store.ts';
import { type FoundXrt, findXrt } from './find-xrt.ts';

/** What was wrong with the shim and is repaired in memory when it is loaded. */
export type ShimRepair = 'heap' | 'sleeps' | 'spinning';

/** The folder that XRT calls XILINX_XRT: its `lib` has the shims of every mode. */
export interface XrtPrefix {
  readonly folder: string;
  readonly xrt: FoundXrt;
  /** True when the folder is XRT's own, or the one that the user chose: it is used as it is. */
  readonly foreign: boolean;
  readonly repairs: readonly ShimRepair[];
}

const shimFile = 'libxrt_hwemu.so.2';
const repairsFile = 'repairs.json';
const flags = ['-std=c++17', '-O2', '-fPIC', '-shared', '-Wall', '-Wextra'];

function chosenFolder(environment: NodeJS.ProcessEnv): string | undefined {
  const chosen = environment['XILINX_XRT'];
  if (chosen !== undefined && chosen !== '') return chosen;
  return existsSync('/opt/xilinx/xrt/lib') ? '/opt/xilinx/xrt' : undefined;
}

function source(name: string): string {
  return join(packageRoot(), 'host', 'xrt', 'shim', name);
}

/** What the wrapper says that it repaired, when it is loaded as XRT loads a shim. */
async function probe(folder: string, library: string): Promise<readonly ShimRepair[]> {
  const program = join(folder, 'probe');
  await runTool('g++', [source('probe.cpp'), '-o', program, '-ldl']);
  const env = { XILINX_XRT: folder, XCL_EMULATION_MODE: 'hw_emu' };
  const { stdout } = await runTool(program, [library], { env }).finally(() =>
    rm(program, { force: true }),
  );
  const bits = Number(stdout.trim());
  return (['heap', 'sleeps', 'spinning'] as const).filter((_, at) => (bits >> at) & 1);
}

/** Links to all of an XRT's libraries, and the wrapper in the place of the shim that it repairs. */
async function fill(folder: string, xrt: FoundXrt): Promise<void> {
  const lib = join(folder, 'lib');
  await mkdir(lib);
  for (const name of readdirSync(xrt.folder)) {
    if (!/^lib(xrt|xdp|xilinx|sched)[\w+-]*\.so/.test(name)) continue;
    await symlink(join(xrt.folder, name), join(lib, name));
  }
  const module = join(xrt.folder, 'xrt');
  if (existsSync(module)) await symlink(module, join(lib, 'xrt'));
  const shim = join(xrt.folder, shimFile);
  let repairs: readonly ShimRepair[] = [];
  if (existsSync(shim)) {
    // The linker takes what to need from the library's own name, which is the wrapper's as well: hence a
    // stand-in whose name is the path.
    const standIn = join(folder, 'stand-in.so');
    const wrapper = join(folder, 'wrapper.so');
    await runTool('g++', [
      '-shared',
      '-x',
      'c++',
      '/dev/null',
      '-o',
      standIn,
      `-Wl,-soname,${shim}`,
    ]);
    await runTool('g++', [
      ...[...flags, `-DTILEWRIGHT_SHIM="${shim}"`, source('hwemu-shim.cpp'), '-o', wrapper],
      ...['-Wl,--no-as-needed', standIn, '-Wl,--as-needed', '-ldl', '-lpthread'],
    ]);
    repairs = await probe(folder, wrapper);
    // A shim in which nothing was known is not wrapped at all.
    if (repairs.length > 0) {
      await rm(join(lib, shimFile));
      await copyFile(wrapper, join(lib, shimFile));
    }
    await Promise.all([standIn, wrapper].map((path) => rm(path, { force: true })));
  }
  await writeFile(join(folder, repairsFile), `${JSON.stringify(repairs)}\n`);
}

/**
 * The folder for XILINX_XRT. One that is set, and AMD's own in /opt/xilinx/xrt, is taken as it is. Debian
 * has none: it is made in the artefact store, of links to Debian's libraries, with a hardware-emulation
 * shim whose faults are repaired when it is loaded.
 * @throws TilewrightError `XRT_MISSING`, `TOOL_MISSING`, `TOOL_FAILED`, `STORE_UNWRITABLE`.
 */
export async function xrtPrefix(environment: NodeJS.ProcessEnv = process.env): Promise<XrtPrefix> {
  const chosen = chosenFolder(environment);
  const xrt = findXrt(environment);
  if (chosen !== undefined) {
    if (!existsSync(join(chosen, 'lib', 'libxrt_core.so.2')) || xrt === undefined) {
      throw new TilewrightError(`XILINX_XRT is ${chosen}, which holds no XRT`, {
        code: 'XRT_MISSING',
        hint: 'Unset it to use the XRT of the system, or set it to the folder whose lib has libxrt_core.so.2.',
      });
    }
    const own = join(chosen, repairsFile);
    const repairs = existsSync(own) ? JSON.parse(readFileSync(own, 'utf8')) : [];
    return { folder: chosen, xrt, foreign: !existsSync(own), repairs };
  }
  if (xrt === undefined) throw xrtMissing();
  const shim = join(xrt.folder, shimFile);
  const texts = await Promise.all(
    ['hwemu-shim.cpp', 'probe.cpp'].map((name) => readFile(source(name), 'utf8')),
  );
  const key = {
    xrt,
    libraries: readdirSync(xrt.folder).filter((name) => /^lib(xrt|xdp|xilinx|sched)/.test(name)),
    shim: existsSync(shim) ? contentHash(readFileSync(shim).toString('latin1')) : '',
    texts,
    flags,
    compiler: await toolVersion('g++'),
  };
  const { folder } = await artefactStore().build('xrt', key, (temporary) => fill(temporary, xrt));
  const repairs = JSON.parse(readFileSync(join(folder, repairsFile), 'utf8'));
  return { folder, xrt, foreign: false, repairs };
}

/** The refusal where there is no XRT. */
export function xrtMissing(): TilewrightError {
  const { message } = toolMissing('XRT');
  return new TilewrightError(message, {
    code: 'XRT_MISSING',
    hint: 'The devices golden, native, hls, sim and opencl work without it.',
  });
}
