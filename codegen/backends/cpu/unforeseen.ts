import type { Expr, Process } from '../../ir/ir.ts';
import { allStatements, operandsOf } from '../../ir/visit.ts';

/**
 * The conditions that no branch predictor foresees: what the lanes of a vector have in common follows from the data.
 * Such a condition chooses between two integers better by a mask than by a branch.
 */
export class Unforeseen {
  private readonly values: ReadonlyMap<string, Expr>;
  private readonly known = new Map<string, boolean>();

  constructor(process: Process) {
    const once = process.variables.filter(({ mutable, type }) => !mutable && type.kind === 'int');
    const names = new Set(once.map(({ name }) => name));
    const values = new Map<string, Expr>();
    for (const stmt of allStatements(process.body)) {
      if (stmt.kind === 'assign' && names.has(stmt.variable)) {
        values.set(stmt.variable, stmt.value);
      }
    }
    this.values = values;
  }

  has(condition: Expr): boolean {
    switch (condition.op) {
      case 'reduce':
        return true;
      case 'var':
        return this.variable(condition.name);
      case 'and':
      case 'or':
      case 'xor':
      case 'not':
      case 'cast':
      case 'eq':
      case 'ne':
      case 'lt':
      case 'le':
        return operandsOf(condition).some((one) => this.has(one));
      default:
        return false;
    }
  }

  private variable(name: string): boolean {
    const before = this.known.get(name);
    if (before !== undefined) return before;
    const value = this.values.get(name);
    const found = value !== undefined && this.has(value);
    this.known.set(name, found);
    return found;
  }
}
