import { type BreakStatement, type ContinueStatement, Node, type ReturnStatement } from 'ts-morph';
import { evaluate } from './expressions.ts';
import type { FunctionResult } from './function-result.ts';
import { type Flow, jumpTo, type Target } from './jumps.ts';
import type { ProcessBuilder } from './process-builder.ts';
import type { Scope } from './scope.ts';
import { spanOf } from './source-span.ts';

/** Where the jumps of the source lead at a point of it. */
export interface Jumps {
  readonly break?: Target;
  readonly continue?: Target;
  readonly return?: FunctionResult;
}

/** Compiles `body` with other targets for its jumps. */
export function withJumps<T>(builder: ProcessBuilder, jumps: Jumps, body: () => T): T {
  const before = builder.jumps;
  builder.jumps = jumps;
  try {
    return body();
  } finally {
    builder.jumps = before;
  }
}

export function jumpStatement(
  node: BreakStatement | ContinueStatement,
  builder: ProcessBuilder,
): Flow {
  const leaves = Node.isBreakStatement(node);
  const word = leaves ? 'break' : 'continue';
  const target = leaves ? builder.jumps.break : builder.jumps.continue;
  if (target === undefined) {
    throw new Error(`${word} outside a loop, which TypeScript has refused`);
  }
  return jumpTo(target);
}

export function returnStatement(
  node: ReturnStatement,
  scope: Scope,
  builder: ProcessBuilder,
): Flow {
  const result = builder.jumps.return;
  const expression = node.getExpression();
  if (result === undefined) {
    throw new Error('return outside a function, which TypeScript has refused');
  }
  const value =
    expression === undefined
      ? ({ kind: 'static', value: undefined } as const)
      : evaluate(expression, scope, builder);
  return result.take(value, spanOf(node));
}
