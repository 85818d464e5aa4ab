import { withOperands } from './intern.ts';
import type { AssignStmt, Expr, KernelIR, Process, Stmt } from './ir.ts';
import { expressionsOf, operandsOf } from './visit.ts';

/**
 * An expression rebuilt from its leaves up: `map` sees each node over operands that are mapped already.
 * What does not change stays the same object, and an object that is used twice is mapped once if `done`
 * is kept.
 */
export function mapExpr(
  expr: Expr,
  map: (expr: Expr) => Expr,
  done: Map<Expr, Expr> = new Map(),
): Expr {
  const known = done.get(expr);
  if (known !== undefined) return known;
  const operands = operandsOf(expr);
  const mapped = operands.map((one) => mapExpr(one, map, done));
  const same = mapped.every((one, at) => one === operands[at]);
  const result = map(same ? expr : withOperands(expr, mapped));
  done.set(expr, result);
  return result;
}

/** The same statement over other expressions, in the order of `expressionsOf`. */
export function withExpressions<T extends Stmt>(statement: T, exprs: readonly Expr[]): T {
  const old = expressionsOf(statement);
  if (exprs.every((one, at) => one === old[at])) return statement;
  const [a, b] = exprs;
  const part = ((): Partial<Stmt> => {
    switch (statement.kind) {
      case 'assign':
      case 'send':
        return { value: a };
      case 'write':
      case 'print':
        return { values: exprs };
      case 'request':
        return { beat: a, beats: b };
      case 'load':
        return { index: a };
      case 'store':
        return { index: a, value: b };
      case 'assert':
        return { condition: a, values: exprs.slice(1) };
      case 'if':
      case 'loop':
        return { condition: a };
      default:
        return {};
    }
  })();
  return { ...statement, ...part };
}

/** Statements with each expression mapped, those below included; the control flow stays. */
export function mapExpressions<T extends Stmt>(
  list: readonly T[],
  map: (expr: Expr, statement: Stmt) => Expr,
): T[] {
  return list.map((one) => {
    const mapped = withExpressions(
      one,
      expressionsOf(one).map((expr) => map(expr, one)),
    );
    if (mapped.kind === 'if') {
      return {
        ...mapped,
        then: mapExpressions(mapped.then, map),
        else: mapExpressions(mapped.else, map),
      };
    }
    if (mapped.kind === 'loop') {
      return {
        ...mapped,
        init: mapExpressions<AssignStmt>(mapped.init, map),
        body: mapExpressions(mapped.body, map),
        step: mapExpressions<AssignStmt>(mapped.step, map),
      };
    }
    return mapped;
  });
}

/** Every variable that an expression reads; `seen` keeps shared parts from being walked twice. */
export function variablesIn(
  expr: Expr,
  found: Set<string> = new Set(),
  seen: Set<Expr> = new Set(),
): Set<string> {
  if (seen.has(expr)) return found;
  seen.add(expr);
  if (expr.op === 'var') found.add(expr.name);
  for (const operand of operandsOf(expr)) variablesIn(operand, found, seen);
  return found;
}

/** The process without the variables that no statement names any more. */
export function withoutUnused(process: Process, used: ReadonlySet<string>): Process {
  return { ...process, variables: process.variables.filter(({ name }) => used.has(name)) };
}

/** A kernel with every expression mapped from its leaves up; what is shared in a process stays shared. */
export function mapKernelExpressions(kernel: KernelIR, map: (expr: Expr) => Expr): KernelIR {
  return {
    ...kernel,
    processes: kernel.processes.map((process) => {
      const done = new Map<Expr, Expr>();
      return { ...process, body: mapExpressions(process.body, (expr) => mapExpr(expr, map, done)) };
    }),
  };
}
