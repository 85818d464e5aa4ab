import { elementOf, type KernelIR, type LoopStmt, type Process, type Stmt } from '../../ir/ir.ts';
import { isSingle, refined } from '../../ir/value-ranges.ts';
import { allStatements, definedBy } from '../../ir/visit.ts';
import { accessOf } from '../c-coroutines/segments.ts';
import { type Facts, specialise } from './specialise.ts';
import { withoutUnread } from './steady-turns.ts';
import { outsideOf } from './value-parts.ts';

/**
 * Turns of a loop in which a counter goes once round, as the draws of one row do: each of them knows its number, so
 * that nothing is left of what it would ask.
 */
export interface WholePeriod {
  /** What variables hold where a period begins, beyond the loop's own condition. */
  readonly facts: Facts;
  /** Its turns, the loop's step in each. */
  readonly turns: readonly (readonly Stmt[])[];
  /** Whether the loop's condition has to be asked before another period. */
  readonly condition: boolean;
}

/** Longer ones make code that no processor keeps at hand. */
const mostTurns = 16;
const mostStatements = 400;

/**
 * The period of a loop's counter; undefined where there is none, or where its turns have to do with memories.
 * @param inTurn variables that no turn hands on to the next.
 */
export function wholePeriod(
  kernel: KernelIR,
  process: Process,
  loop: LoopStmt,
  inTurn: ReadonlySet<string>,
): WholePeriod | undefined {
  const whole = [...loop.body, ...loop.step];
  const all = [...allStatements(whole)];
  const accesses = all.flatMap((stmt) => accessOf(stmt)?.access ?? []);
  const streams = accesses.every((access) => access === 'read' || access === 'write');
  if (all.some(({ kind }) => kind === 'loop') || !streams || accesses.length === 0)
    return undefined;
  const types = new Map(process.variables.map(({ name, type }) => [name, type]));
  const counters = [...new Set(all.flatMap(definedBy))].filter(
    (name) => !inTurn.has(name) && types.get(name)?.kind === 'int',
  );
  let facts: Facts = new Map(
    counters.flatMap((name) => {
      const first = outsideOf(process, loop, name);
      const type = types.get(name);
      const small = type !== undefined && elementOf(type).width <= 8;
      return small && first !== undefined && isSingle(first) ? [[name, first] as const] : [];
    }),
  );
  // Those that are somewhere else when the others have come round are no counters of the period.
  while (facts.size > 0) {
    const found = periodFrom(kernel, loop, inTurn, facts);
    if ('turns' in found) return found;
    if (found.lost.length === 0) return undefined;
    facts = new Map([...facts].filter(([name]) => !found.lost.includes(name)));
  }
  return undefined;
}

/** Variables of which no turn says the value, or that do not come back to their first one. */
interface NoPeriod {
  readonly lost: readonly string[];
}

/** The turns from the first values of some counters until all have them again. */
function periodFrom(
  { tables }: KernelIR,
  loop: LoopStmt,
  inTurn: ReadonlySet<string>,
  facts: Facts,
): WholePeriod | NoPeriod {
  const turns: (readonly Stmt[])[] = [];
  const never = new Set(facts.keys());
  let at = refined(loop.condition, true, facts, new Map(), tables);
  let statements = 0;
  while (at !== undefined) {
    const { list, after } = specialise([...loop.body, ...loop.step], at, tables);
    if (after === undefined) return { lost: [] };
    const lost = [...facts.keys()].filter((name) => {
      const then = after.get(name);
      return then === undefined || !isSingle(then);
    });
    if (lost.length > 0) return { lost };
    turns.push(withoutUnread(list, inTurn));
    statements += [...allStatements(list)].length;
    const back = [...facts].filter(([name, first]) => after.get(name)?.min === first.min);
    for (const [name] of back) never.delete(name);
    const ends = refined(loop.condition, false, after, new Map(), tables) !== undefined;
    if (back.length === facts.size) {
      return turns.length < 2 ? { lost: [] } : { facts, turns, condition: ends };
    }
    if (ends || turns.length === mostTurns || statements > mostStatements) break;
    at = new Map([...after].filter(([name]) => !inTurn.has(name)));
  }
  return { lost: [...never] };
}
