import type { Process, Stmt } from '../../ir/ir.ts';
import { allStatements, definedBy, expressionsOf } from '../../ir/visit.ts';
import { reads, variablesOf } from './reads.ts';

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

function mentions(stmt: Stmt, variable: string): boolean {
  for (const one of allStatements([stmt])) {
    if (definedBy(one).includes(variable)) return true;
    if (expressionsOf(one).some((expr) => reads(expr, variable))) return true;
  }
  return false;
}

/** The statement that may declare the variable, looked for from the outermost block inwards. */
function declaringStmt(block: readonly Stmt[], variable: string): Stmt | undefined {
  const mentioning = block.filter((stmt) => mentions(stmt, variable));
  const [first] = mentioning;
  if (first === undefined) return undefined;
  if (definedBy(first).includes(variable)) {
    return expressionsOf(first).some((expr) => reads(expr, variable)) ? undefined : first;
  }
  if (mentioning.length > 1) return undefined;
  if (first.kind === 'loop') {
    // A loop's own variable is declared in its head; C++ has one declaration there.
    const [init] = first.init;
    if (first.init.length === 1 && init.variable === variable) {
      return reads(init.value, variable) ? undefined : init;
    }
    const outside = [...first.init, ...first.step].some((stmt) => mentions(stmt, variable));
    if (outside || reads(first.condition, variable)) return undefined;
    return declaringStmt(first.body, variable);
  }
  if (first.kind === 'if') {
    if (reads(first.condition, variable)) return undefined;
    const arms = [first.then, first.else].filter((arm) =>
      arm.some((stmt) => mentions(stmt, variable)),
    );
    return arms.length === 1 ? declaringStmt(arms[0], variable) : undefined;
  }
  return undefined;
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
