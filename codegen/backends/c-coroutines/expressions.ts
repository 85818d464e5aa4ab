import { isRing, reductionType, shiftedRight } from '../../ir/intervals.ts';
import {
  type BinaryExpr,
  type Expr,
  elementOf,
  type IntType,
  type LaneExpr,
  lanesOf,
  type ReduceExpr,
  rangeOf,
  type SelectExpr,
  type ShuffleExpr,
  sameType,
  type TableExpr,
  type Type,
  type VecType,
  wrap,
} from '../../ir/ir.ts';
import { variablesOf } from '../../ir/reads.ts';
import {
  choice,
  compare,
  complement,
  ring,
  saturated,
  shiftLeft,
  shiftRight,
  wrapped,
} from './arithmetic.ts';
import type { Constants } from './constants.ts';
import { computeType, converted, literal, type Text } from './text.ts';
import { storedInt, storedType } from './types.ts';

/** Which lane of a vector a text is about: a number, or the text of an index. */
export interface LaneIndex {
  readonly text: string;
  readonly constant?: number;
}

/** What the names of a process stand for. */
export interface ProcessNames {
  /** A new name for a temporary variable. */
  claim(wanted: string): string;
  variable(name: string): string;
  scalar(name: string): string;
  table(name: string): { readonly name: string; readonly values: readonly bigint[] };
}

export const loopLane: LaneIndex = { text: 'l' };

/** The text of a variable, a lane or an element that is kept in the shortest type for it. */
export function stored(text: string, type: IntType): Text {
  const bounds = rangeOf(type);
  const computed = computeType(bounds);
  return { text, primary: true, computed, short: storedInt(type) !== computed, ...bounds };
}

/**
 * Prints the expressions of a process. A text has no statements in it; what needs some (a reduction, a
 * vector that is built lane by lane) is written to `line` before.
 */
export class ExpressionPrinter {
  protected readonly names: ProcessNames;
  protected readonly constants: Constants;
  protected readonly line: (text: string) => void;

  constructor(names: ProcessNames, constants: Constants, line: (text: string) => void) {
    this.names = names;
    this.constants = constants;
    this.line = line;
  }

  /** An integer expression, or one lane of a vector expression: its exact value. */
  print(expr: Expr, lane?: LaneIndex): Text {
    // An integer counts for every lane.
    const at = expr.type.kind === 'vec' ? lane : undefined;
    const type = elementOf(expr.type);
    switch (expr.op) {
      case 'const':
        return this.constant(expr.value, type, at);
      case 'var': {
        if (at === undefined) return stored(this.names.variable(expr.name), type);
        return stored(`${this.vector(expr)}.lane[${at.text}]`, type);
      }
      case 'scalar':
        return stored(this.names.scalar(expr.name), type);
      case 'cast':
        return wrapped(this.print(expr.operand, at), type);
      case 'saturate':
        return saturated(this.print(expr.operand, at), type);
      case 'not':
        return complement(this.print(expr.operand, at), type);
      case 'select': {
        const condition = this.print(expr.condition, at);
        const then = wrapped(this.print(expr.then, at), type);
        const otherwise = wrapped(this.print(expr.else, at), type);
        return this.choice(expr, condition, then, otherwise);
      }
      case 'lane':
        return this.lane(expr);
      case 'with-lane':
      case 'build':
      case 'concat':
        return stored(`${this.vector(expr)}.lane[${(at as LaneIndex).text}]`, type);
      case 'shuffle':
        return wrapped(this.print(expr.vector, this.shuffled(expr, at as LaneIndex)), type);
      case 'reduce':
        return this.reduce(expr);
      case 'table':
        return this.table(expr);
      default:
        return this.binary(expr, at, type);
    }
  }

  /** The name of a variable that holds the vector: a new one unless it is a variable already. */
  vector(expr: Expr): string {
    if (expr.op === 'var') return this.names.variable(expr.name);
    const name = this.names.claim('vector');
    this.line(`${storedType(expr.type)} ${name};`);
    this.fill(name, expr, expr.type as VecType);
    return name;
  }

  /** The text of a value of exactly this type; a vector's is the name of a variable. */
  value(expr: Expr, type: Type): string {
    if (type.kind === 'int') return this.print(expr).text;
    return this.vector(sameType(expr.type, type) ? expr : { op: 'cast', type, operand: expr });
  }

  /** Statements that give `target`, a vector variable of the kernel or a place in memory, its value. */
  assign(target: string, variable: string | undefined, expr: Expr, type: VecType): void {
    if (expr.op === 'with-lane' && expr.vector.op === 'var' && expr.vector.name === variable) {
      // The index and the value are computed before the lane is stored.
      this.storeLane(target, this.print(expr.index), this.print(expr.value), type.lanes);
      return;
    }
    if (variable === undefined || lanewiseIn(expr, variable)) {
      this.fill(target, expr, type);
      return;
    }
    this.line(`${target} = ${this.value(expr, type)};`);
  }

  private fill(target: string, expr: Expr, type: VecType): void {
    if (expr.op === 'var' && sameType(expr.type, type)) {
      this.line(`${target} = ${this.names.variable(expr.name)};`);
    } else if (expr.op === 'build') {
      for (const [index, element] of expr.elements.entries()) {
        this.line(`${target}.lane[${index}] = ${wrapped(this.print(element), type.element).text};`);
      }
    } else if (expr.op === 'concat') {
      let offset = 0;
      for (const part of expr.vectors) {
        this.laneLoop(target, part, type.element, lanesOf(part.type), offset);
        offset += lanesOf(part.type);
      }
    } else if (expr.op === 'with-lane') {
      const index = this.print(expr.index);
      const value = wrapped(this.print(expr.value), type.element);
      this.fill(target, expr.vector, type);
      this.storeLane(target, index, value, type.lanes);
    } else {
      this.laneLoop(target, expr, type.element, type.lanes, 0);
    }
  }

  /** An index outside the vector stores nothing. */
  private storeLane(target: string, index: Text, value: Text, lanes: number): void {
    const inside = this.within(index, lanes);
    if (inside.literal === true && inside.min === 0n) return;
    const condition = inside.literal === true ? '' : `if (${inside.text}) `;
    this.line(`${condition}${target}.lane[${index.text}] = ${value.text};`);
  }

  private laneLoop(
    target: string,
    expr: Expr,
    element: IntType,
    lanes: number,
    offset: number,
  ): void {
    if (lanes === 1) {
      const only = wrapped(this.print(expr, { text: '0', constant: 0 }), element);
      this.line(`${target}.lane[${offset}] = ${only.text};`);
      return;
    }
    const value = wrapped(this.print(expr, loopLane), element);
    const at = offset === 0 ? 'l' : `${offset} + l`;
    this.line(`for (int l = 0; l < ${lanes}; ++l) ${target}.lane[${at}] = ${value.text};`);
  }

  /** Names a value that is used more than once. */
  protected named(text: Text, word: string): Text {
    if (text.literal === true || /^\w+$/.test(text.text)) return text;
    const name = this.names.claim(word);
    this.line(`const ${text.computed} ${name} = ${text.text};`);
    return { ...text, text: name, primary: true, short: false };
  }

  /** One of two exact values, as a condition that is printed already says. */
  protected choice(_: SelectExpr, condition: Text, then: Text, otherwise: Text): Text {
    return choice(condition, then, otherwise);
  }

  private constant(
    value: bigint | readonly bigint[],
    element: IntType,
    at: LaneIndex | undefined,
  ): Text {
    if (typeof value === 'bigint') return literal(value);
    const lane = at as LaneIndex;
    if (lane.constant !== undefined) return literal(value[lane.constant]);
    if (value.every((one) => one === value[0])) return literal(value[0]);
    return stored(`${this.constants.lanes(value, element)}[${lane.text}]`, element);
  }

  protected lane(expr: LaneExpr): Text {
    const lanes = lanesOf(expr.vector.type);
    const index = this.print(expr.index);
    if (index.literal === true) {
      if (index.min < 0n || index.min >= BigInt(lanes)) return literal(0n);
      const constant = Number(index.min);
      return wrapped(this.print(expr.vector, { text: `${constant}`, constant }), expr.type);
    }
    const vector = this.vector(expr.vector);
    const element = elementOf(expr.vector.type);
    return wrapped(this.indexed(`${vector}.lane`, index, lanes, element), expr.type);
  }

  private table(expr: TableExpr): Text {
    const { name, values } = this.names.table(expr.table);
    const index = this.print(expr.index);
    if (index.literal === true) {
      const inRange = index.min >= 0n && index.min < BigInt(values.length);
      return literal(wrap(inRange ? values[Number(index.min)] : 0n, expr.type));
    }
    return this.indexed(name, index, values.length, expr.type);
  }

  /** `array[index]`, or 0 where the index is outside. */
  indexed(array: string, index: Text, length: number, element: IntType): Text {
    const inside = this.within(index, length);
    if (inside.literal === true) {
      return inside.min === 0n ? literal(0n) : stored(`${array}[${index.text}]`, element);
    }
    const at = this.named(index, 'index');
    const text = `${this.within(at, length).text} ? ${array}[${at.text}] : 0`;
    return { ...stored(text, element), primary: false };
  }

  /** Whether an index is below the length: a condition. */
  within(index: Text, length: number): Text {
    if (index.min >= 0n) return compare('lt', index, literal(BigInt(length)));
    if (index.max < 0n) return literal(0n);
    // A negative index is far beyond the end when it is taken as an unsigned one.
    const unsigned = index.computed === 'int' ? 'uint' : 'ulong';
    const text = `${converted(index, unsigned).text} < ${length}`;
    return { text, primary: false, computed: 'int', min: 0n, max: 1n };
  }

  /** An index that is used twice: as a condition and as a position. */
  namedIndex(expr: Expr): Text {
    return this.named(this.print(expr), 'index');
  }

  protected shuffled(expr: ShuffleExpr, lane: LaneIndex): LaneIndex {
    const { lanes } = expr;
    if (lane.constant !== undefined || lanes.every((one) => one === lanes[0])) {
      const constant = lanes[lane.constant ?? 0];
      return { text: `${constant}`, constant };
    }
    const [first, step] = [lanes[0], lanes[1] - lanes[0]];
    if (lanes.every((one, index) => one === first + step * index)) {
      const text = /^\w+$/.test(lane.text) ? lane.text : `(${lane.text})`;
      const scaled = step === 1 ? text : `${step} * ${text}`;
      return { text: first === 0 ? scaled : `${first} + ${scaled}` };
    }
    return { text: `${this.constants.order(lanes)}[${lane.text}]` };
  }

  protected reduce(expr: ReduceExpr): Text {
    const from = elementOf(expr.vector.type);
    const lanes = lanesOf(expr.vector.type);
    const range = rangeOf(from);
    const type = reductionType(expr);
    const word = { or: 'any', and: 'all', add: 'sum', min: 'least', max: 'most' }[expr.reduce];
    const name = this.names.claim(word);
    const bounds = rangeOf(type);
    const computed = computeType(bounds);
    const so: Text = { text: name, primary: true, computed, ...bounds };
    const one = wrapped(this.print(expr.vector, loopLane), from);
    const start = expr.reduce === 'min' ? range.max : expr.reduce === 'max' ? range.min : undefined;
    let next: Text;
    if (expr.reduce === 'min' || expr.reduce === 'max') {
      const text = `${expr.reduce}(${name}, ${converted(one, computed).text})`;
      next = { ...so, text };
    } else {
      next = ring(expr.reduce, so, one, type);
    }
    const first = start ?? (expr.reduce === 'and' ? (from.signed ? -1n : range.max) : 0n);
    this.line(`${computed} ${name} = ${literal(first, computed).text};`);
    this.line(`for (int l = 0; l < ${lanes}; ++l) ${name} = ${next.text};`);
    return wrapped(so, expr.type);
  }

  private binary(expr: BinaryExpr, at: LaneIndex | undefined, type: IntType): Text {
    const left = this.print(expr.left, at);
    const right = this.print(expr.right, at);
    const { op } = expr;
    if (isRing(op)) return ring(op, left, right, type);
    if (op === 'shl') return shiftLeft(left, right, type);
    if (op === 'shr') {
      const { min, max } = shiftedRight(left, right);
      return min === max ? literal(wrap(min, type)) : shiftRight(left, right, type);
    }
    return wrapped(compare(op, left, right), type);
  }
}

/** Whether lane l of an expression depends on lane l of a variable alone, if on the variable at all. */
function lanewiseIn(expr: Expr, variable: string): boolean {
  switch (expr.op) {
    case 'var':
      return expr.name !== variable || expr.type.kind === 'vec';
    case 'cast':
    case 'saturate':
    case 'not':
      return lanewiseIn(expr.operand, variable);
    case 'select':
      return [expr.condition, expr.then, expr.else].every((one) => lanewiseIn(one, variable));
    case 'const':
    case 'scalar':
      return true;
    case 'lane':
    case 'with-lane':
    case 'build':
    case 'concat':
    case 'shuffle':
    case 'reduce':
    case 'table':
      return !variablesOf(expr).has(variable);
    default:
      return lanewiseIn(expr.left, variable) && lanewiseIn(expr.right, variable);
  }
}
