import { binary, cast, exprRange, select } from '../ir/build.ts';
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
import { callLive } from './call-live.ts';
import { fail } from './diagnostics.ts';
import { narrow } from './narrow.ts';
import type { ProcessBuilder } from './process-builder.ts';
import {
  describe,
  type FieldInfo,
  hw,
  isIntegerType,
  staticOf,
  toHardware,
  type Value,
} from './values.ts';

type Method = Extract<Value, { kind: 'method' }>;
type Memory = Extract<Value, { kind: 'memory' }>;
type StreamValue = Extract<Value, { kind: 'stream' }>;

/** Calls of `stream.read()`, `memory.request(…)`, `v.with(…)`, `u8.saturate(x)`, `Math.min(…)`. */
export function callMethod(
  callee: Method,
  args: readonly Value[],
  span: Span,
  builder: ProcessBuilder,
): Value {
  const { object, name } = callee;
  if (object.kind === 'stream') return streamMethod(object, name, args, span, builder);
  if (object.kind === 'memory') return memoryMethod(object, name, args, span, builder);
  if (object.kind === 'hw' && name === 'with') return withLane(object.expr, args, span);
  if (object.kind === 'static' && isIntegerType(object.value) && name === 'saturate') {
    return narrow(object.value, args[0], 'saturate', span);
  }
  if (object.kind === 'static') {
    const known = args.map(staticOf);
    const holder = object.value as Record<string, (...values: unknown[]) => unknown>;
    if (known.every((one) => one !== undefined)) {
      const bound = (...values: unknown[]) => holder[name](...values);
      const values = known.map((one) => one?.value);
      return { kind: 'static', value: callLive(bound, values, span) };
    }
    if (object.value === Math && (name === 'min' || name === 'max'))
      return extreme(name, args, span);
    if (object.value === Math && name === 'abs') return absolute(args, span);
  }
  fail(
    'TW1022',
    span,
    `${describe(object)} has no method ${name}() in hardware`,
    'See docs/kernel-language.md for what streams, memories, vectors and Math offer.',
  );
}

/** A value that must already be within `type`: the golden model would carry it unnarrowed. */
export function exactly(value: Value, type: Type, what: string, span: Span): Expr {
  const { expr } = toHardware(value, span);
  const range = exprRange(expr);
  const limits = exprRange({ op: 'var', name: '', type });
  const sameShape = lanesOf(expr.type) === lanesOf(type) && expr.type.kind === type.kind;
  if (sameShape && range.min >= limits.min && range.max <= limits.max) return cast(expr, type);
  fail(
    'TW2010',
    span,
    `${what} takes ${typeText(type)}, this is ${typeText(expr.type)}`,
    sameShape
      ? `Narrow it by naming the type: ${typeText(elementOf(type))}(…).`
      : 'The number of lanes must agree.',
  );
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
      if (!stream.record) return exactly(value, field.type, `the stream ${stream.name}`, span);
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
  return hw({ op: 'var', name, type: field.type, span }, elementOf(field.type).width > 53);
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
    return variable(into, { name: into, type: beatType }, span);
  }
  if (memory.direction === 'write' && name === 'send') {
    const value = exactly(args[0], beatType, `the memory ${memory.name}`, span);
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

function withLane(vector: Expr, args: readonly Value[], span: Span): Value {
  if (vector.type.kind !== 'vec' || args.length !== 2) {
    fail('TW1022', span, 'with(lane, value) replaces one lane of a vector', 'Call it on a vector.');
  }
  const value = exactly(args[1], vector.type.element, 'the lane', span);
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
  return hw({ op: 'with-lane', type: vector.type, vector, index, value, span });
}

function extreme(name: 'min' | 'max', args: readonly Value[], span: Span): Value {
  const operands = args.map((one) => toHardware(one, span));
  const ranges = operands.map(({ expr }) => exprRange(expr));
  const pick = (a: bigint, b: bigint) => (name === 'min' ? (a < b ? a : b) : a > b ? a : b);
  let result = operands[0].expr;
  let range = ranges[0];
  for (let at = 1; at < operands.length; at++) {
    const other = operands[at].expr;
    range = { min: pick(range.min, ranges[at].min), max: pick(range.max, ranges[at].max) };
    const type = typeForRange(range.min, range.max);
    const less = binary('lt', u1, result, other, span);
    result = name === 'min' ? select(less, result, other, type) : select(less, other, result, type);
  }
  return hw(result, operands[0].big);
}

function absolute(args: readonly Value[], span: Span): Value {
  const { expr } = toHardware(args[0], span);
  const range = exprRange(expr);
  if (range.min >= 0n) return args[0];
  const most = -range.min > range.max ? -range.min : range.max;
  const type = typeForRange(0n, most);
  const zero: Expr = { op: 'const', type: u1, value: 0n };
  const negative = binary('lt', u1, expr, zero, span);
  return hw(select(negative, binary('sub', type, zero, expr, span), cast(expr, type), type));
}
