import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';

/** Whether two paths stand for one file, through symbolic links, whether or not it is there. */
export function sameFile(a: string, b: string): boolean {
  return behind(a) === behind(b);
}

function behind(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
