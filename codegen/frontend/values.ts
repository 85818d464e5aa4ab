import type { FunctionDeclaration } from 'ts-morph';
import { constant, constantVector, isConstant } from '../ir/build.ts';
import { type Expr, type IntType, intType, type Span, type Type, vecType } from '../ir/ir.ts';
import type { IntegerType } from '../language/integer-type.ts';
import type { VectorType } from '../language/vector.ts';
import { fail, KnownErrorSignal } from './diagnostics.ts';

/** One field of a stream's element. */
export interface FieldInfo {
  readonly name: string;
  readonly type: Type;
}

/**
 * What an expression of a kernel stands for while it is compiled. `static` is a plain JavaScript value
 * known now; `hw` is computed by the hardware.
 */
export type Value =
  | { readonly kind: 'static'; readonly value: unknown }
  | { readonly kind: 'hw'; readonly expr: Expr; readonly big: boolean }
  | { readonly kind: 'record'; readonly fields: ReadonlyMap<string, Value> }
  /** `record` tells `stream({…})` from `stream(type)`, whose element is its only field. */
  | {
      readonly kind: 'stream';
      readonly name: string;
      readonly fields: readonly FieldInfo[];
      readonly record: boolean;
    }
  | {
      readonly kind: 'memory';
      readonly name: string;
      readonly direction: 'read' | 'write';
      readonly element: IntType;
      readonly lanes: number;
    }
  | {
      readonly kind: 'table';
      readonly name: string;
      readonly element: IntType;
      readonly values: readonly bigint[];
    }
  | {
      readonly kind: 'function';
      readonly declaration: FunctionDeclaration;
      readonly live: (...args: unknown[]) => unknown;
    }
  | { readonly kind: 'builtin'; readonly name: string }
  | { readonly kind: 'method'; readonly object: Value; readonly name: string }
  /** Stands for a value whose definition was already reported. */
  | { readonly kind: 'poison' };

export function hw(expr: Expr, big = false): Value {
  return { kind: 'hw', expr, big };
}

export function isIntegerType(value: unknown): value is IntegerType<unknown> {
  return typeof value === 'function' && (value as { kind?: unknown }).kind === 'int';
}

export function isVectorType(value: unknown): value is VectorType<unknown> {
  return (
    typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'vec'
  );
}

export function irInt(type: IntegerType<unknown>): IntType {
  return intType(type.signed, type.width);
}

/** The IR type of an integer or vector type of the language; undefined for anything else. */
export function irType(value: unknown): Type | undefined {
  if (isIntegerType(value)) return irInt(value);
  if (isVectorType(value)) return vecType(irInt(value.element), value.lanes);
  return undefined;
}

/** The plain JavaScript value behind a static value, or behind a hardware constant. */
export function staticOf(value: Value): { readonly value: unknown } | undefined {
  if (value.kind === 'static') return { value: value.value };
  if (value.kind === 'hw' && isConstant(value.expr)) {
    return { value: value.big ? value.expr.value : Number(value.expr.value) };
  }
  if (value.kind === 'hw' && value.expr.op === 'const' && typeof value.expr.value !== 'bigint') {
    return { value: value.big ? value.expr.value : value.expr.value.map(Number) };
  }
  if (value.kind === 'function') return { value: value.live };
  if (value.kind === 'record') {
    const entries: [string, unknown][] = [];
    for (const [name, field] of value.fields) {
      const known = staticOf(field);
      if (known === undefined) return undefined;
      entries.push([name, known.value]);
    }
    return { value: Object.fromEntries(entries) };
  }
  return undefined;
}

/** The value as hardware: numbers and booleans become constants of the smallest type. */
export function toHardware(
  value: Value,
  span: Span,
): { readonly expr: Expr; readonly big: boolean } {
  if (value.kind === 'hw') return value;
  if (value.kind === 'poison') {
    throw new KnownErrorSignal({ code: 'TW1002', span, message: 'known to be wrong', hint: '' });
  }
  if (value.kind === 'static') {
    const known = value.value;
    if (typeof known === 'boolean') return { expr: constant(known ? 1n : 0n), big: false };
    if (typeof known === 'bigint') return { expr: constant(known), big: true };
    if (typeof known === 'number') {
      if (Number.isSafeInteger(known)) return { expr: constant(BigInt(known)), big: false };
      fail(
        'TW1001',
        span,
        `${known} is not a whole number that hardware can hold`,
        'Round it at compile time (Math.round, Math.floor), and stay within 53 bits.',
      );
    }
    const whole = (one: unknown) => typeof one === 'bigint' || Number.isSafeInteger(one);
    if (Array.isArray(known) && known.length > 0 && known.every(whole)) {
      const values = known.map((one: number | bigint) => BigInt(one));
      const least = values.reduce((a, b) => (b < a ? b : a));
      const most = values.reduce((a, b) => (b > a ? b : a));
      const element = [constant(least), constant(most)].map((one) => one.type as IntType);
      const signed = element.some((one) => one.signed);
      const width = Math.max(...element.map((one) => one.width + (signed && !one.signed ? 1 : 0)));
      const big = known.some((one) => typeof one === 'bigint');
      return { expr: constantVector(values, intType(signed, width)), big };
    }
  }
  fail(
    'TW1002',
    span,
    `${describe(value)} cannot be a value in hardware`,
    'Hardware values are integers, booleans and vectors of them.',
  );
}

export function describe(value: Value): string {
  switch (value.kind) {
    case 'static':
      if (value.value === Math) return 'Math';
      return isIntegerType(value.value)
        ? `the type ${value.value.text}`
        : typeof value.value === 'object' || typeof value.value === 'function'
          ? `a compile-time ${typeof value.value}`
          : String(value.value);
    case 'hw':
      return 'a hardware value';
    case 'record':
      return 'a record';
    case 'stream':
      return `the stream ${value.name}`;
    case 'memory':
      return `the memory ${value.name}`;
    case 'table':
      return `the table ${value.name}`;
    case 'function':
      return `the function ${value.declaration.getName() ?? ''}`;
    case 'builtin':
      return `${value.name}()`;
    case 'method':
      return `the method ${value.name}`;
    case 'poison':
      return 'a value';
  }
}
