import { declaringStmt } from '../../ir/declaring.ts';
import type { Process, Stmt } from '../../ir/ir.ts';
import { variablesOf } from '../../ir/reads.ts';
import { allStatements, definedBy, expressionsOf } from '../../ir/visit.ts';

/**
 * Where each variable of a process is declared in C++: at the statement that first gives it a value
 * where that one comes before every use, as in the source; else at the head of the function, as 0.
 */
export interface Declarations {
  /** Variables that the head of the function declares. */
  readonly head: ReadonlySet<string>;
  /** Whether a statement declares a variable that it gives a value. */
  declaredAt(stmt: Stmt, variable: string): boolean;
  /** True when a variable is given a value at one place only. */
  isConstant(variable: string): boolean;
  /** True when nothing reads the variable: it and its assignments are left out. */
  isUnused(variable: string): boolean;
}

/** @param dead variables that are known to be read by nothing that matters. */
export function declarationsOf(process: Process, dead: ReadonlySet<string>): Declarations {
  const used = new Set<string>();
  const definitions = new Map<string, number>();
  for (const stmt of allStatements(process.body)) {
    for (const expr of expressionsOf(stmt)) {
      for (const name of variablesOf(expr)) used.add(name);
    }
    for (const name of definedBy(stmt)) definitions.set(name, (definitions.get(name) ?? 0) + 1);
  }
  const head = new Set<string>();
  const declaring = new Map<string, Stmt>();
  for (const { name } of process.variables) {
    if (!used.has(name) || dead.has(name)) continue;
    const stmt = declaringStmt(process.body, name);
    if (stmt === undefined) head.add(name);
    else declaring.set(name, stmt);
  }
  return {
    head,
    declaredAt: (stmt, variable) => declaring.get(variable) === stmt,
    isConstant: (variable) => definitions.get(variable) === 1 && declaring.has(variable),
    isUnused: (variable) => !used.has(variable) || dead.has(variable),
  };
}
