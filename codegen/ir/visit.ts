import type { Expr, Stmt } from './ir.ts';

/** The operands of an expression, left to right. */
export function operandsOf(expr: Expr): readonly Expr[] {
  switch (expr.op) {
    case 'const':
    case 'var':
    case 'scalar':
      return [];
    case 'cast':
    case 'saturate':
    case 'not':
      return [expr.operand];
    case 'select':
      return [expr.condition, expr.then, expr.else];
    case 'lane':
      return [expr.vector, expr.index];
    case 'with-lane':
      return [expr.vector, expr.index, expr.value];
    case 'build':
      return expr.elements;
    case 'concat':
      return expr.vectors;
    case 'shuffle':
    case 'reduce':
      return [expr.vector];
    case 'table':
      return [expr.index];
    default:
      return [expr.left, expr.right];
  }
}

/** Every statement of a list and below it, outer before inner, in source order. */
export function* allStatements(list: readonly Stmt[]): Generator<Stmt> {
  for (const one of list) {
    yield one;
    if (one.kind === 'if') {
      yield* allStatements(one.then);
      yield* allStatements(one.else);
    } else if (one.kind === 'loop') {
      yield* allStatements(one.init);
      yield* allStatements(one.body);
      yield* allStatements(one.step);
    }
  }
}

/** The expressions that a statement itself holds, not those of statements below it. */
export function expressionsOf(statement: Stmt): readonly Expr[] {
  switch (statement.kind) {
    case 'assign':
    case 'send':
      return [statement.value];
    case 'write':
      return statement.values;
    case 'request':
      return [statement.beat, statement.beats];
    case 'load':
      return [statement.index];
    case 'store':
      return [statement.index, statement.value];
    case 'print':
      return statement.values;
    case 'assert':
      return [statement.condition, ...statement.values];
    case 'if':
    case 'loop':
      return [statement.condition];
    default:
      return [];
  }
}

/** The variables that a statement itself assigns. */
export function definedBy(statement: Stmt): readonly string[] {
  if (statement.kind === 'assign') return [statement.variable];
  if (statement.kind === 'receive' || statement.kind === 'load') return [statement.into];
  if (statement.kind === 'read') return statement.into.filter((name) => name !== undefined);
  return [];
}

/** The statements with each one replaced, those inside before those around them. */
export function mapStatements(
  list: readonly Stmt[],
  replace: (statement: Stmt) => readonly Stmt[],
): Stmt[] {
  return list.flatMap((one) => {
    if (one.kind === 'if') {
      const then = mapStatements(one.then, replace);
      return replace({ ...one, then, else: mapStatements(one.else, replace) });
    }
    if (one.kind === 'loop') return replace({ ...one, body: mapStatements(one.body, replace) });
    return replace(one);
  });
}
