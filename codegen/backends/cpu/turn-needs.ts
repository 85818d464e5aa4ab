import type { Expr, Stmt } from '../../ir/ir.ts';
import { variablesOf } from '../../ir/reads.ts';
import { allStatements, definedBy } from '../../ir/visit.ts';
import { accessOf, type Need } from '../c-coroutines/segments.ts';

/** What every turn needs at most, under a condition that no turn changes. */
export interface TurnNeed extends Need {
  /** Missing where every turn needs it, or where that is only known in the turn. */
  readonly guard?: Expr;
  /** Whether each turn does it, exactly so often. */
  readonly always: boolean;
}

/** The accesses of a turn, each kind to a stream or memory once. */
export function turnNeeds(statements: readonly Stmt[]): readonly TurnNeed[] {
  const changed = new Set([...allStatements(statements)].flatMap(definedBy));
  const found = new Map<string, TurnNeed>();
  const visit = (list: readonly Stmt[], guard: Expr | undefined, always: boolean): void => {
    for (const stmt of list) {
      if (stmt.kind === 'if') {
        const steady = [...variablesOf(stmt.condition)].every((name) => !changed.has(name));
        visit(stmt.then, always && steady ? stmt.condition : undefined, false);
        visit(stmt.else, undefined, false);
        continue;
      }
      const one = accessOf(stmt);
      if (one === undefined) continue;
      const key = `${one.access} ${one.name}`;
      const before = found.get(key);
      if (before === undefined) {
        found.set(key, { ...one, count: 1, always, ...(guard === undefined ? {} : { guard }) });
        continue;
      }
      const { guard: _, ...other } = before;
      found.set(key, { ...other, count: before.count + 1, always: before.always && always });
    }
  };
  visit(statements, undefined, true);
  return [...found.values()];
}
