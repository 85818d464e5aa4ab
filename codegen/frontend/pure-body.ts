import { Node, type Statement } from 'ts-morph';
import { evaluate, ternary } from './expressions.ts';
import { bindPattern } from './patterns.ts';
import type { ProcessBuilder } from './process-builder.ts';
import { Scope } from './scope.ts';
import { spanOf } from './source-span.ts';
import { staticOf, type Value } from './values.ts';

/**
 * A body of constants, ifs and returns as one expression, so that the lanes of a vector can be put
 * together again:
 *
 *   const d = a - b; if (d < 0) return 0; return d;  ⇒  d < 0 ? 0 : d
 *
 * Undefined where the body does anything else.
 */
export function pureBody(
  statements: readonly Statement[],
  scope: Scope,
  builder: ProcessBuilder,
): Value | undefined {
  return isPure(statements) && endsAlways(statements)
    ? resultOf(statements, scope, builder)
    : undefined;
}

/** Statements of this kind only, however deep. */
function isPure(statements: readonly Statement[]): boolean {
  return statements.every((one) => {
    if (Node.isVariableStatement(one)) return one.getDeclarationKind() === 'const';
    if (Node.isReturnStatement(one)) return one.getExpression() !== undefined;
    if (!Node.isIfStatement(one)) return false;
    const otherwise = one.getElseStatement();
    return (
      isPure(listOf(one.getThenStatement())) &&
      (otherwise === undefined || isPure(listOf(otherwise)))
    );
  });
}

function listOf(statement: Statement): readonly Statement[] {
  return Node.isBlock(statement) ? statement.getStatements() : [statement];
}

/** Whether every path through the statements returns. */
function endsAlways(statements: readonly Statement[]): boolean {
  return statements.some((one) => {
    if (Node.isReturnStatement(one)) return true;
    if (!Node.isIfStatement(one)) return false;
    const otherwise = one.getElseStatement();
    return (
      otherwise !== undefined &&
      endsAlways(listOf(one.getThenStatement())) &&
      endsAlways(listOf(otherwise))
    );
  });
}

function resultOf(
  statements: readonly Statement[],
  scope: Scope,
  builder: ProcessBuilder,
): Value | undefined {
  for (const [at, one] of statements.entries()) {
    if (Node.isReturnStatement(one)) {
      return evaluate(one.getExpressionOrThrow(), scope, builder);
    }
    if (Node.isVariableStatement(one)) {
      for (const declaration of one.getDeclarations()) {
        const value = evaluate(declaration.getInitializerOrThrow(), scope, builder);
        bindPattern(declaration.getNameNode(), value, scope, builder, (name, part) => {
          scope.define(name, { kind: 'const', value: part });
        });
      }
      continue;
    }
    if (!Node.isIfStatement(one)) return undefined;
    const condition = evaluate(one.getExpression(), scope, builder);
    const rest = statements.slice(at + 1);
    const otherwise = one.getElseStatement();
    const branch = (list: readonly Statement[]) =>
      resultOf([...list, ...rest], new Scope(scope), builder);
    const known = staticOf(condition);
    const then = listOf(one.getThenStatement());
    const other = otherwise === undefined ? [] : listOf(otherwise);
    if (known !== undefined) return branch(known.value ? then : other);
    const [a, b] = [branch(then), branch(other)];
    if (a === undefined || b === undefined) return undefined;
    return ternary(condition, a, b, spanOf(one));
  }
  return undefined;
}
