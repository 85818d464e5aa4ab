import { binary, cast, constant, exprRange, isConstant, select } from '../ir/build.ts';
import {
  type Expr,
  elementOf,
  lanesOf,
  type Span,
  type Type,
  typeForRange,
  typeText,
  u1,
  vecType,
} from '../ir/ir.ts';
import { align, shiftUp, widest } from './align.ts';
import { callLive } from './call-live.ts';
import { fail } from './diagnostics.ts';
import { fixedMethod, isFixedMethod, wholeNumber } from './fixed-methods.ts';
import { formatText } from './format-text.ts';
import { narrow } from './narrow.ts';
import type { ProcessBuilder } from './process-builder.ts';
import {
  asValue,
  describe,
  type FieldInfo,
  hw,
  isFixedType,
  isIntegerType,
  type Operand,
  toHardware,
  toOperand,
  type Value,
} from './values.ts';

type Method = Extract<Value, { kind: 'method' }>;
type Memory = Extract<Value, { kind: 'memory' }>;
type StreamValue = Extract<Value, { kind: 'stream' }>;

/**
 * Calls of `stream.read()`, `memory.request(…)`, `v.with(…)`, `u8.saturate(x)`, `Math.min(…)`.
 * `known`: the arguments as JavaScript takes them, where all are known at compile time.
 */
export function callMethod(
  callee: Method,
  args: readonly Value[],
  known: readonly unknown[] | undefined,
  span: Span,
  builder: ProcessBuilder,
): Value {
  const { object, name } = callee;
  if (object.kind === 'stream') return streamMethod(object, name, args, span, builder);
  if (object.kind === 'memory') return memoryMethod(object, name, args, span, builder);
  if (object.kind === 'hw' && name === 'with') return withLane(object, args, span);
  if (object.kind === 'static' && isIntegerType(object.value) && name === 'saturate') {
    return narrow(object.value, args[0], 'saturate', span);
  }
  if (object.kind === 'static' && isFixedType(object.value) && isFixedMethod(name)) {
    return fixedMethod(object.value, name, args, span, builder);
  }
  if (object.kind === 'static') {
    const holder = object.value as Record<string, (...values: unknown[]) => unknown>;
    if (known !== undefined) {
      const bound = (...values: unknown[]) => holder[name](...values);
      return { kind: 'static', value: callLive(bound, known, span) };
    }
    if (object.value === Math && (name === 'min' || name === 'max'))
      return extreme(name, args, span);
    if (object.value === Math && name === 'abs') return absolute(args, span);
    const whole = object.value === Math ? wholeNumber(name, args[0], span) : undefined;
    if (whole !== undefined) return whole;
  }
  fail(
    'TW1022',
    span,
    `${describe(object)} has no method ${name}() in hardware`,
    'See docs/kernel-language.md for what streams, memories, vectors and Math offer.',
  );
}

/**
 * A value that must already be within `type`, in units of 2^-fraction: the golden model would carry it
 * unnarrowed.
 */
export function exactly(value: Value, type: Type, what: string, span: Span, fraction = 0): Expr {
  const operand = toOperand(value, span);
  const target: Operand = {
    expr: { op: 'var', name: '', type },
    big: elementOf(type).width > 53,
    fraction,
  };
  const expr = inUnits(operand, target, span) ?? operand.expr;
  const range = exprRange(expr);
  const limits = exprRange({ op: 'var', name: '', type });
  const sameShape = lanesOf(expr.type) === lanesOf(type) && expr.type.kind === type.kind;
  const whole = inUnits(operand, target, span) !== undefined;
  if (whole && sameShape && range.min >= limits.min && range.max <= limits.max) {
    return cast(expr, type);
  }
  fail(
    'TW2010',
    span,
    `${what} takes ${formatText(type, fraction)}, this is ${formatText(operand.expr.type, operand.fraction)}`,
    !sameShape
      ? 'The number of lanes must agree.'
      : fraction === 0 && operand.fraction !== 0
        ? `Round it and name the type: ${typeText(elementOf(type))}(Math.floor(…)).`
        : fraction === 0
          ? `Narrow it by naming the type: ${typeText(elementOf(type))}(…).`
          : 'Narrow it by naming the type: q(…).',
  );
}

/** The operand in units of the target, or undefined where that is not exact. */
function inUnits(operand: Operand, target: Operand, span: Span): Expr | undefined {
  const { expr } = operand;
  if (operand.fraction === target.fraction && operand.big === target.big) return expr;
  if (operand.big || target.big) {
    // A bigint of the source counts units; integers of either kind are what they are.
    const free = operand.literal === true && operand.big;
    const integers = operand.fraction === 0 && target.fraction === 0;
    const nothing = isConstant(expr) && expr.value === 0n;
    return free || integers || nothing ? expr : undefined;
  }
  const up = target.fraction - operand.fraction;
  if (up >= 0) return shiftUp(expr, up, span);
  const below = (1n << BigInt(-up)) - 1n;
  if (!isConstant(expr) || (expr.value & below) !== 0n) return undefined;
  return constant(expr.value >> BigInt(-up));
}

function streamMethod(
  stream: StreamValue,
  name: string,
  args: readonly Value[],
  span: Span,
  builder: ProcessBuilder,
): Value {
  if (name === 'read') {
    const into = stream.fields.map((field) => builder.declare(field.name, field.type, false, span));
    builder.emit({ kind: 'read', stream: stream.name, into, span });
    const values = stream.fields.map(
      (field, at) => [field.name, variable(into[at], field, span)] as const,
    );
    return stream.record ? { kind: 'record', fields: new Map(values) } : values[0][1];
  }
  if (name === 'write') {
    const [value] = args;
    const values = stream.fields.map((field) => {
      if (!stream.record)
        return exactly(value, field.type, `the stream ${stream.name}`, span, field.fraction);
      const given = value?.kind === 'record' ? value.fields.get(field.name) : undefined;
      if (given === undefined) {
        fail(
          'TW2011',
          span,
          `the field '${field.name}' is missing`,
          `Write { ${stream.fields.map((one) => one.name).join(', ')} }.`,
        );
      }
      return exactly(
        given,
        field.type,
        `the field ${field.name} of the stream ${stream.name}`,
        span,
        field.fraction,
      );
    });
    builder.emit({ kind: 'write', stream: stream.name, values, span });
    return { kind: 'static', value: undefined };
  }
  fail(
    'TW1022',
    span,
    `a stream has no method ${name}()`,
    'Streams have read() and write(value), both blocking.',
  );
}

function variable(name: string, field: FieldInfo, span: Span): Value {
  const big = elementOf(field.type).width > 53;
  return hw({ op: 'var', name, type: field.type, span }, big, field.fraction);
}

function memoryMethod(
  memory: Memory,
  name: string,
  args: readonly Value[],
  span: Span,
  builder: ProcessBuilder,
): Value {
  const beatType = vecType(memory.element, memory.lanes);
  const nothing: Value = { kind: 'static', value: undefined };
  if (name === 'request') {
    const [beat, beats] = args.map((one) => toHardware(one, span).expr);
    if (beat === undefined || beats === undefined) {
      fail(
        'TW1018',
        span,
        'request(beat, beats) takes two numbers',
        'Pass the first beat and how many.',
      );
    }
    // A request past the buffer is an error in golden, so the cut upper bits are never observed.
    builder.emit({
      kind: 'request',
      memory: memory.name,
      beat: cast(beat, { kind: 'int', signed: false, width: 32 }),
      beats: cast(beats, { kind: 'int', signed: false, width: 9 }),
      span,
    });
    return nothing;
  }
  if (memory.direction === 'read' && name === 'receive') {
    const into = builder.declare(memory.name, beatType, false, span);
    builder.emit({ kind: 'receive', memory: memory.name, into, span });
    return variable(into, { name: into, type: beatType, fraction: memory.fraction }, span);
  }
  if (memory.direction === 'write' && name === 'send') {
    const value = exactly(args[0], beatType, `the memory ${memory.name}`, span, memory.fraction);
    builder.emit({ kind: 'send', memory: memory.name, value, span });
    return nothing;
  }
  if (memory.direction === 'write' && name === 'response') {
    builder.emit({ kind: 'response', memory: memory.name, span });
    return nothing;
  }
  const methods =
    memory.direction === 'read' ? 'request() and receive()' : 'request(), send() and response()';
  fail(
    'TW1022',
    span,
    `the memory ${memory.name} has no ${name}()`,
    `A memory that is ${memory.direction === 'read' ? 'read' : 'written'} has ${methods}.`,
  );
}

function withLane(object: Operand, args: readonly Value[], span: Span): Value {
  const vector = object.expr;
  if (vector.type.kind !== 'vec' || args.length !== 2) {
    fail('TW1022', span, 'with(lane, value) replaces one lane of a vector', 'Call it on a vector.');
  }
  const value = exactly(args[1], vector.type.element, 'the lane', span, object.fraction);
  const index = toHardware(args[0], span).expr;
  const range = exprRange(index);
  if (range.min < 0n || range.max >= BigInt(vector.type.lanes)) {
    fail(
      'TW2008',
      span,
      `an index from ${range.min} to ${range.max} into ${vector.type.lanes} lanes`,
      'Narrow the index.',
    );
  }
  return asValue({
    ...object,
    expr: { op: 'with-lane', type: vector.type, vector, index, value, span },
  });
}

function extreme(name: 'min' | 'max', args: readonly Value[], span: Span): Value {
  const pick = (a: bigint, b: bigint) => (name === 'min' ? (a < b ? a : b) : a > b ? a : b);
  const operands = args.map((one) => toOperand(one, span));
  return asValue(
    operands.reduce((one, other) => {
      const { left, right, fraction } = align(one, other, `Math.${name}`, span);
      const [x, y] = [exprRange(left), exprRange(right)];
      const type = typeForRange(pick(x.min, y.min), pick(x.max, y.max));
      if (widest(left, right) > 64) tooWide(name, widest(left, right), span);
      const less = binary('lt', u1, left, right, span);
      const expr =
        name === 'min' ? select(less, left, right, type) : select(less, right, left, type);
      return { expr, big: one.big, fraction };
    }),
  );
}

function tooWide(name: string, width: number, span: Span): never {
  fail(
    'TW2002',
    span,
    `Math.${name} needs ${width} bits here, and 64 is the most`,
    'Narrow the operands first, by naming a type: q(a).',
  );
}

function absolute(args: readonly Value[], span: Span): Value {
  const { expr, fraction } = toOperand(args[0], span);
  const range = exprRange(expr);
  if (range.min >= 0n) return args[0];
  const most = -range.min > range.max ? -range.min : range.max;
  const type = typeForRange(0n, most);
  const zero: Expr = { op: 'const', type: u1, value: 0n };
  const negative = binary('lt', u1, expr, zero, span);
  const magnitude = binary('sub', type, zero, expr, span);
  return hw(select(negative, magnitude, cast(expr, type), type), false, fraction);
}
