import { Node, type ParameterDeclaration } from 'ts-morph';
import type { Span } from '../ir/ir.ts';
import { fail } from './diagnostics.ts';
import { bindPattern } from './patterns.ts';
import type { Scope } from './scope.ts';
import type { Value } from './values.ts';

/** Binds the arguments of a call to parameters, by name or by pattern (`{ ids, rows }`). */
export function bindParameters(
  parameters: readonly ParameterDeclaration[],
  args: readonly Value[],
  scope: Scope,
  span: Span,
  prepare: (name: string, value: Value) => Value = (_name, value) => value,
): void {
  parameters.forEach((parameter, at) => {
    const value = args[at];
    const pattern = parameter.getNameNode();
    if (value === undefined) {
      fail(
        'TW1018',
        span,
        `argument ${at + 1} (${parameter.getName()}) is missing`,
        'Pass every argument; defaults are not part of the language.',
      );
    }
    if (Node.isIdentifier(pattern)) {
      const name = pattern.getText();
      scope.define(name, { kind: 'const', value: prepare(name, value) });
    } else {
      bindPattern(pattern, value, scope);
    }
  });
}
