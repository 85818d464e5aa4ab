import { type BindingName, Node } from 'ts-morph';
import { fail } from './diagnostics.ts';
import type { Scope } from './scope.ts';
import { spanOf } from './source-span.ts';
import type { Value } from './values.ts';

/** Binds `{ a, b: c }` against a record or a compile-time object. */
export function bindPattern(pattern: BindingName, value: Value, scope: Scope): void {
  const span = spanOf(pattern);
  if (!Node.isObjectBindingPattern(pattern)) {
    fail('TW1025', span, 'an array pattern', 'Take lanes by index: v[0].');
  }
  for (const element of pattern.getElements()) {
    const name = element.getName();
    const key = element.getPropertyNameNode()?.getText() ?? name;
    scope.define(name, { kind: 'const', value: field(value, key, spanOf(element)) });
  }
}

function field(value: Value, key: string, span: ReturnType<typeof spanOf>): Value {
  if (value.kind === 'poison') return value;
  if (value.kind === 'record') {
    const found = value.fields.get(key);
    if (found !== undefined) return found;
    fail(
      'TW1007',
      span,
      `there is no field '${key}'`,
      `Fields: ${[...value.fields.keys()].join(', ')}.`,
    );
  }
  if (value.kind === 'static' && typeof value.value === 'object' && value.value !== null) {
    const found = (value.value as Record<string, unknown>)[key];
    if (found !== undefined) return { kind: 'static', value: found };
  }
  fail('TW1007', span, `there is no field '${key}'`, 'Take fields of records only.');
}
