import type { Expr, LoopStmt, Process, Stmt } from '../../ir/ir.ts';
import { reads } from '../../ir/reads.ts';
import { allStatements, definedBy, expressionsOf } from '../../ir/visit.ts';

function mentions(stmt: Stmt, variable: string): boolean {
  return (
    definedBy(stmt).includes(variable) ||
    expressionsOf(stmt).some((expr: Expr) => reads(expr, variable))
  );
}

/** Whether the variable has a value behind the statements; undefined where one of them reads it before. */
function assignedBehind(
  list: readonly Stmt[],
  variable: string,
  before: boolean,
): boolean | undefined {
  let assigned = before;
  for (const stmt of list) {
    if (stmt.kind === 'loop') {
      const init = assignedBehind(stmt.init, variable, assigned);
      if (init === undefined) return undefined;
      if (!init && reads(stmt.condition, variable)) return undefined;
      const body = assignedBehind([...stmt.body, ...stmt.step], variable, init);
      if (body === undefined) return undefined;
      assigned = init;
      continue;
    }
    if (!assigned && expressionsOf(stmt).some((expr) => reads(expr, variable))) return undefined;
    if (stmt.kind === 'if') {
      const arms = [stmt.then, stmt.else].map((arm) => assignedBehind(arm, variable, assigned));
      if (arms.includes(undefined)) return undefined;
      assigned ||= arms.every((one) => one === true);
    } else {
      assigned ||= definedBy(stmt).includes(variable);
    }
  }
  return assigned;
}

/** The variables of a process that no turn of a loop hands on to the next, and that nothing else uses. */
export function turnVariables(process: Process, loop: LoopStmt): ReadonlySet<string> {
  const inBody = new Set(allStatements(loop.body));
  const outside = [...allStatements(process.body)].filter((stmt) => !inBody.has(stmt));
  const found = process.variables.filter(
    ({ name }) =>
      !outside.some((stmt) => mentions(stmt, name)) &&
      assignedBehind(loop.body, name, false) !== undefined,
  );
  return new Set(found.map(({ name }) => name));
}
