import { constant } from '../../ir/build.ts';
import type { Expr, KernelIR, Stmt } from '../../ir/ir.ts';
import { mapExpr, withExpressions } from '../../ir/rewrite.ts';
import { simplify, uniform } from '../../ir/simplify.ts';
import { isSingle, joined, type Range, rangeOfExpr, refined } from '../../ir/value-ranges.ts';
import { allStatements, definedBy, expressionsOf } from '../../ir/visit.ts';

/** What variables may hold; a name that is missing may hold all of its type. */
export type Facts = ReadonlyMap<string, Range>;

export interface Specialised {
  readonly list: readonly Stmt[];
  /** What holds behind the statements; undefined where they are never left. */
  readonly after: Facts | undefined;
}

const nothing: Facts = new Map();

/** Statements as far as something is left of them where the facts hold: decided conditions are gone. */
export function specialise(
  list: readonly Stmt[],
  facts: Facts,
  tables: KernelIR['tables'],
): Specialised {
  let at: Facts | undefined = facts;
  const result: Stmt[] = [];
  for (const stmt of list) {
    if (at === undefined) break;
    const one = statement(stmt, at, tables);
    result.push(...one.list);
    at = one.after;
  }
  return { list: result, after: at };
}

function statement(stmt: Stmt, at: Facts, tables: KernelIR['tables']): Specialised {
  if (stmt.kind === 'loop') {
    const after = new Map(at);
    for (const inner of allStatements([stmt]))
      for (const name of definedBy(inner)) after.delete(name);
    return { list: [stmt], after };
  }
  const known = withExpressions(stmt, decided(expressionsOf(stmt), at, tables));
  if (known.kind === 'if') {
    const condition = uniform(known.condition);
    if (condition !== undefined) {
      return specialise(condition === 0n ? known.else : known.then, at, tables);
    }
    const arm = (holds: boolean): Specialised => {
      const inside = refined(known.condition, holds, at, nothing, tables);
      const arms = holds ? known.then : known.else;
      return inside === undefined
        ? { list: [], after: undefined }
        : specialise(arms, inside, tables);
    };
    const [then, otherwise] = [arm(true), arm(false)];
    const list = [{ ...known, then: then.list, else: otherwise.list }];
    const empty = then.list.length === 0 && otherwise.list.length === 0;
    return { list: empty ? [] : list, after: either(then.after, otherwise.after) };
  }
  const names = definedBy(known);
  if (names.length === 0) return { list: [known], after: at };
  const after = new Map(at);
  for (const name of names) after.delete(name);
  if (known.kind === 'assign') {
    after.set(known.variable, rangeOfExpr(known.value, at, tables, new Map()));
  }
  return { list: [known], after };
}

function either(a: Facts | undefined, b: Facts | undefined): Facts | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const result = new Map<string, Range>();
  for (const [name, range] of a) {
    const other = b.get(name);
    if (other !== undefined) result.set(name, joined(range, other));
  }
  return result;
}

/** Expressions with what the facts decide as constants. */
function decided(exprs: readonly Expr[], at: Facts, tables: KernelIR['tables']): Expr[] {
  const ranges = new Map<Expr, Range>();
  const done = new Map<Expr, Expr>();
  const node = (expr: Expr): Expr => {
    if (expr.op === 'const') return expr;
    if (expr.type.kind === 'int') {
      const range = rangeOfExpr(expr, at, tables, ranges);
      if (isSingle(range)) return constant(range.min, expr.type);
    }
    return simplify(expr, tables);
  };
  return exprs.map((expr) => mapExpr(expr, node, done));
}
