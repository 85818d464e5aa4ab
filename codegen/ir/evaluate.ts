import { TilewrightError } from '../support/errors.ts';
import {
  type BinaryOp,
  type BuildExpr,
  type Expr,
  elementOf,
  type KernelIR,
  type LaneExpr,
  lanesOf,
  type ReduceOp,
  rangeOf,
  type Type,
  type WithLaneExpr,
  wrap,
} from './ir.ts';

/** An integer, or the integers of a vector from lane 0 on. */
export type Value = bigint | readonly bigint[];

/** What the names of an expression stand for. */
export interface Environment {
  variable(name: string): Value;
  scalar(name: string): bigint;
}

type Tables = KernelIR['tables'];

function exact(op: BinaryOp, a: bigint, b: bigint, width: number): bigint {
  switch (op) {
    case 'add':
      return a + b;
    case 'sub':
      return a - b;
    case 'mul':
      return a * b;
    case 'and':
      return a & b;
    case 'or':
      return a | b;
    case 'xor':
      return a ^ b;
    case 'shl':
      // Nothing is left of a after `width` places; 2^b itself may be beyond any memory.
      return b >= BigInt(width) ? 0n : a << b;
    case 'shr':
      return b > 64n ? (a < 0n ? -1n : 0n) : a >> b;
    case 'eq':
      return a === b ? 1n : 0n;
    case 'ne':
      return a !== b ? 1n : 0n;
    case 'lt':
      return a < b ? 1n : 0n;
    case 'le':
      return a <= b ? 1n : 0n;
  }
}

// Math.min and Math.max take no bigint.
function smaller(a: bigint, b: bigint): bigint {
  if (a < b) return a;
  return b;
}

function larger(a: bigint, b: bigint): bigint {
  if (a > b) return a;
  return b;
}

function fold(op: ReduceOp, lanes: readonly bigint[]): bigint {
  const step: Record<ReduceOp, (a: bigint, b: bigint) => bigint> = {
    or: (a, b) => a | b,
    and: (a, b) => a & b,
    add: (a, b) => a + b,
    min: smaller,
    max: larger,
  };
  return lanes.reduce(step[op]);
}

/** An integer counts for every lane. */
function at(value: Value, lane: number): bigint {
  return typeof value === 'bigint' ? value : value[lane];
}

function asVector(value: Value): readonly bigint[] {
  return typeof value === 'bigint' ? [value] : value;
}

function asInteger(value: Value): bigint {
  return typeof value === 'bigint' ? value : value[0];
}

/** `make(lane)` wrapped to the type: for a vector once a lane, for an integer once. */
function mapLanes(type: Type, make: (lane: number) => bigint): Value {
  const element = elementOf(type);
  if (type.kind === 'int') return wrap(make(0), element);
  return Array.from({ length: type.lanes }, (_, lane) => wrap(make(lane), element));
}

/** Wraps a value to a type, lane by lane; an integer becomes every lane of a vector. */
export function wrapValue(value: Value, type: Type): Value {
  return mapLanes(type, (lane) => at(value, lane));
}

function evaluateLane(expr: LaneExpr, env: Environment, tables: Tables): bigint {
  const vector = asVector(evaluate(expr.vector, env, tables));
  const index = asInteger(evaluate(expr.index, env, tables));
  const value = index >= 0n && index < BigInt(vector.length) ? vector[Number(index)] : 0n;
  return wrap(value, expr.type);
}

function evaluateWithLane(expr: WithLaneExpr, env: Environment, tables: Tables): Value {
  const vector = asVector(evaluate(expr.vector, env, tables));
  const index = asInteger(evaluate(expr.index, env, tables));
  const value = asInteger(evaluate(expr.value, env, tables));
  return mapLanes(expr.type, (lane) => (BigInt(lane) === index ? value : vector[lane]));
}

function evaluateBuild(expr: BuildExpr, env: Environment, tables: Tables): Value {
  const elements = expr.elements.map((element) => asInteger(evaluate(element, env, tables)));
  return mapLanes(expr.type, (lane) => elements[lane]);
}

/**
 * The exact value of an expression: every operator on mathematical integers, its result wrapped to
 * the node's type (the one rule of ir.ts). A lane outside a vector and an entry past a table are 0.
 */
export function evaluate(expr: Expr, env: Environment, tables: Tables = []): Value {
  switch (expr.op) {
    case 'const': {
      const { value } = expr;
      return typeof value === 'bigint'
        ? mapLanes(expr.type, () => value)
        : mapLanes(expr.type, (lane) => value[lane]);
    }
    case 'var':
      return wrapValue(env.variable(expr.name), expr.type);
    case 'scalar':
      return wrapValue(env.scalar(expr.name), expr.type);
    case 'cast': {
      const operand = evaluate(expr.operand, env, tables);
      return mapLanes(expr.type, (lane) => at(operand, lane));
    }
    case 'not': {
      const operand = evaluate(expr.operand, env, tables);
      return mapLanes(expr.type, (lane) => ~at(operand, lane));
    }
    case 'saturate': {
      const operand = evaluate(expr.operand, env, tables);
      const { min, max } = rangeOf(elementOf(expr.type));
      return mapLanes(expr.type, (lane) => smaller(larger(at(operand, lane), min), max));
    }
    case 'select': {
      const condition = evaluate(expr.condition, env, tables);
      const then = evaluate(expr.then, env, tables);
      const otherwise = evaluate(expr.else, env, tables);
      return mapLanes(expr.type, (lane) => at(at(condition, lane) !== 0n ? then : otherwise, lane));
    }
    case 'lane':
      return evaluateLane(expr, env, tables);
    case 'with-lane':
      return evaluateWithLane(expr, env, tables);
    case 'build':
      return evaluateBuild(expr, env, tables);
    case 'concat': {
      const lanes = expr.vectors.flatMap((vector) => asVector(evaluate(vector, env, tables)));
      return mapLanes(expr.type, (lane) => lanes[lane]);
    }
    case 'shuffle': {
      const vector = asVector(evaluate(expr.vector, env, tables));
      return mapLanes(expr.type, (lane) => vector[expr.lanes[lane]] ?? 0n);
    }
    case 'reduce':
      return wrap(fold(expr.reduce, asVector(evaluate(expr.vector, env, tables))), expr.type);
    case 'table': {
      const table = tables.find((one) => one.name === expr.table);
      if (table === undefined) {
        throw new TilewrightError(`the IR names a table ${expr.table} that the kernel lacks`, {
          code: 'IR_UNKNOWN_NAME',
          hint: 'This is a bug of tilewright: please report the kernel.',
        });
      }
      const index = asInteger(evaluate(expr.index, env, tables));
      const inside = index >= 0n && index < BigInt(table.values.length);
      return wrap(inside ? table.values[Number(index)] : 0n, expr.type);
    }
    default: {
      const left = evaluate(expr.left, env, tables);
      const right = evaluate(expr.right, env, tables);
      const { width } = elementOf(expr.type);
      return mapLanes(expr.type, (lane) => exact(expr.op, at(left, lane), at(right, lane), width));
    }
  }
}

/** A value packed into bits, lane 0 lowest. */
export function packBits(value: Value, type: Type): bigint {
  const { width } = elementOf(type);
  return asVector(value).reduce(
    (bits, lane, index) => bits | (BigInt.asUintN(width, lane) << BigInt(index * width)),
    0n,
  );
}

/** The value of a type that `bits` holds, lane 0 lowest. */
export function unpackBits(bits: bigint, type: Type): Value {
  const { width } = elementOf(type);
  return mapLanes(type, (lane) => bits >> BigInt(lane * width));
}

/** What a variable holds before its first assignment: 0 in every lane. */
export function zeroOf(type: Type): Value {
  return type.kind === 'vec' ? Array.from({ length: lanesOf(type) }, () => 0n) : 0n;
}
