import type { Stmt } from './ir.ts';
import { reads } from './reads.ts';
import { allStatements, definedBy, expressionsOf } from './visit.ts';

function mentions(stmt: Stmt, variable: string): boolean {
  for (const one of allStatements([stmt])) {
    if (definedBy(one).includes(variable)) return true;
    if (expressionsOf(one).some((expr) => reads(expr, variable))) return true;
  }
  return false;
}

/**
 * The statement that gives a variable its first value before every use of it; undefined where some use
 * may come first, and then sees the 0 that variables start with. Looked for from the outermost block inwards.
 */
export function declaringStmt(block: readonly Stmt[], variable: string): Stmt | undefined {
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
