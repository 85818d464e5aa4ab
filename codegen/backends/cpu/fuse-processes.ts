import { Interner } from '../../ir/intern.ts';
import type { AssignStmt, Expr, KernelIR, LoopStmt, Process, Stream } from '../../ir/ir.ts';
import { UniqueNames } from '../../ir/unique-names.ts';
import { allStatements, definedBy } from '../../ir/visit.ts';
import { fusedUncounted } from './fuse-uncounted.ts';
import {
  bothTurns,
  deepened,
  type HandedOn,
  handedOn,
  type OneLoop,
  oneInstead,
} from './one-loop.ts';
import { renamingTo } from './rename-variables.ts';

/**
 * Makes one process of two where the first hands one element to the second in each turn and nothing else leaves the
 * first: a turn of it and one of the other are a turn of both.
 *
 * Nobody waits longer for it: whatever the second waits for does not depend on the first, and what the stream held
 * may wait in the streams that the first reads.
 */
export function fuseProcesses(kernel: KernelIR): KernelIR {
  for (const stream of kernel.streams) {
    const found = handedOn(kernel, stream);
    if (found === undefined) continue;
    const fused = fusedCounted(kernel, stream, found) ?? fusedUncounted(kernel, stream, found);
    if (fused !== undefined) return fuseProcesses(fused);
  }
  return kernel;
}

/** Two that count as many turns with a variable each: they share one, and the stream is gone. */
function fusedCounted(kernel: KernelIR, stream: Stream, found: HandedOn): KernelIR | undefined {
  const { first, second } = found;
  const [counter, own] = [first, second].map(counterOf);
  if (counter === undefined || own === undefined) return undefined;
  const other = renamed(second, own, first, counter);
  if (!sameTurns(first.loop, other.loop)) return undefined;
  const body = bothTurns(found, other.loop, stream);
  if (body === undefined) return undefined;
  const fused = oneInstead(kernel, found, {
    variables: [...first.process.variables, ...other.variables],
    body: [...first.before, ...other.before, { ...first.loop, body }],
  });
  const streams = deepened(kernel, found, stream).filter((one) => one.name !== stream.name);
  return { ...fused, streams };
}

/** What counts the turns of a process. */
function counterOf({ process, loop }: OneLoop): string | undefined {
  const [start] = loop.init;
  if (loop.init.length !== 1 || loop.step.length !== 1) return undefined;
  const counter = start.variable;
  const all = [...allStatements(process.body)];
  const moves = all.filter((stmt) => definedBy(stmt).includes(counter));
  return moves.length === 2 ? counter : undefined;
}

/** The second process with names that the first has not; both count with the counter of the first. */
function renamed(
  { process, before, loop }: OneLoop,
  own: string,
  first: OneLoop,
  counter: string,
): {
  readonly before: readonly AssignStmt[];
  readonly loop: LoopStmt;
  readonly variables: Process['variables'];
} {
  const unique = new UniqueNames(first.process);
  const names = new Map(process.variables.map(({ name }) => [name, unique.claim(name)]));
  names.set(own, counter);
  const { expr, list } = renamingTo((old) => names.get(old) ?? old);
  return {
    before: list(before),
    loop: {
      ...loop,
      init: list(loop.init),
      condition: expr(loop.condition),
      step: list(loop.step),
      body: list(loop.body),
    },
    variables: process.variables
      .filter((one) => one.name !== own)
      .map((one) => ({ ...one, name: names.get(one.name) ?? one.name })),
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
