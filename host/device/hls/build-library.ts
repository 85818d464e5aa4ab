import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Manifest } from '../../../codegen/package/manifest.ts';
import { packageRoot } from '../../../codegen/support/package-root.ts';
import { renderTemplate } from '../../../codegen/support/render-template.ts';
import type { BuiltKernel } from '../built-kernel.ts';
import { argumentWords } from '../library/argument-words.ts';
import { compileKernel, kernelSource } from '../library/kernel-source.ts';

/** Generated pragmas are for Vitis. */
const warnings = ['-Wextra', '-Wno-unknown-pragmas', '-Wno-unused-label'];

async function headers(): Promise<Readonly<Record<string, string>>> {
  const folder = join(packageRoot(), 'codegen', 'backends', 'hls-cpp', 'include');
  const files = (await readdir(folder)).filter((file) => file.endsWith('.h')).sort();
  return Object.fromEntries(
    await Promise.all(
      files.map(async (file) => [file, await readFile(join(folder, file), 'utf8')] as const),
    ),
  );
}

function shim(manifest: Manifest, file: string): string {
  const places = argumentWords(manifest);
  const memories = manifest.arguments.flatMap((one, at) => {
    if (one.kind !== 'memory') return [];
    const port = manifest.ports.find(({ name }) => name === one.port);
    const { dataBits: bits = 512, outstanding = 1 } = port ?? {};
    return [{ name: one.name, index: at, word: places[at], bits, outstanding }];
  });
  const call = manifest.arguments.map((one, at) => {
    if (one.kind === 'memory') return `port${at}`;
    const { signed, width } = one.type;
    return `ap_${signed ? '' : 'u'}int<${width}>(arguments[${places[at]}])`;
  });
  return renderTemplate('host/device/hls/shim.cpp.hbs', {
    ...{ kernel: manifest.kernel, file, memories, call: call.join(', ') },
  });
}

export interface HlsOptions {
  /** Builds without the optimiser: built sooner, runs slower. For a library that runs for a moment. */
  readonly quick?: boolean | undefined;
}

/**
 * Compiles the kernel's HLS C++ with g++ into a shared library; the artefact store keeps it.
 * @returns the library's absolute path.
 * @throws TilewrightError `NATIVE_NO_SOURCE`, `NATIVE_COMPILE`, `TOOL_MISSING`, `STORE_UNWRITABLE`.
 */
export async function buildHlsLibrary(
  built: BuiltKernel,
  { quick = false }: HlsOptions = {},
): Promise<string> {
  const { manifest } = built;
  const { path, text } = await kernelSource(built, 'hls-cpp', 'HLS C++');
  const file = basename(path);
  return compileKernel(path, {
    name: `hls-${manifest.kernel}`,
    files: { 'shim.cpp': shim(manifest, file), [file]: text, ...(await headers()) },
    flags: warnings,
    ...(quick ? { optimisation: ['-O0'] } : {}),
  });
}
