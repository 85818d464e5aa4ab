import type { ParameterDeclaration } from 'ts-morph';
import type { Span } from '../ir/ir.ts';
import { fail } from './diagnostics.ts';
import { evaluate } from './expressions.ts';
import { bindPattern } from './patterns.ts';
import type { ProcessBuilder } from './process-builder.ts';
import type { Scope } from './scope.ts';
import { spanOf } from './source-span.ts';
import type { Value } from './values.ts';

/** Binds the arguments of a call to parameters, by name or by pattern (`{ ids, rows }`). */
export function bindParameters(
  parameters: readonly ParameterDeclaration[],
  args: readonly Value[],
  scope: Scope,
  span: Span,
  builder: ProcessBuilder,
  prepare: (name: string, value: Value) => Value = (_name, value) => value,
): void {
  parameters.forEach((parameter, at) => {
    if (parameter.isRestParameter()) {
      fail(
        'TW1018',
        spanOf(parameter),
        'a parameter that takes any number of arguments',
        'Name each parameter, or pass a vector or a record.',
      );
    }
    const first = parameter.getInitializer();
    const given = args[at];
    const absent = given === undefined || (given.kind === 'static' && given.value === undefined);
    if (absent && first === undefined && !parameter.isOptional()) {
      fail(
        'TW1018',
        span,
        `argument ${at + 1} (${parameter.getName()}) is missing`,
        'Pass it, or give the parameter a default: (a, b = 1).',
      );
    }
    const nothing: Value = { kind: 'static', value: undefined };
    const value = !absent ? given : first === undefined ? nothing : evaluate(first, scope, builder);
    bindPattern(parameter.getNameNode(), value, scope, builder, (name, part) => {
      scope.define(name, { kind: 'const', value: prepare(name, part) });
    });
  });
}
