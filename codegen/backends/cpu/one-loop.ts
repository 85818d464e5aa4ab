import { cast } from '../../ir/build.ts';
import type {
  AssignStmt,
  KernelIR,
  LoopStmt,
  Process,
  ReadStmt,
  Stmt,
  Stream,
  WriteStmt,
} from '../../ir/ir.ts';
import { allStatements, mapStatements } from '../../ir/visit.ts';
import { accessOf } from '../c-coroutines/segments.ts';

/** A process that is one loop, and what it assigns before. */
export interface OneLoop {
  readonly process: Process;
  readonly before: readonly AssignStmt[];
  readonly loop: LoopStmt;
}

/**
 * Undefined for other processes, and for those that print: that has a place among what the others print, and two
 * processes that become one would get one place.
 */
function oneLoopOf(process: Process): OneLoop | undefined {
  const { body } = process;
  const loop = body.at(-1);
  const before = body.slice(0, -1);
  if (loop?.kind !== 'loop' || !before.every(isAssign)) return undefined;
  const all = [...allStatements(body)];
  if (all.some(({ kind }) => kind === 'print' || kind === 'assert')) return undefined;
  if (all.some((stmt) => stmt.kind === 'loop' && stmt !== loop)) return undefined;
  return { process, before, loop };
}

/** Two processes, and where the first hands one element to the second in each of its turns. */
export interface HandedOn {
  readonly first: OneLoop;
  readonly second: OneLoop;
  readonly write: WriteStmt;
}

/**
 * Those at the ends of a stream, where the second could take what the first would write to it: nothing else leaves the
 * first, so that it may wait as long as the second does.
 */
export function handedOn(kernel: KernelIR, stream: Stream): HandedOn | undefined {
  const users = kernel.processes.filter(({ body }) =>
    [...allStatements(body)].some((stmt) => accessOf(stmt)?.name === stream.name),
  );
  const [first, second] = users.map(oneLoopOf);
  if (users.length !== 2 || first === undefined || second === undefined) return undefined;
  const write = first.loop.body.find(
    (stmt) => stmt.kind === 'write' && stmt.stream === stream.name,
  );
  if (write?.kind !== 'write' || readOf(second.loop, stream) === undefined) return undefined;
  if (second.process.arrays.length > 0) return undefined;
  if (!feedsOnly(kernel, first, stream) || times(second, stream.name) > 1) return undefined;
  return { first, second, write };
}

/** Where each turn of a loop takes an element of a stream. */
function readOf(loop: LoopStmt, stream: Stream): ReadStmt | undefined {
  const read = loop.body.find((stmt) => stmt.kind === 'read' && stmt.stream === stream.name);
  return read?.kind === 'read' ? read : undefined;
}

/** A turn of the first loop and one of the other, as renamed; undefined where that takes nothing in each turn. */
export function bothTurns(
  { first, write }: HandedOn,
  other: LoopStmt,
  stream: Stream,
): Stmt[] | undefined {
  const taken = readOf(other, stream);
  if (taken === undefined) return undefined;
  const given = handing(write, taken, stream);
  return [
    ...mapStatements(first.loop.body, (stmt) => (stmt === write ? given : [stmt])),
    ...other.body.filter((stmt) => stmt !== taken),
  ];
}

/** The kernel with one process instead of two, at the place of the second. */
export function oneInstead(
  kernel: KernelIR,
  { first, second }: HandedOn,
  one: Pick<Process, 'variables' | 'body'>,
): KernelIR {
  const { process } = second;
  const name = `${first.process.name}_${process.name}`;
  const fused: Process = { ...process, name, arrays: first.process.arrays, ...one };
  return {
    ...kernel,
    processes: kernel.processes
      .filter((each) => each !== first.process)
      .map((each) => (each === process ? fused : each)),
  };
}

/** What stands for a write and the read of what it wrote. */
function handing(write: WriteStmt, read: ReadStmt, stream: Stream): AssignStmt[] {
  return read.into.flatMap((variable, at): AssignStmt[] => {
    if (variable === undefined) return [];
    const value = cast(write.values[at], stream.fields[at].type);
    return [{ kind: 'assign', variable, value, ...(write.span && { span: write.span }) }];
  });
}

/** The kernel's streams when what a stream held waits in those that the process before it reads. */
export function deepened(
  kernel: KernelIR,
  { first }: HandedOn,
  stream: Stream,
): KernelIR['streams'] {
  const inputs = new Set(
    [...allStatements(first.process.body)].flatMap((stmt) =>
      stmt.kind === 'read' ? [stmt.stream] : [],
    ),
  );
  return kernel.streams.map((one) =>
    inputs.has(one.name) ? { ...one, depth: one.depth + stream.depth } : one,
  );
}

function isAssign(stmt: Stmt): stmt is AssignStmt {
  return stmt.kind === 'assign';
}

function times({ process }: OneLoop, name: string): number {
  return [...allStatements(process.body)].filter((stmt) => accessOf(stmt)?.name === name).length;
}

/** Whether a process does nothing for others but write to the stream, and takes at most one of anything a turn. */
function feedsOnly(kernel: KernelIR, one: OneLoop, stream: Stream): boolean {
  const accesses = [...allStatements(one.process.body)].flatMap((stmt) => accessOf(stmt) ?? []);
  return accesses.every(({ access, name }) => {
    if (times(one, name) > 1) return false;
    if (access === 'write') return name === stream.name;
    if (access === 'read') return true;
    const memory = kernel.memories.find((each) => each.name === name);
    // Requests wait in a queue that has room for twice as many.
    return access === 'receive' && memory !== undefined && stream.depth <= memory.outstanding;
  });
}
