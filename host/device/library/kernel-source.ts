import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ManifestArtefact } from '../../../codegen/package/manifest.ts';
import { TilewrightError } from '../../../codegen/support/errors.ts';
import type { BuiltKernel } from '../built-kernel.ts';
import { compileLibrary, type LibrarySource } from './compile-library.ts';

/**
 * The emitted file of a kind.
 * @param name of the language, for messages.
 * @throws TilewrightError `NATIVE_NO_SOURCE`.
 */
export async function kernelSource(
  { manifest, folder }: BuiltKernel,
  kind: ManifestArtefact['kind'],
  name: string,
): Promise<{ readonly path: string; readonly text: string }> {
  const artefact = manifest.artefacts.find((one) => one.kind === kind);
  if (artefact === undefined) {
    throw new TilewrightError(`the built kernel ${manifest.kernel} has no ${name}`, {
      code: 'NATIVE_NO_SOURCE',
      hint: 'Build it again with: tilewright build.',
    });
  }
  const path = join(folder, artefact.path);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new TilewrightError(`cannot read ${path}`, {
      code: 'NATIVE_NO_SOURCE',
      hint: `Build ${manifest.kernel} again with: tilewright build.`,
      cause,
    });
  });
  return { path, text };
}

/**
 * `compileLibrary` for what a back end emitted.
 * @param path of the emitted file, for messages.
 * @throws TilewrightError `NATIVE_COMPILE`, `TOOL_MISSING`, `STORE_UNWRITABLE`.
 */
export async function compileKernel(path: string, source: LibrarySource): Promise<string> {
  return compileLibrary(source).catch((error: unknown) => {
    if (!(error instanceof TilewrightError) || error.code !== 'TOOL_FAILED') throw error;
    throw new TilewrightError(`g++ does not compile ${path}\n${error.message}`, {
      code: 'NATIVE_COMPILE',
      hint: 'If the file is as tilewright wrote it, this is a bug: please report the kernel.',
      cause: error,
    });
  });
}
