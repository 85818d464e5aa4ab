import type { Manifest } from '../../../codegen/package/manifest.ts';

/** Where each argument begins among the words that a compiled kernel takes: two for a memory, one for a scalar. */
export function argumentWords(manifest: Manifest): readonly number[] {
  let next = 0;
  return manifest.arguments.map(({ kind }) => {
    const at = next;
    next += kind === 'memory' ? 2 : 1;
    return at;
  });
}

export function argumentWordCount(manifest: Manifest): number {
  return manifest.arguments.reduce((sum, { kind }) => sum + (kind === 'memory' ? 2 : 1), 0);
}
