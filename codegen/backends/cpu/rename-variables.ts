import type { Expr, Stmt } from '../../ir/ir.ts';
import { mapExpr, mapExpressions } from '../../ir/rewrite.ts';
import { mapStatements } from '../../ir/visit.ts';

/** Statements and expressions in which variables have other names. */
export interface Renaming {
  readonly expr: (expr: Expr) => Expr;
  readonly list: <T extends Stmt>(list: readonly T[]) => T[];
}

export function renamingTo(name: (old: string) => string): Renaming {
  const done = new Map<Expr, Expr>();
  const expr = (one: Expr) =>
    mapExpr(one, (node) => (node.op === 'var' ? { ...node, name: name(node.name) } : node), done);
  const target = <T extends Stmt>(stmt: T): T => {
    if (stmt.kind === 'assign') return { ...stmt, variable: name(stmt.variable) };
    if (stmt.kind === 'receive' || stmt.kind === 'load') return { ...stmt, into: name(stmt.into) };
    if (stmt.kind !== 'read') return stmt;
    return { ...stmt, into: stmt.into.map((one) => (one === undefined ? one : name(one))) };
  };
  const list = <T extends Stmt>(given: readonly T[]): T[] =>
    mapStatements(mapExpressions(given, expr), (stmt) => [target(stmt)]) as T[];
  return { expr, list };
}
