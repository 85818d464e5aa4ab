import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Parent of each process, by process id. */
function parents(): Map<number, number> {
  const found = new Map<number, number>();
  if (process.platform === 'linux') {
    for (const entry of readdirSync('/proc')) {
      if (!/^\d+$/.test(entry)) continue;
      try {
        const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
        // pid (name) state ppid …; a name may hold spaces and parentheses.
        const parent = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
        found.set(Number(entry), Number(parent));
      } catch {
        // It ended meanwhile.
      }
    }
    return found;
  }
  for (const line of execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).split(
    '\n',
  )) {
    const [pid, parent] = line.trim().split(/\s+/).map(Number);
    if (pid) found.set(pid, parent);
  }
  return found;
}

/**
 * Kills a process and everything that it started. A compiler's driver that is killed alone leaves the
 * compiler proper running, with our pipe in its hands.
 */
export function killTree(root: number): void {
  const parentOf = parents();
  const doomed = [root];
  for (const pid of doomed) {
    for (const [child, parent] of parentOf) if (parent === pid) doomed.push(child);
  }
  for (const pid of doomed) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended meanwhile.
    }
  }
}
