import { cast } from '../../ir/build.ts';
import { Interner } from '../../ir/intern.ts';
import type { AssignStmt, Expr, KernelIR, LoopStmt, Process, Stmt, Stream } from '../../ir/ir.ts';
import { mapExpr, mapExpressions } from '../../ir/rewrite.ts';
import { UniqueNames } from '../../ir/unique-names.ts';
import { allStatements, definedBy, mapStatements } from '../../ir/visit.ts';
import { accessOf } from '../c-coroutines/segments.ts';

/** A process that is one loop, and what it assigns before. */
interface Looping {
  readonly process: Process;
  readonly before: readonly AssignStmt[];
  readonly loop: LoopStmt;
  /** What counts its turns. */
  readonly counter: string;
}

/**
 * Makes one process of two where the first hands one element to the second in each turn, both have as many turns, and
 * nothing else leaves the first: a turn of it and one of the other are a turn of both, and the stream between them is
 * gone.
 *
 * Nobody waits longer for it: whatever the second waits for does not depend on the first, and what the stream held
 * may wait in the streams that the first reads.
 */
export function fuseProcesses(kernel: KernelIR): KernelIR {
  for (const stream of kernel.streams) {
    const fused = fusedAt(kernel, stream);
    if (fused !== undefined) return fuseProcesses(fused);
  }
  return kernel;
}

function fusedAt(kernel: KernelIR, stream: Stream): KernelIR | undefined {
  const users = kernel.processes.filter(({ body }) =>
    [...allStatements(body)].some((stmt) => accessOf(stmt)?.name === stream.name),
  );
  const [first, second] = users.map(loopingOf);
  if (users.length !== 2 || first === undefined || second === undefined) return undefined;
  const write = first.loop.body.find(
    (stmt) => stmt.kind === 'write' && stmt.stream === stream.name,
  );
  const read = second.loop.body.find((stmt) => stmt.kind === 'read' && stmt.stream === stream.name);
  if (write?.kind !== 'write' || read?.kind !== 'read') return undefined;
  if (!feedsOnly(kernel, first, stream) || times(second, stream.name) > 1) return undefined;
  const other = renamed(second, first);
  if (!sameTurns(first.loop, other.loop)) return undefined;
  const taken = other.loop.body.find((stmt) => stmt.kind === 'read' && stmt.stream === stream.name);
  if (taken?.kind !== 'read') return undefined;
  const given = taken.into.flatMap((variable, at): AssignStmt[] => {
    if (variable === undefined) return [];
    const value = cast(write.values[at], stream.fields[at].type);
    return [{ kind: 'assign', variable, value, ...(write.span && { span: write.span }) }];
  });
  const body = [
    ...mapStatements(first.loop.body, (stmt) => (stmt === write ? given : [stmt])),
    ...other.loop.body.filter((stmt) => stmt !== taken),
  ];
  const process: Process = {
    ...second.process,
    name: `${first.process.name}_${second.process.name}`,
    variables: [...first.process.variables, ...other.variables],
    arrays: first.process.arrays,
    body: [...first.before, ...other.before, { ...first.loop, body }],
  };
  const inputs = new Set(
    [...allStatements(first.process.body)].flatMap((stmt) =>
      stmt.kind === 'read' ? [stmt.stream] : [],
    ),
  );
  return {
    ...kernel,
    streams: kernel.streams
      .filter((one) => one !== stream)
      .map((one) => (inputs.has(one.name) ? { ...one, depth: one.depth + stream.depth } : one)),
    processes: kernel.processes
      .filter((one) => one !== first.process)
      .map((one) => (one === second.process ? process : one)),
  };
}

/** What a process prints has a place among what the others print; the two would get one place. */
function loopingOf(process: Process): Looping | undefined {
  const { body } = process;
  const loop = body.at(-1);
  const before = body.slice(0, -1);
  if (loop?.kind !== 'loop' || !before.every(isAssign)) return undefined;
  const all = [...allStatements(body)];
  if (all.some(({ kind }) => kind === 'print' || kind === 'assert')) return undefined;
  if (all.some((stmt) => stmt.kind === 'loop' && stmt !== loop)) return undefined;
  const [start] = loop.init;
  if (loop.init.length !== 1 || loop.step.length !== 1) return undefined;
  const counter = start.variable;
  const moves = all.filter((stmt) => definedBy(stmt).includes(counter));
  return moves.length === 2 ? { process, before, loop, counter } : undefined;
}

function isAssign(stmt: Stmt): stmt is AssignStmt {
  return stmt.kind === 'assign';
}

function times({ process }: Looping, name: string): number {
  return [...allStatements(process.body)].filter((stmt) => accessOf(stmt)?.name === name).length;
}

/** Whether a process does nothing for others but write to the stream, and takes at most one of anything a turn. */
function feedsOnly(kernel: KernelIR, one: Looping, stream: Stream): boolean {
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

/** The second process with names that the first has not; both count with the counter of the first. */
function renamed(
  { process, before, loop, counter }: Looping,
  first: Looping,
): {
  readonly before: readonly AssignStmt[];
  readonly loop: LoopStmt;
  readonly variables: Process['variables'];
} {
  const unique = new UniqueNames(first.process);
  const names = new Map(process.variables.map(({ name }) => [name, unique.claim(name)]));
  names.set(counter, first.counter);
  const name = (old: string) => names.get(old) ?? old;
  const done = new Map<Expr, Expr>();
  const expr = (one: Expr) =>
    mapExpr(one, (node) => (node.op === 'var' ? { ...node, name: name(node.name) } : node), done);
  const target = <T extends Stmt>(stmt: T): T => {
    if (stmt.kind === 'assign') return { ...stmt, variable: name(stmt.variable) };
    if (stmt.kind === 'receive' || stmt.kind === 'load') return { ...stmt, into: name(stmt.into) };
    if (stmt.kind !== 'read') return stmt;
    return { ...stmt, into: stmt.into.map((one) => (one === undefined ? one : name(one))) };
  };
  const all = <T extends Stmt>(list: readonly T[]): T[] =>
    mapStatements(mapExpressions(list, expr), (stmt) => [target(stmt)]) as T[];
  return {
    before: all(before),
    loop: {
      ...loop,
      init: all(loop.init),
      condition: expr(loop.condition),
      step: all(loop.step),
      body: all(loop.body),
    },
    variables: process.variables
      .filter((one) => one.name !== counter)
      .map((one) => ({ ...one, name: name(one.name) })),
  };
}

/** Whether two loops that count with the same variable have as many turns. */
function sameTurns(a: LoopStmt, b: LoopStmt): boolean {
  const interner = new Interner();
  const same = (x: Expr, y: Expr) => interner.intern(x) === interner.intern(y);
  return (
    same(a.condition, b.condition) &&
    same(a.init[0].value, b.init[0].value) &&
    same(a.step[0].value, b.step[0].value)
  );
}
