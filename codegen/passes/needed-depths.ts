import type { KernelIR, Process, Stmt } from '../ir/ir.ts';
import type { Schedule, ScheduledProcess } from '../ir/scheduled.ts';

export interface NeededDepth {
  /** Elements that the stream must hold so that neither end waits for it. */
  readonly depth: number;
  /** What needs them, as a clause after `and`. */
  readonly because: string;
  /** The other way from its producer to its consumer, a line each. */
  readonly path: readonly string[];
}

/** A way of elements from one process to another, one for one, and the cycles that it takes. */
interface Way {
  readonly process: string;
  /** Last access: what the element arrives by. */
  readonly arrives: string;
  readonly cycles: number;
  readonly path: readonly string[];
}

/** Cycles from the write to the read of an empty FIFO. */
const hop = 2;

/**
 * Streams beside which the same elements take a longer way: through other processes' pipelines, or through
 * a memory. Until those arrive, the stream holds what was sent meanwhile. Only ways on which each process
 * does one access for one other, in one list of statements, are counted: of others nothing is known.
 */
export function neededDepths(
  kernel: KernelIR,
  schedule: Schedule,
): ReadonlyMap<string, NeededDepth> {
  const sites = new Map(kernel.processes.map((one) => [one.name, accessSites(one)]));
  const needed = new Map<string, NeededDepth>();
  const note = (stream: string, one: NeededDepth) => {
    if ((needed.get(stream)?.depth ?? 0) < one.depth) needed.set(stream, one);
  };
  for (const stream of kernel.streams) {
    const written = `write ${stream.name}`;
    const read = `read ${stream.name}`;
    const from = [...sites].find(([, known]) => known.has(written))?.[0];
    const to = [...sites].find(([, known]) => known.has(read))?.[0];
    const first = from === undefined ? undefined : schedule.get(from);
    const last = to === undefined ? undefined : schedule.get(to);
    if (from === undefined || to === undefined || !first || !last) continue;
    const interval = intervalOf(first, written);
    const walk = (way: Way, seen: readonly string[]): void => {
      const known = sites.get(way.process);
      const scheduled = schedule.get(way.process);
      if (known === undefined || scheduled === undefined) return;
      const stageOf = (access: string) => scheduled.accessStage.get(access) ?? 0;
      for (const access of partners(known, way.arrives)) {
        const [kind, name] = access.split(' ');
        const line = `${way.process}: ${kind}() of ${name} in stage ${stageOf(access)}`;
        if (kind === 'request' && sites.get(to)?.has(`receive ${name}`)) {
          const memory = kernel.memories.find((one) => one.name === name);
          if (memory === undefined || memory.direction !== 'read') continue;
          const because = `the memory ${name}, whose answers ${to} receives beside it, keeps ${memory.outstanding} bursts in flight`;
          note(stream.name, {
            depth: memory.outstanding,
            because,
            path: [...way.path, line, `${to}: receive() of ${name}`],
          });
        }
        if (kind !== 'write' || access === written) continue;
        const next = [...sites].find(([, one]) => one.has(`read ${name}`))?.[0];
        if (next === undefined || seen.includes(next)) continue;
        const cycles = way.cycles + stageOf(access) - stageOf(way.arrives) + hop;
        if (next === to) {
          if (!partners(sites.get(to), `read ${name}`).includes(read)) continue;
          const late =
            (last.accessStage.get(read) ?? 0) - (last.accessStage.get(`read ${name}`) ?? 0);
          const wait = cycles + late - hop;
          if (wait <= 0) continue;
          note(stream.name, {
            depth: Math.ceil(wait / interval) + 1,
            because: `its elements wait ${wait} cycles for those that take the way through ${name}`,
            path: [...way.path, line, `${to}: read() of ${name}`],
          });
          continue;
        }
        const onward = {
          process: next,
          arrives: `read ${name}`,
          cycles,
          path: [...way.path, line],
        };
        walk(onward, [...seen, next]);
      }
    };
    // The way begins where the element goes into the stream itself.
    walk({ process: from, arrives: written, cycles: 0, path: [] }, [from]);
  }
  return needed;
}

/** Elements to spare: block RAM shows a word a cycle later, and stalls come in bursts. */
const spare = 2;

/** The kernel with deeper streams where the source states no depth and the schedule asks for more. */
export function deepenStreams(
  kernel: KernelIR,
  schedule: Schedule,
  stated: ReadonlyMap<string, number>,
): KernelIR {
  const needed = neededDepths(kernel, schedule);
  const streams = kernel.streams.map((stream) => {
    const need = needed.get(stream.name)?.depth ?? 0;
    if ((stated.get(stream.name) ?? 0) > 0 || need === 0) return stream;
    return { ...stream, depth: Math.max(stream.depth, need + spare) };
  });
  return { ...kernel, streams };
}

/** Statement lists in which a process does each access; one entry where the source has it once. */
function accessSites(process: Process): ReadonlyMap<string, readonly (readonly Stmt[])[]> {
  const found = new Map<string, (readonly Stmt[])[]>();
  const walk = (list: readonly Stmt[]): void => {
    for (const one of list) {
      if (one.kind === 'if') {
        walk(one.then);
        walk(one.else);
      } else if (one.kind === 'loop') walk(one.body);
      else {
        const name = 'stream' in one ? one.stream : 'memory' in one ? one.memory : undefined;
        if (name === undefined) continue;
        const key = `${one.kind} ${name}`;
        found.set(key, [...(found.get(key) ?? []), list]);
      }
    }
  };
  walk(process.body);
  return found;
}

/** Accesses that happen exactly as often as this one, since they stand beside it. */
function partners(
  sites: ReturnType<typeof accessSites> | undefined,
  access: string,
): readonly string[] {
  const own = sites?.get(access);
  if (sites === undefined || own?.length !== 1) return [];
  return [...sites]
    .filter(([key, lists]) => key !== access && lists.length === 1 && lists[0] === own[0])
    .map(([key]) => key);
}

/** Cycles between two elements that the process writes at best. */
function intervalOf(scheduled: ScheduledProcess, access: string): number {
  const at = scheduled.blocks.blocks.findIndex((block) =>
    block.ops.some((op) => `${op.kind} ${op.resource}` === access),
  );
  return scheduled.ii[at] ?? 1;
}
