import { type FunctionDeclaration, Node } from 'ts-morph';
import type { Span } from '../ir/ir.ts';
import { bindParameters } from './bind-parameters.ts';
import { fail } from './diagnostics.ts';
import { evaluate } from './expressions.ts';
import { moduleScope } from './module-scope.ts';
import type { ProcessBuilder } from './process-builder.ts';
import { Scope } from './scope.ts';
import { spanOf } from './source-span.ts';
import { compileStatement } from './statements.ts';
import { asValue, type Value } from './values.ts';

/** How deep calls may nest: a recursion that the compiler cannot see the end of stops here. */
const deepest = 64;
let depth = 0;

/** A call of a function of the file with hardware values: its body takes the place of the call. */
export function inlineCall(
  declaration: FunctionDeclaration,
  args: readonly Value[],
  builder: ProcessBuilder,
  span: Span,
): Value {
  if (depth >= deepest) {
    fail(
      'TW1023',
      span,
      `${declaration.getName() ?? 'a function'} calls itself without end`,
      'Hardware has no call stack: use a loop.',
    );
  }
  depth += 1;
  try {
    const scope = new Scope(moduleScope(declaration.getSourceFile()));
    const parameters = declaration.getParameters();
    bindParameters(parameters, args, scope, span, (name, value) =>
      value.kind === 'hw'
        ? asValue({ ...value, expr: builder.name(name, value.expr, span) })
        : value,
    );
    const statements = declaration.getStatements();
    let result: Value = { kind: 'static', value: undefined };
    statements.forEach((statement, at) => {
      if (!Node.isReturnStatement(statement)) {
        compileStatement(statement, scope, builder);
        return;
      }
      if (at !== statements.length - 1) {
        fail(
          'TW1024',
          spanOf(statement),
          'a return before the end of a function',
          'Put one return last, and choose the value with ?: or if.',
        );
      }
      const value = statement.getExpression();
      if (value !== undefined) result = evaluate(value, scope, builder);
    });
    return result;
  } finally {
    depth -= 1;
  }
}
