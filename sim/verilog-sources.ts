import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '../codegen/package/manifest.ts';
import { TilewrightError } from '../codegen/support/errors.ts';
import { contentHash } from '../codegen/support/store.ts';

/** What a tool that reads Verilog needs to know of a generated kernel. */
export interface KernelArtefacts {
  readonly manifest: Manifest;
  /** Absolute folder of manifest.json and of the artefacts that it lists. */
  readonly folder: string;
}

/** A file as the manifest names it, and what it holds. */
export interface SourceText {
  readonly path: string;
  readonly text: string;
}

/**
 * The kernel's Verilog, proven to be what the manifest was written for.
 * @throws TilewrightError `ARTEFACT_MISSING`, `ARTEFACT_CHANGED`.
 */
export async function verilogSources({
  manifest,
  folder,
}: KernelArtefacts): Promise<readonly SourceText[]> {
  const sources = await Promise.all(
    manifest.artefacts
      .filter(({ kind }) => kind === 'verilog')
      .map(async ({ path, sha256 }) => {
        const text = await readFile(join(folder, path), 'utf8').catch((error: Error) => {
          throw new TilewrightError(`cannot read ${join(folder, path)}: ${error.message}`, {
            code: 'ARTEFACT_MISSING',
            hint: `Generate it again: tilewright generate ${manifest.kernel} --out ${folder}`,
            cause: error,
          });
        });
        if (contentHash(text) !== sha256) {
          throw new TilewrightError(
            `${join(folder, path)} is not the file that manifest.json lists (its SHA-256 differs)`,
            {
              code: 'ARTEFACT_CHANGED',
              hint: `Generate it again: tilewright generate ${manifest.kernel} --out ${folder}`,
            },
          );
        }
        return { path, text };
      }),
  );
  if (sources.length > 0) return sources;
  throw new TilewrightError(`the manifest of ${manifest.kernel} in ${folder} lists no Verilog`, {
    code: 'ARTEFACT_MISSING',
    hint: 'Generate the kernel with its Verilog back end.',
  });
}
