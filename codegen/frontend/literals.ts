import { type ArrayLiteralExpression, Node, type ObjectLiteralExpression } from 'ts-morph';
import { fail } from './diagnostics.ts';
import { evaluate, evaluateName } from './expressions.ts';
import type { ProcessBuilder } from './process-builder.ts';
import type { Scope } from './scope.ts';
import { spanOf } from './source-span.ts';
import { describe, staticOf, type Value } from './values.ts';

/** `{ a, b: x, ...more }`: a bundle of named values. */
export function objectLiteral(
  node: ObjectLiteralExpression,
  scope: Scope,
  builder: ProcessBuilder,
): Value {
  const fields = new Map<string, Value>();
  for (const one of node.getProperties()) {
    if (Node.isPropertyAssignment(one)) {
      fields.set(one.getName(), evaluate(one.getInitializerOrThrow(), scope, builder));
    } else if (Node.isShorthandPropertyAssignment(one)) {
      fields.set(one.getName(), evaluateName(one.getName(), scope, spanOf(one)));
    } else if (Node.isSpreadAssignment(one)) {
      for (const [key, value] of partsOf(evaluate(one.getExpression(), scope, builder), one)) {
        fields.set(key, value);
      }
    } else {
      fail('TW1012', spanOf(one), 'a record holds plain fields only', 'Write { name: value }.');
    }
  }
  return { kind: 'record', fields };
}

/** The fields of what is spread. */
function partsOf(value: Value, node: Node): readonly (readonly [string, Value])[] {
  if (value.kind === 'record') return [...value.fields];
  if (value.kind === 'static' && typeof value.value === 'object' && value.value !== null) {
    return Object.entries(value.value).map(([key, one]) => [key, { kind: 'static', value: one }]);
  }
  if (value.kind === 'poison') return [];
  fail('TW1012', spanOf(node), `${describe(value)} is spread`, 'Spread records only.');
}

/** `[a, b]`: a compile-time array where all is known, else several values to be taken apart again. */
export function arrayLiteral(
  node: ArrayLiteralExpression,
  scope: Scope,
  builder: ProcessBuilder,
): Value {
  const values = node.getElements().flatMap((one): readonly Value[] => {
    if (!Node.isSpreadElement(one)) return [evaluate(one, scope, builder)];
    return partsOf(evaluate(one.getExpression(), scope, builder), one).map(([, value]) => value);
  });
  if (values.some((one) => one.kind === 'poison')) return { kind: 'poison' };
  const known = values.map(staticOf);
  // A hardware constant has a width, which a let that takes it apart needs.
  // In a dataflow region an array may grow: `const all: Stream<u8>[] = []`.
  const fixed = builder.region === undefined;
  if (
    fixed &&
    known.every((one) => one !== undefined) &&
    values.every((one) => one.kind !== 'hw')
  ) {
    return { kind: 'static', value: known.map((one) => one?.value) };
  }
  const fields = new Map(values.map((value, at) => [String(at), value]));
  return { kind: 'record', fields, list: true };
}
