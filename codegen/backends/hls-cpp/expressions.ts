import { inside, isRing, reductionType, shiftedRight } from '../../ir/intervals.ts';
import {
  type BinaryExpr,
  type Expr,
  elementOf,
  type IntType,
  intType,
  type LaneExpr,
  lanesOf,
  type ReduceExpr,
  rangeOf,
  type SelectExpr,
  type ShuffleExpr,
  sameType,
  type TableExpr,
  type Type,
  typeForRange,
  type UnaryExpr,
  type VecType,
} from '../../ir/ir.ts';
import { compare, logic, ring } from './arithmetic.ts';
import type { Helpers } from './helpers.ts';
import type { NameScope } from './names.ts';
import { Prelude } from './prelude.ts';
import { asClass, literal, operand, type Text, tightType } from './text.ts';
import { cppInt, cppType } from './types.ts';

/** Which lane of a vector a text is about: a number, or the text of an index. */
export interface LaneIndex {
  readonly text: string;
  readonly constant?: number;
}

/** What the names of a process stand for in C++. */
export interface ProcessNames {
  readonly scope: NameScope;
  variable(name: string): string;
  scalar(name: string): string;
  table(name: string): { readonly name: string; readonly values: readonly bigint[] };
}

/** A plain element-wise loop reads and writes lane `l`; nothing else may. */
const loopLane: LaneIndex = { text: 'l' };

/**
 * Prints expressions of one process. A text has no statements in it; what needs some (a reduction, a
 * vector built lane by lane) goes to `prelude`, which comes before the statement.
 *
 * `low`: only the low bits of the value are observed there, so a wrap to that many bits or more may
 * be left out (ir.ts, the one rule).
 */
export class ExpressionPrinter {
  readonly prelude = new Prelude();
  private readonly names: ProcessNames;
  private readonly helpers: Helpers;

  constructor(names: ProcessNames, helpers: Helpers) {
    this.names = names;
    this.helpers = helpers;
  }

  /** An integer expression, or one lane of a vector expression. */
  print(expr: Expr, lane?: LaneIndex, low?: number): Text {
    // An integer counts for every lane.
    const at = expr.type.kind === 'vec' ? lane : undefined;
    switch (expr.op) {
      case 'const':
        return this.constant(expr.value, elementOf(expr.type), at);
      case 'var': {
        const name = this.names.variable(expr.name);
        return typed(at === undefined ? name : `${name}.lane[${at.text}]`, elementOf(expr.type));
      }
      case 'scalar':
        return typed(this.names.scalar(expr.name), expr.type as IntType);
      case 'cast':
        return this.cast(expr, at, low);
      case 'saturate':
        return this.saturate(expr, at);
      case 'not':
        return this.not(expr, at, low);
      case 'select':
        return this.select(expr, at);
      case 'lane':
        return this.lane(expr, low);
      case 'with-lane':
      case 'build':
      case 'concat':
        return this.madeLane(expr, at);
      case 'shuffle':
        return this.wrapped(
          this.print(expr.vector, this.shuffled(expr, at), low),
          expr.type.element,
          low,
        );
      case 'reduce':
        return this.reduce(expr);
      case 'table':
        return this.table(expr);
      default:
        return this.binary(expr, at, low);
    }
  }

  /** The text as a value of exactly this type, for places where C++ must not choose. */
  exactly(expr: Expr, type: IntType, lane?: LaneIndex): string {
    return asClass(this.print(expr, lane, type.width), type).text;
  }

  /** An integer expression for a place that converts by itself to `type`, as an assignment does. */
  converted(expr: Expr, type: IntType, lane?: LaneIndex): string {
    return this.print(expr, lane, type.width).text;
  }

  /** The name of a C++ variable that holds the vector; a new one unless it is a variable already. */
  vector(expr: Expr): string {
    if (expr.op === 'var') return this.names.variable(expr.name);
    const name = this.temporary('vector');
    this.prelude.add(name, `${cppType(expr.type)} ${name};`);
    this.fill(name, expr, expr.type as VecType, name);
    return name;
  }

  /**
   * Statements that give the lanes of `target` (C++ text) the value of a vector expression.
   * @param owner the target again where it is a temporary that may turn out to be needless.
   */
  fill(target: string, expr: Expr, type: VecType, owner?: string): void {
    if (expr.op === 'build') {
      for (const [index, element] of expr.elements.entries()) {
        const value = this.converted(element, type.element);
        this.prelude.add(owner, `${target}.lane[${index}] = ${value};`);
      }
      return;
    }
    if (expr.op === 'concat') {
      let offset = 0;
      for (const part of expr.vectors) {
        this.laneLoop(target, part, type.element, lanesOf(part.type), offset, owner);
        offset += lanesOf(part.type);
      }
      return;
    }
    if (expr.op === 'with-lane') {
      this.fill(target, expr.vector, type, owner);
      this.storeLane(target, expr.index, expr.value, type, owner);
      return;
    }
    if (expr.op === 'var' && sameType(expr.type, type)) {
      this.prelude.add(owner, `${target} = ${this.names.variable(expr.name)};`);
      return;
    }
    this.laneLoop(target, expr, type.element, type.lanes, 0, owner);
  }

  /** `target.lane[index] = value`; an index outside the vector stores nothing. */
  storeLane(target: string, index: Expr, value: Expr, type: VecType, owner?: string): void {
    const at = this.print(index);
    const text = this.converted(value, type.element);
    const store = `${target}.lane[${at.text}] = ${text};`;
    const range = typeForRange(0n, BigInt(type.lanes - 1));
    if (at.min >= 0n && at.max < BigInt(type.lanes)) {
      this.prelude.add(owner, store);
    } else if (at.form === 'literal') {
      return;
    } else {
      const condition = this.within(at, type.lanes);
      this.prelude.add(
        owner,
        `if (${condition}) ${target}.lane[${asClass(at, range).text}] = ${text};`,
      );
    }
  }

  private laneLoop(
    target: string,
    expr: Expr,
    element: IntType,
    lanes: number,
    offset: number,
    owner: string | undefined,
  ): void {
    if (lanes === 1) {
      const only = this.converted(expr, element, { text: '0', constant: 0 });
      this.prelude.add(owner, `${target}.lane[${offset}] = ${only};`);
      return;
    }
    const value = this.converted(expr, element, loopLane);
    const at = offset === 0 ? 'l' : `${offset} + l`;
    this.prelude.add(
      owner,
      `for (int l = 0; l < ${lanes}; ++l) {`,
      '#pragma HLS UNROLL',
      `  ${target}.lane[${at}] = ${value};`,
      '}',
    );
  }

  private temporary(word: string): string {
    return this.names.scope.claim(word);
  }

  /** Names a value that is used more than once. */
  private named(text: Text, word: string): Text {
    if (text.level === 'primary' && /^[\w.]+$/.test(text.text)) return text;
    const type = text.form === 'class' ? text.cpp : tightType(text);
    const name = this.temporary(word);
    this.prelude.add(name, `const ${cppType(type)} ${name} = ${text.text};`);
    return { ...text, text: name, level: 'primary', form: 'class', cpp: type };
  }

  private wrapped(text: Text, type: IntType, low: number | undefined): Text {
    const narrow = text.cpp.width <= 64;
    if (narrow && (inside(text, type) || (low !== undefined && type.width >= low))) return text;
    return asClass(text, type);
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
    const step = value[1] - value[0];
    if (value.every((one, index) => one === value[0] + step * BigInt(index))) {
      const scaled = step === 1n ? lane.text : `${step} * (${lane.text})`;
      const text = value[0] === 0n ? scaled : `${value[0]} + ${scaled}`;
      // Beyond the range of an int the sum would overflow before it is converted.
      const far = value.some((one) => one >= 0x80000000n || one < -0x80000000n);
      if (!far) return typed(`${cppInt(element)}(${text})`, element);
    }
    const name = this.helpers.lanes(value, element);
    return typed(`${name}[${lane.text}]`, element);
  }

  private cast(expr: UnaryExpr, at: LaneIndex | undefined, low: number | undefined): Text {
    const type = elementOf(expr.type);
    const inner = this.print(expr.operand, at, Math.min(type.width, low ?? type.width));
    return this.wrapped(inner, type, low);
  }

  private saturate(expr: UnaryExpr, at: LaneIndex | undefined): Text {
    const type = elementOf(expr.type);
    const inner = this.print(expr.operand, at);
    if (inside(inner, type)) return inner;
    if (inner.form === 'literal') {
      const { min, max } = rangeOf(type);
      return literal(inner.min < min ? min : max);
    }
    const from = elementOf(expr.operand.type);
    return typed(`${this.helpers.saturate(from, type)}(${inner.text})`, type);
  }

  private not(expr: UnaryExpr, at: LaneIndex | undefined, low: number | undefined): Text {
    const type = elementOf(expr.type);
    const inner = this.print(expr.operand, at, Math.min(type.width, low ?? type.width));
    if (inner.form === 'literal') return literal(wrapBits(~inner.min, type));
    if (isCondition(type) && inner.min >= 0n && inner.max <= 1n) {
      return { ...inner, text: `!${operand(inner)}`, level: 'unary', form: 'bool', ...bit };
    }
    const text = `~${operand(asClass(inner, type))}`;
    return { ...typed(text, type), level: 'unary', form: 'grown' };
  }

  private select(expr: SelectExpr, at: LaneIndex | undefined): Text {
    const type = elementOf(expr.type);
    const condition = this.print(expr.condition, at);
    const [then, otherwise] = [expr.then, expr.else].map((arm) => {
      const text = this.print(arm, at, type.width);
      return isCondition(type) && text.form === 'bool' ? text : asClass(text, type);
    });
    if (condition.form === 'literal') return condition.min === 0n ? otherwise : then;
    const bools = then.form === 'bool' && otherwise.form === 'bool';
    const [a, b] = bools ? [then, otherwise] : [asClass(then, type), asClass(otherwise, type)];
    const text = `${operand(condition, 'compare', 'and', 'or')} ? ${operand(a)} : ${operand(b)}`;
    return {
      text,
      level: 'choice',
      form: bools ? 'bool' : 'class',
      cpp: type,
      min: a.min < b.min ? a.min : b.min,
      max: a.max > b.max ? a.max : b.max,
    };
  }

  private lane(expr: LaneExpr, low: number | undefined): Text {
    const lanes = lanesOf(expr.vector.type);
    const index = this.print(expr.index);
    if (index.form === 'literal') {
      if (index.min < 0n || index.min >= BigInt(lanes)) return literal(0n);
      const constant = Number(index.min);
      const inner = this.print(expr.vector, { text: String(constant), constant }, low);
      return this.wrapped(inner, expr.type, low);
    }
    const vector = this.vector(expr.vector);
    const element = elementOf(expr.vector.type);
    return this.wrapped(this.indexed(`${vector}.lane`, index, lanes, element), expr.type, low);
  }

  /** `array[index]`, or 0 where the index is outside. */
  /** `array[index]`; past the end of the array nothing is read, since a load may run ahead of its condition. */
  element(array: string, index: Expr, length: number, element: Type): string {
    const at = this.print(index);
    if (element.kind === 'int') return this.indexed(array, at, length, element).text;
    if (at.min >= 0n && at.max < BigInt(length)) return `${array}[${at.text}]`;
    const named = this.named(at, 'index');
    const position = asClass(named, typeForRange(0n, BigInt(length - 1)));
    return `${this.within(named, length)} ? ${array}[${position.text}] : ${cppType(element)}{}`;
  }

  private indexed(array: string, index: Text, length: number, element: IntType): Text {
    if (index.min >= 0n && index.max < BigInt(length)) {
      return typed(`${array}[${index.text}]`, element);
    }
    const at = this.named(index, 'index');
    // The condition's arm holds an index that is in range; both arms must have one type.
    const position = asClass(at, typeForRange(0n, BigInt(length - 1)));
    const zero = asClass(literal(0n), element).text;
    const text = `${this.within(at, length)} ? ${array}[${position.text}] : ${zero}`;
    return { ...typed(text, element), level: 'choice' };
  }

  private within(at: Text, length: number): string {
    const below = compare('lt', at, literal(BigInt(length)), false);
    if (at.min >= 0n) return below.text;
    const above = compare('le', literal(0n), at, false);
    return below.form === 'literal' ? above.text : `${above.text} && ${below.text}`;
  }

  /** A lane of a vector that is made of parts: the part itself where the lane is known. */
  private madeLane(
    expr: Extract<Expr, { op: 'with-lane' | 'build' | 'concat' }>,
    at: LaneIndex | undefined,
  ): Text {
    const { type } = expr;
    const lane = at as LaneIndex;
    if (expr.op === 'build' && lane.constant !== undefined) {
      const { element } = type;
      return this.wrapped(this.print(expr.elements[lane.constant]), element, undefined);
    }
    if (expr.op === 'concat' && lane.constant !== undefined) {
      let constant = lane.constant;
      for (const part of expr.vectors) {
        if (constant < lanesOf(part.type)) {
          const text = this.print(part, { text: String(constant), constant });
          return this.wrapped(text, type.element, undefined);
        }
        constant -= lanesOf(part.type);
      }
    }
    return typed(`${this.vector(expr)}.lane[${lane.text}]`, type.element);
  }

  private shuffled(expr: ShuffleExpr, at: LaneIndex | undefined): LaneIndex {
    const { lanes } = expr;
    const lane = at as LaneIndex;
    if (lane.constant !== undefined || lanes.every((one) => one === lanes[0])) {
      const constant = lanes[lane.constant ?? 0];
      return { text: String(constant), constant };
    }
    const count = lanesOf(expr.vector.type);
    const [first, step] = [lanes[0], lanes[1] - lanes[0]];
    const text = /^\w+$/.test(lane.text) ? lane.text : `(${lane.text})`;
    if (lanes.every((one, index) => one === first + step * index)) {
      const scaled = step === 1 ? text : step === -1 ? `-${text}` : `${step} * ${text}`;
      if (step === -1) return { text: `${first} - ${text}` };
      return { text: first === 0 ? scaled : `${scaled} + ${first}` };
    }
    if (lanes.every((one, index) => one === (first + index) % count)) {
      return { text: `(${text} + ${first}) % ${count}` };
    }
    return { text: `${this.helpers.order(lanes)}[${lane.text}]` };
  }

  private reduce(expr: ReduceExpr): Text {
    const from = elementOf(expr.vector.type);
    const lanes = lanesOf(expr.vector.type);
    const range = rangeOf(from);
    const type = reductionType(expr);
    const name = this.temporary(
      { or: 'any', and: 'all', add: 'sum', min: 'least', max: 'most' }[expr.reduce],
    );
    const so = typed(name, type);
    const body: string[] = [];
    let start: bigint;
    if (expr.reduce === 'min' || expr.reduce === 'max') {
      start = expr.reduce === 'min' ? range.max : range.min;
      const one = this.temporary('one');
      const value = asClass(this.print(expr.vector, loopLane), from).text;
      const symbol = expr.reduce === 'min' ? '<' : '>';
      body.push(
        `  const ${cppType(from)} ${one} = ${value};`,
        `  if (${one} ${symbol} ${name}) ${name} = ${one};`,
      );
    } else {
      start = expr.reduce === 'and' ? (from.signed ? -1n : range.max) : 0n;
      const value = this.print(expr.vector, loopLane, type.width);
      const op = expr.reduce;
      body.push(`  ${name} = ${ring(op, so, value, true).text};`);
    }
    this.prelude.add(
      name,
      `${cppType(type)} ${name} = ${literal(start).text};`,
      `for (int l = 0; l < ${lanes}; ++l) {`,
      '#pragma HLS UNROLL',
      ...body,
      '}',
    );
    return this.wrapped(so, expr.type, undefined);
  }

  private table(expr: TableExpr): Text {
    const { name, values } = this.names.table(expr.table);
    const index = this.print(expr.index);
    if (index.form === 'literal') {
      const inRange = index.min >= 0n && index.min < BigInt(values.length);
      return literal(inRange ? values[Number(index.min)] : 0n);
    }
    return this.indexed(name, index, values.length, expr.type);
  }

  private binary(expr: BinaryExpr, at: LaneIndex | undefined, low: number | undefined): Text {
    const type = elementOf(expr.type);
    const { op } = expr;
    // Vector lanes: literals as narrow as they are, so that g++ finds vector instructions.
    const tight = at !== undefined;
    if (isRing(op)) {
      const observed = Math.min(type.width, low ?? type.width);
      const left = this.print(expr.left, at, observed);
      const right = this.print(expr.right, at, observed);
      if (isCondition(type) && !tight && (op === 'and' || op === 'or' || op === 'xor')) {
        const text = logic(op, left, right);
        if (text !== undefined) return text;
      }
      return this.wrapped(ring(op, left, right, tight), type, low);
    }
    if (op === 'shl') return this.shiftLeft(expr, type, at, low);
    if (op === 'shr') return this.shiftRight(expr, type, at, low);
    return compare(op, this.print(expr.left, at), this.print(expr.right, at), tight);
  }

  private shiftLeft(
    expr: BinaryExpr,
    type: IntType,
    at: LaneIndex | undefined,
    low: number | undefined,
  ): Text {
    const inner = this.print(expr.left, at, Math.min(type.width, low ?? type.width));
    const amount = this.print(expr.right, at);
    if (amount.min >= BigInt(type.width)) return literal(0n);
    // ap_int keeps the width of the left operand: it must be that of the result.
    const value = asClass(inner, type);
    return this.shifted('left', value, amount, rangeOf(type));
  }

  private shiftRight(
    expr: BinaryExpr,
    type: IntType,
    at: LaneIndex | undefined,
    low: number | undefined,
  ): Text {
    const inner = this.print(expr.left, at);
    const amount = this.print(expr.right, at);
    const bounds = shiftedRight(inner, amount);
    if (bounds.min === bounds.max) return literal(wrapBits(bounds.min, type));
    const value =
      inner.form === 'class' || inner.form === 'grown' ? inner : asClass(inner, tightType(inner));
    return this.wrapped(this.shifted('right', value, amount, bounds), type, low);
  }

  private shifted(
    direction: 'left' | 'right',
    value: Text,
    amount: Text,
    bounds: { readonly min: bigint; readonly max: bigint },
  ): Text {
    const symbol = direction === 'left' ? '<<' : '>>';
    const { cpp } = value;
    const result = { ...bounds, cpp, level: 'shift', form: 'grown' } as const;
    if (amount.form === 'literal') {
      const most = BigInt(cpp.width - 1);
      const by = amount.min > most ? most : amount.min;
      return { ...result, text: `${operand(value)} ${symbol} ${by}` };
    }
    // A signed amount shifts the other way when negative; the IR's amounts never are.
    const unsigned = amount.cpp.signed || amount.form === 'bool';
    const by = unsigned ? asClass(amount, typeForRange(0n, amount.max)) : amount;
    if (by.max < BigInt(cpp.width)) {
      return { ...result, text: `${operand(value)} ${symbol} ${operand(by)}` };
    }
    const helper = this.helpers.shift(direction, cpp, by.cpp);
    return {
      ...result,
      text: `${helper}(${value.text}, ${by.text})`,
      level: 'primary',
      form: 'class',
    };
  }
}

const bit = { cpp: intType(false, 1), min: 0n, max: 1n } as const;

function isCondition(type: IntType): boolean {
  return sameType(type, bit.cpp);
}

function typed(text: string, type: IntType): Text {
  return { text, level: 'primary', form: 'class', cpp: type, ...rangeOf(type) };
}

function wrapBits(value: bigint, type: IntType): bigint {
  return type.signed ? BigInt.asIntN(type.width, value) : BigInt.asUintN(type.width, value);
}
