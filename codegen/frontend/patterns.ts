import { type BindingName, Node } from 'ts-morph';
import { constant, lane } from '../ir/build.ts';
import type { Span } from '../ir/ir.ts';
import { fail } from './diagnostics.ts';
import { evaluate } from './expressions.ts';
import type { ProcessBuilder } from './process-builder.ts';
import type { Scope } from './scope.ts';
import { spanOf } from './source-span.ts';
import { asValue, type Value } from './values.ts';

/**
 * Takes `{ a, b: c, d = 1, ...rest }` or `[x, , y]` apart; `bind` is called for each name, in order. A
 * plain name is the simplest pattern.
 */
export function bindPattern(
  pattern: BindingName,
  value: Value,
  scope: Scope,
  builder: ProcessBuilder,
  bind: (name: string, value: Value) => void,
): void {
  if (Node.isIdentifier(pattern)) {
    bind(pattern.getText(), value);
    return;
  }
  const taken = new Set<string>();
  pattern.getElements().forEach((element, at) => {
    if (Node.isOmittedExpression(element)) return;
    const span = spanOf(element);
    const target = element.getNameNode();
    if (element.getDotDotDotToken() !== undefined) {
      const name = target.getText();
      bind(name, restOfList(value, at) ?? rest(value, taken, name, span));
      return;
    }
    const inObject = Node.isObjectBindingPattern(pattern);
    const key = inObject ? (element.getPropertyNameNode() ?? target).getText() : String(at);
    taken.add(key);
    const first = element.getInitializer();
    const found = partOf(value, key, inObject, span);
    if (found === undefined && first === undefined) missing(value, key, span);
    const part = found ?? (first === undefined ? value : evaluate(first, scope, builder));
    bindPattern(target, part, scope, builder, bind);
  });
}

/** A field of a record or of a compile-time object, or a lane; undefined where there is none. */
export function partOf(value: Value, key: string, named: boolean, span: Span): Value | undefined {
  if (value.kind === 'poison') return value;
  if (named && value.kind === 'memory' && key === 'lanes') {
    return { kind: 'static', value: value.lanes };
  }
  if (named && value.kind === 'record' && value.list && key === 'length') {
    return { kind: 'static', value: value.fields.size };
  }
  if (value.kind === 'record') return value.fields.get(key);
  if (value.kind === 'static' && typeof value.value === 'object' && value.value !== null) {
    const found = (value.value as Record<string, unknown>)[key];
    return found === undefined ? undefined : { kind: 'static', value: found };
  }
  if (!named && value.kind === 'hw' && value.expr.type.kind === 'vec') {
    if (Number(key) >= value.expr.type.lanes) return undefined;
    return asValue({ ...value, expr: lane(value.expr, constant(BigInt(key)), span) });
  }
  return undefined;
}

/** `[first, ...others]` of an array: an array again. */
function restOfList(value: Value, from: number): Value | undefined {
  if (value.kind === 'static' && Array.isArray(value.value)) {
    return { kind: 'static', value: value.value.slice(from) };
  }
  if (value.kind !== 'record' || !value.list) return undefined;
  const others = [...value.fields.values()].slice(from);
  return { ...value, fields: new Map(others.map((one, at) => [String(at), one])) };
}

function rest(value: Value, taken: ReadonlySet<string>, name: string, span: Span): Value {
  if (value.kind === 'poison') return value;
  if (value.kind !== 'record') {
    fail('TW1025', span, `...${name} takes the rest of a record`, 'Name what you need.');
  }
  return {
    kind: 'record',
    fields: new Map([...value.fields].filter(([key]) => !taken.has(key))),
  };
}

export function missing(value: Value, key: string, span: Span): never {
  fail(
    'TW1007',
    span,
    `there is no field '${key}'`,
    value.kind === 'record'
      ? `Fields: ${[...value.fields.keys()].join(', ')}.`
      : 'Take fields of records, and lanes of vectors, only.',
  );
}

/** The names that a pattern binds. */
export function namesOf(pattern: BindingName): readonly string[] {
  if (Node.isIdentifier(pattern)) return [pattern.getText()];
  return pattern
    .getElements()
    .flatMap((one) => (Node.isOmittedExpression(one) ? [] : namesOf(one.getNameNode())));
}
