import { binary, cast, constant, constantVector, exprRange, saturate } from './build.ts';
import { evaluate } from './evaluate.ts';
import { fold } from './fold.ts';
import {
  type BinaryExpr,
  type Expr,
  elementOf,
  type KernelIR,
  type LaneExpr,
  lanesOf,
  type SelectExpr,
  sameType,
  type Type,
  wrap,
} from './ir.ts';
import { operandsOf } from './visit.ts';

/**
 * One node over simplified operands as something simpler that has the same value and type: constants
 * folded, identities of the algebra applied. Each rule follows from the one rule of ir.ts: operands are
 * exact, results are wrapped to the node's type.
 */
export function simplify(expr: Expr, tables: KernelIR['tables']): Expr {
  const result = simpler(expr, tables);
  if (result === expr) return expr;
  // A new node stands at the place of the old one; an operand that is left over has its own.
  const fresh = result.span === undefined && !operandsOf(expr).includes(result);
  return fresh && expr.span !== undefined ? { ...result, span: expr.span } : result;
}

/** The integer that every lane of a constant holds. */
export function uniform(expr: Expr): bigint | undefined {
  if (expr.op !== 'const') return undefined;
  const { value } = expr;
  if (typeof value === 'bigint') return value;
  return value.every((one) => one === value[0]) ? value[0] : undefined;
}

/** The constant of a type that has this value in every lane. */
export function constantOf(value: bigint, type: Type): Expr {
  if (type.kind === 'int') return constant(value, type);
  const lanes = Array.from({ length: type.lanes }, () => value);
  return constantVector(lanes, type.element);
}

/** True for what surely has one value: the same leaf, or the same object. */
export function sameValue(a: Expr, b: Expr): boolean {
  if (a === b) return true;
  if (a.op === 'const' && b.op === 'const') {
    return sameType(a.type, b.type) && String(a.value) === String(b.value);
  }
  return (a.op === 'var' || a.op === 'scalar') && a.op === b.op && a.name === b.name;
}

function simpler(expr: Expr, tables: KernelIR['tables']): Expr {
  const folded = fold(expr);
  if (folded.op === 'const') return folded;
  switch (expr.op) {
    case 'const':
    case 'var':
    case 'scalar':
    case 'build':
    case 'concat':
      return expr;
    case 'cast':
      return cast(expr.operand, expr.type, expr.span);
    case 'saturate':
      return saturate(expr.operand, expr.type, expr.span);
    case 'not':
      return complement(expr.operand, expr.type) ?? expr;
    case 'select':
      return choice(expr);
    case 'lane':
      return laneOf(expr) ?? expr;
    case 'with-lane':
      return expr;
    case 'shuffle': {
      const whole = expr.lanes.length === lanesOf(expr.vector.type);
      return whole && expr.lanes.every((lane, at) => lane === at)
        ? cast(expr.vector, expr.type)
        : expr;
    }
    case 'reduce':
      return lanesOf(expr.vector.type) === 1
        ? cast(
            {
              op: 'lane',
              type: elementOf(expr.vector.type),
              vector: expr.vector,
              index: constant(0n),
            },
            expr.type,
          )
        : expr;
    case 'table':
      return expr.index.op === 'const'
        ? constantOf(evaluate(expr, noNames, tables) as bigint, expr.type)
        : expr;
    default:
      return arithmetic(expr);
  }
}

const noNames = {
  variable: (name: string): never => {
    throw new Error(`${name} is no constant`);
  },
  scalar: (name: string): never => {
    throw new Error(`${name} is no constant`);
  },
};

/** True for u1, and vectors of it: where `not` is the other truth value. */
function isTruth(type: Type): boolean {
  return elementOf(type).width === 1 && !elementOf(type).signed;
}

function complement(operand: Expr, type: Type): Expr | undefined {
  if (!isTruth(type) || !sameType(operand.type, type)) return undefined;
  switch (operand.op) {
    case 'not':
      return sameType(operand.operand.type, type) ? operand.operand : undefined;
    case 'eq':
      return { ...operand, op: 'ne' };
    case 'ne':
      return { ...operand, op: 'eq' };
    case 'lt':
      return { ...operand, op: 'le', left: operand.right, right: operand.left };
    case 'le':
      return { ...operand, op: 'lt', left: operand.right, right: operand.left };
    default:
      return undefined;
  }
}

function choice(expr: SelectExpr): Expr {
  const { condition, then, else: otherwise, type } = expr;
  const decided = uniform(condition);
  if (decided !== undefined) return cast(decided === 0n ? otherwise : then, type);
  if (sameValue(then, otherwise)) return cast(then, type);
  // A choice between 1 and 0 is the condition itself.
  if (sameType(condition.type, type)) {
    if (uniform(then) === 1n && uniform(otherwise) === 0n) return condition;
    if (uniform(then) === 0n && uniform(otherwise) === 1n) {
      return complement(condition, type) ?? { op: 'not', type, operand: condition };
    }
  }
  return expr;
}

function laneOf(expr: LaneExpr): Expr | undefined {
  const { vector, type } = expr;
  const at = uniform(expr.index);
  const pick = (from: Expr, lane: bigint): Expr => {
    const element = elementOf(from.type);
    const found: LaneExpr = { op: 'lane', type: element, vector: from, index: constant(lane) };
    return cast(laneOf(found) ?? found, type, expr.span);
  };
  if (vector.op === 'cast' && vector.operand.type.kind === 'int') {
    return at !== undefined && at < lanesOf(vector.type)
      ? cast(cast(vector.operand, elementOf(vector.type)), type)
      : undefined;
  }
  if (at === undefined || at < 0n || at >= BigInt(lanesOf(vector.type))) return undefined;
  switch (vector.op) {
    case 'build':
      return cast(cast(vector.elements[Number(at)], elementOf(vector.type)), type);
    case 'shuffle':
      return sameType(elementOf(vector.vector.type), elementOf(vector.type))
        ? pick(vector.vector, BigInt(vector.lanes[Number(at)]))
        : undefined;
    case 'with-lane': {
      const changed = uniform(vector.index);
      if (changed === undefined) return undefined;
      return changed === at
        ? cast(cast(vector.value, elementOf(vector.type)), type)
        : pick(vector.vector, at);
    }
    case 'concat': {
      let first = 0n;
      for (const one of vector.vectors) {
        const next = first + BigInt(lanesOf(one.type));
        if (at < next) {
          return sameType(elementOf(one.type), elementOf(vector.type))
            ? pick(one, at - first)
            : undefined;
        }
        first = next;
      }
      return undefined;
    }
    default:
      return undefined;
  }
}

function arithmetic(expr: BinaryExpr): Expr {
  const { op, type, left, right } = expr;
  const a = uniform(left);
  const b = uniform(right);
  const { width } = elementOf(type);
  const same = sameValue(left, right);
  switch (op) {
    case 'add':
      if (b === 0n) return cast(left, type);
      if (a === 0n) return cast(right, type);
      return chain(expr) ?? expr;
    case 'sub':
      if (b === 0n) return cast(left, type);
      return same ? constantOf(0n, type) : (chain(expr) ?? expr);
    case 'mul':
      if (a === 0n || b === 0n) return constantOf(0n, type);
      if (b === 1n) return cast(left, type);
      return a === 1n ? cast(right, type) : expr;
    case 'and':
      if (a === 0n || b === 0n) return constantOf(0n, type);
      if (same || keepsAll(left, b)) return cast(left, type);
      return keepsAll(right, a) ? cast(right, type) : expr;
    case 'or':
      if (same || b === 0n) return cast(left, type);
      if (a === 0n) return cast(right, type);
      if ([a, b].some((one) => one !== undefined && BigInt.asIntN(width, one) === -1n)) {
        return constantOf(-1n, type);
      }
      return expr;
    case 'xor':
      if (b === 0n) return cast(left, type);
      if (a === 0n) return cast(right, type);
      return same ? constantOf(0n, type) : expr;
    case 'shl':
    case 'shr': {
      if (b === 0n) return cast(left, type);
      if (a === 0n) return constantOf(0n, type);
      const from = elementOf(left.type);
      // To the right the sign stays.
      const kept = op === 'shl' ? width : from.signed ? undefined : from.width;
      const gone = b !== undefined && kept !== undefined && b >= BigInt(kept);
      return gone ? constantOf(0n, type) : expr;
    }
    default:
      return comparison(expr);
  }
}

/** True where a mask takes no bit of the operand away: all ones, as far as the operand has bits. */
function keepsAll(operand: Expr, mask: bigint | undefined): boolean {
  if (mask === undefined) return false;
  const { signed, width } = elementOf(operand.type);
  return signed ? mask === -1n : BigInt.asIntN(width, mask) === -1n;
}

/** (x ± c) ± d → x ± e, where the inner sum does not wrap, or no upper bit of it is seen. */
function chain(expr: BinaryExpr): Expr | undefined {
  const { op, type, left, right } = expr;
  const outer = uniform(right);
  if (outer === undefined || (left.op !== 'add' && left.op !== 'sub')) return undefined;
  const inner = uniform(left.right);
  if (inner === undefined || type.kind !== left.type.kind) return undefined;
  const by = (left.op === 'add' ? inner : -inner) + (op === 'add' ? outer : -outer);
  const x = exprRange(left.left);
  const [low, high] =
    left.op === 'add' ? [x.min + inner, x.max + inner] : [x.min - inner, x.max - inner];
  const element = elementOf(left.type);
  const exact = wrap(low, element) === low && wrap(high, element) === high;
  if (!exact && elementOf(type).width > element.width) return undefined;
  if (by === 0n) return cast(left.left, type);
  const { width } = elementOf(type);
  const seen = exact ? by : BigInt.asIntN(width, by);
  const magnitude = seen < 0n ? -seen : seen;
  if (magnitude >> 64n !== 0n) return undefined;
  return binary(seen < 0n ? 'sub' : 'add', type, left.left, constant(magnitude));
}

function comparison(expr: BinaryExpr): Expr {
  const { op, type, left, right } = expr;
  const decided = (value: boolean) => constantOf(value ? 1n : 0n, type);
  const a = exprRange(left);
  const b = exprRange(right);
  if (sameValue(left, right)) return decided(op === 'eq' || op === 'le');
  if (op === 'lt' || op === 'le') {
    const [always, never] =
      op === 'lt' ? [a.max < b.min, a.min >= b.max] : [a.max <= b.min, a.min > b.max];
    return always || never ? decided(always) : expr;
  }
  if (a.max < b.min || b.max < a.min) return decided(op === 'ne');
  // A truth value compared with a constant is itself or its complement.
  const constantSide = uniform(right);
  if (constantSide === undefined || !isTruth(left.type) || !sameType(left.type, type)) return expr;
  const itself = (constantSide === 1n) === (op === 'eq');
  return itself ? left : (complement(left, type) ?? { op: 'not', type, operand: left });
}
