import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TilewrightError } from './errors.ts';

let cached: string | undefined;

/**
 * The folder of tilewright's own package.json: the checkout, or the installed package. Templates,
 * headers and kernel sources are read from below it, whether the code runs from source or from dist.
 */
export function packageRoot(): string {
  if (cached !== undefined) return cached;
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).name === 'tilewright') {
      cached = folder;
      return folder;
    }
    if (dirname(folder) === folder) {
      throw new TilewrightError('tilewright cannot find its own package.json', {
        code: 'PACKAGE_ROOT',
        hint: 'Reinstall the package: npm install tilewright.',
      });
    }
  }
}

/** Of tilewright's own package.json. */
export function packageVersion(): string {
  return String(JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')).version);
}
