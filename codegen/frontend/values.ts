import type { ArrowFunction, FunctionDeclaration, FunctionExpression } from 'ts-morph';
import { constant, constantVector } from '../ir/build.ts';
import {
  type Expr,
  type IntType,
  intType,
  type Span,
  type Type,
  typeForRange,
  vecType,
} from '../ir/ir.ts';
import type { ElementType } from '../language/element-type.ts';
import type { BigFixedType } from '../language/fixed.ts';
import type { IntegerType } from '../language/integer-type.ts';
import type { VectorType } from '../language/vector.ts';
import { type Diagnostic, DiagnosticSignal, fail, KnownErrorSignal } from './diagnostics.ts';
import { exactUnits } from './exact-units.ts';
import { formatText } from './format-text.ts';
import { functionName } from './function-name.ts';
import type { Scope } from './scope.ts';

/** A function of the source, however it is written. */
export type FunctionNode = FunctionDeclaration | FunctionExpression | ArrowFunction;

/** One field of a stream's element. */
export interface FieldInfo {
  readonly name: string;
  readonly type: Type;
  /** Bits behind the binary point. */
  readonly fraction: number;
}

/** A hardware value in an expression: the integer that the IR computes, and what the source means by it. */
export interface Operand {
  readonly expr: Expr;
  /** True where TypeScript holds the value in a bigint. */
  readonly big: boolean;
  /** Bits behind the binary point: the value is the integer times 2^-fraction. 0 for integers. */
  readonly fraction: number;
  /** True for a number of the source that no type was named for. */
  readonly literal?: boolean;
  /** A sum of bigints past 64 bits: only naming a type at once makes a value of it. */
  readonly wide?: WideSum;
}

/** A result of 65 bits, which Node holds and a register does not. `refused` is said of any other use. */
export interface WideSum {
  readonly op: 'add' | 'sub';
  readonly left: Expr;
  readonly right: Expr;
  readonly refused: Diagnostic;
}

/**
 * What an expression of a kernel stands for while it is compiled. `static` is a plain JavaScript value
 * known now; `hw` is computed by the hardware.
 */
export type Value =
  | { readonly kind: 'static'; readonly value: unknown }
  | ({ readonly kind: 'hw' } & Operand)
  /** `list`: written as an array, with the indices as names. */
  | {
      readonly kind: 'record';
      readonly fields: ReadonlyMap<string, Value>;
      readonly list?: boolean;
    }
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
      readonly fraction: number;
      readonly lanes: number;
    }
  | {
      readonly kind: 'table';
      readonly name: string;
      readonly element: IntType;
      readonly fraction: number;
      readonly values: readonly bigint[];
    }
  | {
      readonly kind: 'array';
      readonly name: string;
      readonly element: Type;
      readonly big: boolean;
      readonly fraction: number;
      readonly length: number;
    }
  | {
      readonly kind: 'function';
      readonly declaration: FunctionNode;
      /** What its names mean; undefined for a function of a file's top level. */
      readonly closure?: Scope;
      /** The function as it runs in Node; undefined where it may use values of the hardware. */
      readonly live?: (...args: unknown[]) => unknown;
    }
  | { readonly kind: 'builtin'; readonly name: string }
  | { readonly kind: 'method'; readonly object: Value; readonly name: string }
  /** Stands for a value whose definition was already reported. */
  | { readonly kind: 'poison' };

export function hw(expr: Expr, big = false, fraction = 0): Value {
  return { kind: 'hw', expr, big, fraction };
}

export function asValue({ expr, big, fraction, wide }: Operand): Value {
  return { kind: 'hw', expr, big, fraction, ...(wide === undefined ? {} : { wide }) };
}

export function isIntegerType(value: unknown): value is IntegerType<unknown> {
  return typeof value === 'function' && (value as { kind?: unknown }).kind === 'int';
}

export type AnyFixedType = BigFixedType<unknown, unknown>;

export function isFixedType(value: unknown): value is AnyFixedType {
  return typeof value === 'function' && (value as { kind?: unknown }).kind === 'fixed';
}

/** True for the types that an element of a vector, a memory or a table may have. */
export function isElementType(value: unknown): value is ElementType<unknown> {
  return isIntegerType(value) || isFixedType(value);
}

export function isVectorType(value: unknown): value is VectorType<unknown> {
  return (
    typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'vec'
  );
}

export function irInt(type: ElementType<unknown>): IntType {
  return intType(type.signed, type.width);
}

/** The IR type of an element or vector type of the language; undefined for anything else. */
export function irType(value: unknown): Type | undefined {
  if (isElementType(value)) return irInt(value);
  if (isVectorType(value)) return vecType(irInt(value.element), value.lanes);
  return undefined;
}

/** Bits behind the binary point of an element or vector type of the language. */
export function fractionOf(value: unknown): number {
  if (isElementType(value)) return value.fraction;
  return isVectorType(value) ? value.element.fraction : 0;
}

/** The plain JavaScript value behind a static value, or behind a hardware constant. */
export function staticOf(value: Value): { readonly value: unknown } | undefined {
  if (value.kind === 'static') return { value: value.value };
  if (value.kind === 'hw' && value.expr.op === 'const') {
    const units = value.expr.value;
    if (value.big) return { value: units };
    const number = (one: bigint) => Number(one) / 2 ** value.fraction;
    return { value: typeof units === 'bigint' ? number(units) : units.map(number) };
  }
  if (value.kind === 'function' && value.live !== undefined) return { value: value.live };
  if (value.kind === 'record') {
    const entries: [string, unknown][] = [];
    for (const [name, field] of value.fields) {
      const known = staticOf(field);
      if (known === undefined) return undefined;
      entries.push([name, known.value]);
    }
    if (value.list) return { value: entries.map(([, one]) => one) };
    return { value: Object.fromEntries(entries) };
  }
  return undefined;
}

/** The value as an integer of the hardware; a value with a fraction is refused. */
export function toHardware(value: Value, span: Span): Operand {
  if (
    value.kind === 'static' &&
    typeof value.value === 'number' &&
    !Number.isSafeInteger(value.value)
  ) {
    fail(
      'TW1001',
      span,
      `${value.value} is not a whole number that hardware can hold`,
      'Round it at compile time (Math.round, Math.floor), and stay within 53 bits.',
    );
  }
  const operand = toOperand(value, span);
  if (operand.fraction === 0) return operand;
  fail(
    'TW2102',
    span,
    `this takes an integer, and the value is ${formatText(operand.expr.type, operand.fraction)}`,
    operand.big
      ? "Take its units with the raw(x) of its type, or convert it: fixed(64, 0, 'floor', 'wrap').convert(x, type)."
      : 'Round it first: Math.floor(x), Math.round(x); or take its units with the raw(x) of its type.',
  );
}

/** The value as hardware, fraction and all: numbers and booleans become constants of the smallest type. */
export function toOperand(value: Value, span: Span): Operand {
  if (value.kind === 'hw') {
    if (value.wide !== undefined) throw new DiagnosticSignal(value.wide.refused);
    return value;
  }
  if (value.kind === 'poison') {
    throw new KnownErrorSignal({ code: 'TW1002', span, message: 'known to be wrong', hint: '' });
  }
  const list = value.kind === 'record' && value.list ? staticOf(value) : undefined;
  if (list !== undefined) return toHardware({ kind: 'static', value: list.value }, span);
  if (value.kind === 'static') {
    const known = value.value;
    const literal = true;
    if (typeof known === 'boolean') {
      return { expr: constant(known ? 1n : 0n), big: false, fraction: 0, literal };
    }
    if (typeof known === 'bigint') {
      return { expr: constant(known), big: true, fraction: 0, literal };
    }
    if (typeof known === 'number') {
      const { units, fraction } = exactUnits(known, span);
      return { expr: constant(units), big: false, fraction, literal };
    }
    const number = (one: unknown) => typeof one === 'number' || typeof one === 'bigint';
    if (Array.isArray(known) && known.length > 0 && known.every(number)) {
      return vectorOf(known, span);
    }
  }
  fail(
    'TW1002',
    span,
    `${describe(value)} cannot be a value in hardware`,
    'Hardware values are integers, fixed point, booleans and vectors of them.',
  );
}

/** An array of the source as a constant vector, all lanes with the binary point of the finest. */
function vectorOf(known: readonly (number | bigint)[], span: Span): Operand {
  const lanes = known.map((one) =>
    typeof one === 'bigint' ? { units: one, fraction: 0 } : exactUnits(one, span),
  );
  const fraction = Math.max(...lanes.map((one) => one.fraction));
  const values = lanes.map((one) => one.units << BigInt(fraction - one.fraction));
  const least = values.reduce((a, b) => (b < a ? b : a));
  const most = values.reduce((a, b) => (b > a ? b : a));
  const element = typeForRange(least, most);
  const big = known.some((one) => typeof one === 'bigint');
  return { expr: constantVector(values, element), big, fraction, literal: true };
}

export function describe(value: Value): string {
  switch (value.kind) {
    case 'static':
      if (value.value === Math) return 'Math';
      return isElementType(value.value)
        ? `the type ${value.value.text}`
        : typeof value.value === 'object' || typeof value.value === 'function'
          ? `a compile-time ${typeof value.value}`
          : String(value.value);
    case 'hw':
      return 'a hardware value';
    case 'record':
      return value.list ? 'an array' : 'a record';
    case 'stream':
      return `the stream ${value.name}`;
    case 'memory':
      return `the memory ${value.name}`;
    case 'table':
      return `the table ${value.name}`;
    case 'array':
      return `the array ${value.name}`;
    case 'function':
      return `the function ${functionName(value.declaration)}`;
    case 'builtin':
      return `${value.name}()`;
    case 'method':
      return `the method ${value.name}`;
    case 'poison':
      return 'a value';
  }
}
