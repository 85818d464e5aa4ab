import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readSource, resolveKernel, sourceFiles } from '../../codegen/index.ts';
import { type Manifest, manifestFormatVersion } from '../../codegen/package/manifest.ts';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { packageRoot } from '../../codegen/support/package-root.ts';
import { artefactStore } from '../../codegen/support/store.ts';
import type { BuiltKernel } from './built-kernel.ts';
import { compileBeside } from './compile-beside.ts';
import { compileInto, warningsFile } from './compile-into.ts';

let generator: string | undefined;

/** Hash of the code generator itself, so that a kernel built by another version is never used. */
export function generatorHash(): string {
  if (generator !== undefined) return generator;
  const hash = createHash('sha256');
  const add = (folder: string): void => {
    if (!existsSync(folder)) return;
    const entries = readdirSync(folder, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) add(path);
      else if (/\.(ts|mjs|hbs|v|h|hpp)$/.test(entry.name)) hash.update(readFileSync(path));
    }
  };
  add(join(packageRoot(), 'codegen'));
  // An installed package has its code in dist; a checkout runs from source.
  if (!existsSync(join(packageRoot(), 'codegen', 'index.ts'))) add(join(packageRoot(), 'dist'));
  generator = hash.digest('hex');
  return generator;
}

export interface BuildKernelOptions {
  /** Compiles in a process of its own, which takes its memory with it and a second longer. */
  readonly beside?: boolean | undefined;
  /** Ends that process. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Compiles a kernel, by name or file, into the artefact store; a kernel that was built before with the
 * same sources, parameters and generator is taken from there.
 */
export async function buildKernel(
  nameOrFile: string,
  parameters: Readonly<Record<string, number>> = {},
  { beside = false, signal }: BuildKernelOptions = {},
): Promise<BuiltKernel> {
  const sourceFile = resolveKernel(nameOrFile);
  const sources = sourceFiles(sourceFile).map(readSource);
  const key = { sources, parameters, generator: generatorHash() };
  const name = basename(sourceFile, '.ts').replaceAll(/[^A-Za-z0-9]/g, '_');
  const { folder } = await artefactStore().build(name, key, (temporary) =>
    beside
      ? compileBeside(temporary, sourceFile, parameters, signal)
      : compileInto(temporary, sourceFile, parameters),
  );
  const warnings = JSON.parse(readFileSync(join(folder, warningsFile), 'utf8'));
  return { folder, sourceFile, manifest: readManifest(folder), warnings };
}

/** The manifest of a folder that `generate` or `buildKernel` wrote. */
export function readManifest(folder: string): Manifest {
  const path = join(folder, 'manifest.json');
  let manifest: Manifest;
  try {
    manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  } catch (cause) {
    throw new TilewrightError(`${path} is missing or no manifest`, {
      code: 'MANIFEST',
      hint: 'Generate the kernel again: tilewright generate, or tilewright clean and build.',
      cause,
    });
  }
  if (manifest.formatVersion !== manifestFormatVersion) {
    throw new TilewrightError(
      `${path} has format version ${String(manifest.formatVersion)}; this tilewright reads ${manifestFormatVersion}`,
      { code: 'MANIFEST_VERSION', hint: 'Generate the kernel again with this version.' },
    );
  }
  return manifest;
}
