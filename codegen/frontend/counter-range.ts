import { type Expression, Node, type Statement, SyntaxKind } from 'ts-morph';
import { exprRange } from '../ir/build.ts';
import { type IntType, rangeOf, type Span, type Type, typeForRange } from '../ir/ir.ts';
import { evaluate } from './expressions.ts';
import type { ProcessBuilder } from './process-builder.ts';
import type { Scope } from './scope.ts';
import { staticOf, toOperand, type Value } from './values.ts';

/**
 * What a counter holds inside the body of its loop, where that is less than its type: `i < 256` needs
 * nine bits to end, and eight to index with. Undefined where nothing more is known.
 */
export function counterRange(
  name: string,
  type: Type,
  first: Value,
  step: number | undefined,
  condition: Expression,
  body: readonly Statement[],
  scope: Scope,
  builder: ProcessBuilder,
  span: Span,
): IntType | undefined {
  if (type.kind !== 'int' || !Node.isBinaryExpression(condition)) return undefined;
  if (condition.getLeft().getText() !== name || body.some((one) => assigns(one, name))) {
    return undefined;
  }
  const symbol = condition.getOperatorToken().getText();
  const value = evaluate(condition.getRight(), scope, builder);
  if (value.kind === 'poison') return undefined;
  const limit = toOperand(value, span);
  if (limit.fraction !== 0) return undefined;
  const bound = exprRange(limit.expr);
  const start = staticOf(first)?.value;
  let { min, max } = rangeOf(type);
  if (symbol === '<' || symbol === '<=') {
    const last = symbol === '<' ? bound.max - 1n : bound.max;
    if (last < max) max = last;
    if (typeof start === 'number' && step !== undefined && step > 0) min = BigInt(start);
  } else if (symbol === '>' || symbol === '>=') {
    const last = symbol === '>' ? bound.min + 1n : bound.min;
    if (last > min) min = last;
    if (typeof start === 'number' && step !== undefined && step < 0) max = BigInt(start);
  }
  if (max < min) return undefined;
  const within = typeForRange(min, max);
  return within.width < type.width ? within : undefined;
}

function assigns(statement: Statement, name: string): boolean {
  return statement.getDescendants().some((one) => {
    if (Node.isBinaryExpression(one)) {
      const kind = one.getOperatorToken().getKind();
      const assignment = kind >= SyntaxKind.FirstAssignment && kind <= SyntaxKind.LastAssignment;
      return assignment && one.getLeft().getText() === name;
    }
    const unary = Node.isPostfixUnaryExpression(one) || Node.isPrefixUnaryExpression(one);
    return unary && one.getOperand().getText() === name;
  });
}
