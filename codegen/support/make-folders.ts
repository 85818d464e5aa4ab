import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder, and those that it lies in. Node's own `recursive` never comes back where the system says of a
 * name in a folder that is there that it does not exist (below `/proc`, or where homes are mounted on demand), and
 * says so itself of what is read-only.
 * @throws the error of the first folder that cannot be made.
 */
export function makeFolders(path: string): void {
  const folder = resolve(path);
  const above = dirname(folder);
  try {
    mkdirSync(folder);
  } catch (error) {
    // Perhaps somebody else made it meanwhile.
    if (isFolder(folder)) return;
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || isFolder(above)) throw error;
    makeFolders(above);
    makeFolders(folder);
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
