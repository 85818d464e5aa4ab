import { cast } from '../ir/build.ts';
import type { Expr, IntType, Span, Type } from '../ir/ir.ts';
import { fail } from './diagnostics.ts';
import { asValue, type Value } from './values.ts';

/** A `let` of the source: a variable of the process, or a number that only the compiler sees (unrolled loops). */
export type Binding =
  | { readonly kind: 'const'; readonly value: Value }
  | {
      readonly kind: 'let';
      readonly variable: string;
      readonly type: Type;
      readonly big: boolean;
      /** Bits behind the binary point. */
      readonly fraction: number;
      /** What the variable is known to hold here, where that is less than its type. */
      readonly within?: IntType;
    }
  /** A `let` that holds a record: a variable for each field. */
  | { readonly kind: 'record'; readonly fields: ReadonlyMap<string, Binding> };

/** What a name stands for where it is mentioned. */
export function valueOfBinding(binding: Binding, span: Span): Value {
  if (binding.kind === 'const') return binding.value;
  if (binding.kind === 'record') {
    const fields = [...binding.fields].map(([key, one]): [string, Value] => [
      key,
      valueOfBinding(one, span),
    ]);
    return { kind: 'record', fields: new Map(fields) };
  }
  const { variable, type, within, big, fraction } = binding;
  const now: Expr = { op: 'var', name: variable, type, span };
  return asValue({ expr: within === undefined ? now : cast(now, within, span), big, fraction });
}

/** Names in sight, innermost block first. */
export class Scope {
  private readonly names = new Map<string, Binding>();
  private readonly outer: Scope | undefined;

  constructor(outer?: Scope) {
    this.outer = outer;
  }

  define(name: string, binding: Binding): void {
    this.names.set(name, binding);
  }

  find(name: string): Binding | undefined {
    return this.names.get(name) ?? this.outer?.find(name);
  }

  /** True where the block itself declares the name. */
  owns(name: string): boolean {
    return this.names.has(name);
  }

  /** Another value for a name, in the block that declares it. */
  replace(name: string, binding: Binding): void {
    if (this.names.has(name) || this.outer === undefined) this.names.set(name, binding);
    else this.outer.replace(name, binding);
  }

  lookup(name: string, span: Span): Binding {
    const found = this.find(name);
    if (found !== undefined) return found;
    fail(
      'TW1003',
      span,
      `'${name}' is not known here`,
      'A process sees its parameters, its own variables, and the constants and functions of its file.',
    );
  }
}
