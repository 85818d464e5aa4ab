import type { Expr, Process, Stmt } from '../ir/ir.ts';
import { allStatements, definedBy, expressionsOf, operandsOf } from '../ir/visit.ts';

/**
 * The variables that live in one branch of an `if`: mentioned nowhere else, and assigned there before
 * they are read. What they held before cannot be seen, so their assignments need no choice between the
 * old and the new value:
 *
 *   if c { x = read s; y = add(x, 1); write t y }   ⇒  y is x + 1, not (c ? x + 1 : y)
 */
export class BranchLocals {
  private readonly mentions: ReadonlyMap<string, number>;

  constructor(process: Process) {
    this.mentions = mentionsIn(process.body);
  }

  /** The variables that live in this branch and nowhere else. */
  of(branch: readonly Stmt[]): ReadonlySet<string> {
    const found = new Set<string>();
    const inside = mentionsIn(branch);
    const seen = new Set<string>();
    for (const statement of branch) {
      const all = mentionsIn([statement]);
      if (statement.kind === 'assign' && !seen.has(statement.variable)) {
        const { variable } = statement;
        const first = all.get(variable) === 1;
        if (first && inside.get(variable) === this.mentions.get(variable)) found.add(variable);
      }
      for (const name of all.keys()) seen.add(name);
    }
    return found;
  }
}

/** How often each variable is assigned or read. */
function mentionsIn(statements: readonly Stmt[]): Map<string, number> {
  const mentions = new Map<string, number>();
  const add = (name: string) => mentions.set(name, (mentions.get(name) ?? 0) + 1);
  for (const one of allStatements(statements)) {
    for (const name of definedBy(one)) add(name);
    const seen = new Set<Expr>();
    const visit = (expr: Expr): void => {
      if (seen.has(expr)) return;
      seen.add(expr);
      if (expr.op === 'var') add(expr.name);
      for (const operand of operandsOf(expr)) visit(operand);
    };
    for (const expr of expressionsOf(one)) visit(expr);
  }
  return mentions;
}
