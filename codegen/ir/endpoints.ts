import type { KernelIR } from './ir.ts';
import { allStatements } from './visit.ts';

/** What each process does at a stream or memory: `write lists`, `request features`, … */
export type Access = 'read' | 'write' | 'request' | 'receive' | 'send' | 'response';

/** Processes by access and resource: `endpoints(kernel).get('receive features')`. */
export function endpoints(kernel: KernelIR): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const process of kernel.processes) {
    for (const one of allStatements(process.body)) {
      let key: string;
      if (one.kind === 'read' || one.kind === 'write') key = `${one.kind} ${one.stream}`;
      else if (
        one.kind === 'request' ||
        one.kind === 'receive' ||
        one.kind === 'send' ||
        one.kind === 'response'
      ) {
        key = `${one.kind} ${one.memory}`;
      } else continue;
      const set = found.get(key) ?? new Set<string>();
      set.add(process.name);
      found.set(key, set);
    }
  }
  return found;
}
