import type { KernelIR, LoopStmt, Process, Stream } from '../../ir/ir.ts';
import { u1 } from '../../ir/ir.ts';
import { UniqueNames } from '../../ir/unique-names.ts';
import { bothTurns, deepened, type HandedOn, type OneLoop, oneInstead } from './one-loop.ts';
import { renamingTo } from './rename-variables.ts';
import { turnVariables } from './turn-variables.ts';
import { wholePeriod } from './whole-periods.ts';

/**
 * Two that go on while a condition holds: both conditions hold for as many turns where the kernel is right, which
 * nobody knows before. So each goes on alone behind the turns of both; where it has to, it fails as it would have by
 * itself: the first leaves elements that nobody reads, the second waits for what nobody writes.
 */
export function fusedUncounted(
  kernel: KernelIR,
  stream: Stream,
  found: HandedOn,
): KernelIR | undefined {
  const { first, second } = found;
  if (![first, second].every(({ loop }) => whileLoop(loop))) return undefined;
  if ([first, second].some((one) => hasPeriod(kernel, one))) return undefined;
  const unique = new UniqueNames(first.process);
  const names = new Map(second.process.variables.map(({ name }) => [name, unique.claim(name)]));
  const own = renamingTo((old) => names.get(old) ?? old);
  const other: LoopStmt = {
    ...second.loop,
    condition: own.expr(second.loop.condition),
    body: own.list(second.loop.body),
  };
  const variables = second.process.variables.map((one) => ({
    ...one,
    name: names.get(one.name) ?? one.name,
  }));
  const body = bothTurns(found, other, stream);
  if (body === undefined) return undefined;
  const both: LoopStmt = {
    ...first.loop,
    condition: { op: 'and', type: u1, left: first.loop.condition, right: other.condition },
    body,
  };
  const alone = [
    rest(first, first.loop, (name) => name, unique),
    rest(second, other, (name) => names.get(name) ?? name, unique),
  ];
  const fused = oneInstead(kernel, found, {
    variables: [...first.process.variables, ...variables, ...alone.flatMap((one) => one.variables)],
    body: [...first.before, ...own.list(second.before), both, ...alone.map(({ loop }) => loop)],
  });
  return { ...fused, streams: deepened(kernel, found, stream) };
}

function whileLoop({ init, step }: LoopStmt): boolean {
  return init.length === 0 && step.length === 0;
}

/** Whole periods of one alone are faster than turns of both. */
function hasPeriod(kernel: KernelIR, { process, loop }: OneLoop): boolean {
  return wholePeriod(kernel, process, loop, turnVariables(process, loop)) !== undefined;
}

/** The turns of one alone. What lives within a turn has names of its own in them: in no other loop it lives longer. */
function rest(
  { process, loop: source }: OneLoop,
  loop: LoopStmt,
  called: (name: string) => string,
  unique: UniqueNames,
): { readonly loop: LoopStmt; readonly variables: Process['variables'] } {
  const inTurn = turnVariables(process, source);
  const names = new Map([...inTurn].map((name) => [called(name), unique.claim(called(name))]));
  const { expr, list } = renamingTo((old) => names.get(old) ?? old);
  return {
    loop: { ...loop, condition: expr(loop.condition), body: list(loop.body), rare: true },
    variables: process.variables
      .filter(({ name }) => inTurn.has(name))
      .map((one) => ({ ...one, name: names.get(called(one.name)) ?? one.name })),
  };
}
