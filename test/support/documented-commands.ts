import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../codegen/support/package-root.ts';

/** The commands in the `sh` blocks of a document, one a line, continued lines joined, comments left out. */
export function commandLines(document: string): string[] {
  const text = readFileSync(join(packageRoot(), document), 'utf8');
  return [...text.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block]) =>
    block
      .replaceAll('\\\n', ' ')
      .split('\n')
      .map((raw) => raw.replace(/\s+#.*$/, '').trim())
      .filter((line) => line !== '' && !line.startsWith('#')),
  );
}
