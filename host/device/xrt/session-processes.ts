import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

interface ProcessFacts {
  readonly state: string;
  readonly session: number;
}

function factsOf(pid: number): ProcessFacts | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // pid (name) state ppid pgrp session …; a name may hold spaces and parentheses.
    const [state = '', , , session = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state, session: Number(session) };
  } catch {
    return undefined;
  }
}

/** Neither gone nor a zombie that nobody has waited for. */
export function isAlive(pid: number): boolean {
  const state = factsOf(pid)?.state;
  return state !== undefined && state !== 'Z' && state !== 'X';
}

/** Living processes of a session, its leader included. */
export function sessionProcesses(session: number): readonly number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => factsOf(pid)?.session === session && isAlive(pid));
}

/** Of a session, what works in a folder or below it: a simulator runs where its files were unpacked. */
export function workingIn(session: number, folder: string): readonly number[] {
  return sessionProcesses(session).filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`).startsWith(`${folder}/`);
    } catch {
      return false;
    }
  });
}

/** Ends processes without asking them. */
function end(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended meanwhile.
    }
  }
}

/** Ends a session and all that it started; one that this process belongs to it leaves alone. */
export function killSession(session: number): void {
  // Again, because a process may fork while it is being ended.
  for (let turn = 0; turn < 10; turn++) {
    const left = sessionProcesses(session).filter((pid) => pid !== process.pid);
    if (left.length === 0) return;
    end(left);
  }
}
