import { Node } from 'ts-morph';
import type { Span } from '../ir/ir.ts';
import { bindParameters } from './bind-parameters.ts';
import { fail } from './diagnostics.ts';
import { evaluate } from './expressions.ts';
import { functionName } from './function-name.ts';
import { FunctionResult } from './function-result.ts';
import { withJumps } from './jump-statements.ts';
import { inSequence } from './jumps.ts';
import { moduleScope } from './module-scope.ts';
import type { ProcessBuilder } from './process-builder.ts';
import { pureBody } from './pure-body.ts';
import { Scope } from './scope.ts';
import { settle } from './settle.ts';
import { spanOf } from './source-span.ts';
import { compileStatement } from './statements.ts';
import type { FunctionNode, Value } from './values.ts';

export type FunctionValue = Extract<Value, { kind: 'function' }>;

/** How deep calls may nest: a recursion that the compiler cannot see the end of stops here. */
const deepest = 64;
let depth = 0;

/** A call of a function of the source with hardware values: its body takes the place of the call. */
export function inlineCall(
  { declaration, closure }: FunctionValue,
  args: readonly Value[],
  builder: ProcessBuilder,
  span: Span,
): Value {
  if (depth >= deepest) {
    fail(
      'TW1023',
      span,
      `${functionName(declaration)} calls itself without end`,
      'Hardware has no call stack: use a loop.',
    );
  }
  depth += 1;
  try {
    const scope = new Scope(closure ?? moduleScope(declaration.getSourceFile()));
    // Within the lanes of a vector only values without names of their own are joined again.
    const prepare = (name: string, value: Value) =>
      builder.laneDepth > 0 ? value : settle(name, value, builder, span);
    bindParameters(declaration.getParameters(), args, scope, span, builder, prepare);
    const body = declaration.getBody();
    if (Node.isExpression(body)) return evaluate(body, scope, builder);
    const pure =
      builder.laneDepth > 0 && Node.isBlock(body)
        ? pureBody(body.getStatements(), scope, builder)
        : undefined;
    return pure ?? compileBody(declaration, scope, builder, span);
  } finally {
    depth -= 1;
  }
}

/** Async functions and generators run in slices of time that hardware does not have. */
function refuseSliced(declaration: FunctionNode): void {
  const generator = !Node.isArrowFunction(declaration) && declaration.isGenerator();
  if (!declaration.isAsync() && !generator) return;
  fail(
    'TW1039',
    spanOf(declaration),
    `${functionName(declaration)} is ${generator ? 'a generator' : 'async'}`,
    'Write a plain function; what waits for something else is a process that reads a stream.',
  );
}

/** The statements of a function where its parameters are bound, and what it returns. */
export function compileBody(
  declaration: FunctionNode,
  scope: Scope,
  builder: ProcessBuilder,
  span: Span,
): Value {
  refuseSliced(declaration);
  const body = declaration.getBody();
  const statements = Node.isBlock(body) ? body.getStatements() : [];
  const result = new FunctionResult(functionName(declaration), span, builder);
  const flow = withJumps(builder, { return: result }, () =>
    inSequence(
      statements.map((one) => () => compileStatement(one, scope, builder)),
      builder,
    ),
  );
  return result.value(flow, span);
}
