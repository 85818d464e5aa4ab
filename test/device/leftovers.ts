import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const socketFolders = new Set<string>();

/** Command lines of living processes of emulations whose run folder lies in this process's TMPDIR. */
function processes(): readonly string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        if (/\) [ZX] /.test(stat)) return [];
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
        const folder = environment.find((one) => one.startsWith('SDACCEL_EM_RUN_DIR='));
        if (!folder?.includes(`=${tmpdir()}/tilewright-xrt-`)) return [];
        const user = environment.find((one) => one.startsWith('USER='))?.slice('USER='.length);
        if (user !== undefined) socketFolders.add(join('/tmp', user));
        return [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`];
      } catch {
        return [];
      }
    });
}

/**
 * What an emulation must not leave behind: processes, run folders, sockets, shared memory. Of those only that
 * keep their files in this process's TMPDIR, which a test sets for itself.
 */
export function leftovers(): readonly string[] {
  const folders = readdirSync(tmpdir()).filter((name) => name.startsWith('tilewright-xrt-'));
  const shared = readdirSync('/dev/shm').filter((name) => name.includes('tilewright'));
  return [
    ...processes(),
    ...folders.map((name) => join(tmpdir(), name)),
    ...[...socketFolders].filter((folder) => existsSync(folder)),
    ...shared,
  ];
}

/** Asks until it is so, for ten seconds at most. */
export async function eventually(holds: () => boolean): Promise<boolean> {
  const end = performance.now() + 10_000;
  while (!holds()) {
    if (performance.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return true;
}
