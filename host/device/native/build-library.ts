import { readdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { basename, join } from 'node:path';
import type { Manifest } from '../../../codegen/package/manifest.ts';
import { TilewrightError } from '../../../codegen/support/errors.ts';
import { packageRoot } from '../../../codegen/support/package-root.ts';
import { renderTemplate } from '../../../codegen/support/render-template.ts';
import { runTool, toolVersion } from '../../../codegen/support/run-tool.ts';
import { artefactStore } from '../../../codegen/support/store.ts';
import type { BuiltKernel } from '../built-kernel.ts';

/**
 * Optimised for this machine's processor, hence its model in the artefact's key. `-ffast-math` and the
 * like have no place here: results are exact.
 */
const optimised = ['-O3', '-march=native'];
const flags = ['-std=c++17', '-fPIC', '-shared', '-fvisibility=hidden'];
/** The first error says most; generated pragmas are for Vitis. */
const warnings = [
  '-fmax-errors=3',
  '-Wall',
  '-Wextra',
  '-Wno-unknown-pragmas',
  '-Wno-unused-label',
];

const libraryFile = 'kernel.so';

function includeFolder(): string {
  return join(packageRoot(), 'codegen', 'backends', 'hls-cpp', 'include');
}

async function headers(): Promise<readonly string[]> {
  const folder = includeFolder();
  const files = (await readdir(folder)).filter((file) => file.endsWith('.h')).sort();
  return Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
}

function shim(manifest: Manifest, file: string): string {
  const memories = manifest.arguments.filter((one) => one.kind === 'memory');
  const scalars = manifest.arguments.filter((one) => one.kind === 'scalar');
  const call = manifest.arguments.map((argument) => {
    if (argument.kind === 'memory') return `port${memories.indexOf(argument)}`;
    const { signed, width } = argument.type;
    return `ap_${signed ? '' : 'u'}int<${width}>(scalar${scalars.indexOf(argument)})`;
  });
  const portOf = (port: string) => manifest.ports.find(({ name }) => name === port);
  return renderTemplate('host/device/native/shim.cpp.hbs', {
    kernel: manifest.kernel,
    file,
    memories: memories.map(({ name, port }, index) => ({
      name,
      index,
      bits: portOf(port)?.dataBits ?? 512,
      outstanding: portOf(port)?.outstanding ?? 1,
    })),
    scalars: scalars.map(({ name }, index) => ({ name, index })),
    call: call.join(', '),
  });
}

export interface NativeOptions {
  /** Builds without the optimiser: built sooner, runs slower. For a library that runs for a moment. */
  readonly quick?: boolean | undefined;
}

/**
 * Compiles the kernel's HLS C++ with g++ into a shared library; the artefact store keeps it.
 * @returns the library's absolute path.
 * @throws TilewrightError `NATIVE_NO_SOURCE`, `NATIVE_COMPILE`, `TOOL_MISSING`, `STORE_UNWRITABLE`.
 */
export async function buildNativeLibrary(
  built: BuiltKernel,
  { quick = false }: NativeOptions = {},
): Promise<string> {
  const { manifest } = built;
  const allFlags = [...flags, ...(quick ? ['-O0'] : optimised)];
  const artefact = manifest.artefacts.find(({ kind }) => kind === 'hls-cpp');
  if (artefact === undefined) {
    throw new TilewrightError(`the built kernel ${manifest.kernel} has no HLS C++`, {
      code: 'NATIVE_NO_SOURCE',
      hint: 'Build it again with: tilewright build.',
    });
  }
  const path = join(built.folder, artefact.path);
  const source = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new TilewrightError(`cannot read ${path}`, {
      code: 'NATIVE_NO_SOURCE',
      hint: `Build ${manifest.kernel} again with: tilewright build.`,
      cause: error,
    });
  });
  const file = basename(path);
  const door = shim(manifest, file);
  const key = {
    source,
    door,
    headers: await headers(),
    flags: allFlags,
    compiler: await toolVersion('g++'),
    processor: `${process.arch} ${cpus()[0]?.model ?? ''}`,
  };
  const { folder } = await artefactStore().build(`native-${manifest.kernel}`, key, async (to) => {
    await writeFile(join(to, file), source);
    await writeFile(join(to, 'shim.cpp'), door);
    const output = ['-I', includeFolder(), 'shim.cpp', '-o', libraryFile];
    await runTool('g++', [...allFlags, ...warnings, ...output], { cwd: to }).catch(
      (error: unknown) => {
        if (!(error instanceof TilewrightError) || error.code !== 'TOOL_FAILED') throw error;
        throw new TilewrightError(`g++ does not compile ${path}\n${error.message}`, {
          code: 'NATIVE_COMPILE',
          hint: 'If the file is as tilewright wrote it, this is a bug: please report the kernel.',
          cause: error,
        });
      },
    );
  });
  return join(folder, libraryFile);
}
