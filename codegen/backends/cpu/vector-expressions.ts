import {
  type Interval,
  inside,
  isRing,
  knownComparison,
  type RingOp,
  reductionType,
  ringInterval,
  shiftedRight,
} from '../../ir/intervals.ts';
import {
  type BinaryExpr,
  type ConstExpr,
  type Expr,
  elementOf,
  type IntType,
  type LaneExpr,
  lanesOf,
  type ReduceExpr,
  rangeOf,
  type SelectExpr,
  sameType,
  type UnaryExpr,
  u1,
  type VecType,
  type WithLaneExpr,
  wrap,
} from '../../ir/ir.ts';
import type { CompareOp } from '../c-coroutines/arithmetic.ts';
import { wrapped } from '../c-coroutines/arithmetic.ts';
import type { Constants } from '../c-coroutines/constants.ts';
import { ExpressionPrinter, loopLane, type ProcessNames } from '../c-coroutines/expressions.ts';
import { converted, literal, type Text } from '../c-coroutines/text.ts';
import { asLane, ChunkPrinter, constant, grouped, laneText } from './chunks.ts';
import { type Source, sourceOf, sourcesOf } from './lane-sources.ts';
import {
  bytesFor,
  type Chunked,
  chunkCount,
  chunkLanes,
  chunkType,
  formatHolding,
  formatType,
  type LaneBytes,
  type LaneFormat,
  laneType,
  storedFormat,
  type Vector,
} from './vector.ts';

/** What the names of a process stand for, its vectors too. */
export interface CpuNames extends ProcessNames {
  vector(name: string): Vector;
  /** Something with an array `lane` of the variable's lanes in it; undefined where it is in chunks. */
  lanesInMemory(name: string): string | undefined;
  /** The text of one lane of a variable that is kept as a shift register; undefined of others. */
  shiftedLane(name: string, lane: number): string | undefined;
  /** Whether a condition follows from the data so much that no processor foresees it. */
  unforeseen(condition: Expr): boolean;
}

type ByLane = Exclude<BinaryExpr['op'], 'shl' | 'shr'>;

/** Prints expressions with vectors as GCC's vector types, several where one would be wider than 32 bytes. */
export class VectorExpressions extends ExpressionPrinter {
  protected readonly own: CpuNames;
  readonly chunks: ChunkPrinter;
  private readonly done = new Map<Expr, Vector>();
  private readonly low = new Map<Expr, { readonly bits: number; readonly vector: Vector }>();
  private readonly spilled = new Map<Expr | string, string>();

  constructor(names: CpuNames, constants: Constants, line: (text: string) => void) {
    super(names, constants, line);
    this.own = names;
    this.chunks = new ChunkPrinter((wanted) => names.claim(wanted), line);
  }

  /** To be called before each statement: what an expression of an earlier one gave is no longer so. */
  begin(): void {
    this.done.clear();
    this.low.clear();
    this.spilled.clear();
  }

  /** The value of a vector expression, or of an integer in so many lanes. */
  vectorOf(expr: Expr, lanes = lanesOf(expr.type)): Vector {
    if (expr.type.kind === 'int') {
      const value = this.print(expr);
      if (value.literal === true) return constant([value.min], lanes);
      const { min, max } = value;
      return { kind: 'splat', value, lanes, min, max };
    }
    const before = this.done.get(expr);
    if (before !== undefined) return before;
    const vector = this.fresh(expr, lanes);
    this.done.set(expr, vector);
    return vector;
  }

  /** Chunks as a variable of the type keeps them. */
  stored(expr: Expr, type: VecType): readonly string[] {
    const { element, lanes } = type;
    const format = storedFormat(element);
    const low = this.lowOf(expr, lanes, element.width);
    const whole = element.width === 8 * format.bytes;
    return this.chunks.at(this.chunks.plain(whole ? low : this.wrap(low, element)), format);
  }

  /**
   * A vector with the same lowest bits: a wrap that leaves all of them as they are is left out, so the integers may be
   * others than those that the IR means.
   */
  private lowOf(expr: Expr, lanes: number, bits: number): Vector {
    const { width } = elementOf(expr.type);
    const exact = expr.type.kind === 'int' || this.done.has(expr) || width < bits || width === 1;
    if (exact) return this.vectorOf(expr, lanes);
    const before = this.low.get(expr);
    if (before !== undefined && before.bits >= bits) return before.vector;
    const vector = this.freshLow(expr, lanes, bits) ?? this.vectorOf(expr, lanes);
    this.low.set(expr, { bits, vector });
    return vector;
  }

  private freshLow(expr: Expr, lanes: number, bits: number): Vector | undefined {
    const type = elementOf(expr.type);
    switch (expr.op) {
      case 'cast':
        return this.lowOf(expr.operand, lanes, bits);
      case 'not':
        return this.ringLow('sub', constant([-1n], lanes), this.lowOf(expr.operand, lanes, bits), {
          ...type,
          width: bits,
        });
      case 'select':
        return this.selectLow(expr, lanes, { ...type, width: bits });
      case 'shr': {
        const by = this.chunks.plain(this.vectorOf(expr.right, lanes));
        const needed = BigInt(bits) + by.max;
        const value =
          needed > 64n
            ? this.vectorOf(expr.left, lanes)
            : this.lowOf(expr.left, lanes, Number(needed));
        return this.shiftedRight(this.chunks.plain(value), by, expr, bits);
      }
      default:
        if (!('left' in expr) || !isRing(expr.op)) return undefined;
        return this.ringLow(
          expr.op,
          this.lowOf(expr.left, lanes, bits),
          this.lowOf(expr.right, lanes, bits),
          { ...type, width: bits },
        );
    }
  }

  /** The lowest bits of a result, as many as the type has, in lanes that hold them. */
  private ringLow(op: RingOp, left: Vector, right: Vector, type: IntType): Vector {
    const bytes = widest(bytesFor(type.width), smallest(left, right));
    return this.ring(op, left, right, { ...type, width: 8 * bytes });
  }

  private selectLow(expr: SelectExpr, lanes: number, type: IntType): Vector | undefined {
    const arms = [expr.then, expr.else].map((arm) =>
      this.chunks.plain(this.lowOf(arm, lanes, type.width)),
    );
    const bytes = widest(bytesFor(type.width), smallest(arms[0], arms[1]));
    const [then, other] = arms.map((arm) =>
      this.chunks.reduced(arm, { ...type, width: 8 * bytes }),
    );
    return this.selected(expr, lanes, then, other);
  }

  private fresh(expr: Expr, lanes: number): Vector {
    const type = elementOf(expr.type);
    switch (expr.op) {
      case 'const':
        return constant(typeof expr.value === 'bigint' ? [expr.value] : expr.value, lanes);
      case 'var':
        return this.own.vector(expr.name);
      case 'cast':
        return this.wrap(this.lowOf(expr.operand, lanes, type.width), type);
      case 'saturate':
        return this.saturate(this.vectorOf(expr.operand, lanes), type);
      case 'not':
        return this.complement(this.vectorOf(expr.operand, lanes), type);
      case 'select':
        return this.select(expr, lanes, type);
      case 'with-lane':
        return this.withLane(expr, type);
      case 'build':
        return this.gathered(
          expr.elements.map((scalar) => ({ scalar })),
          type,
        );
      case 'concat':
      case 'shuffle':
        return this.gathered(sourcesOf(expr), type);
      case 'shl':
      case 'shr':
        return this.shift(expr, lanes, type);
      case 'lane':
      case 'reduce':
      case 'table':
      case 'scalar':
        throw new Error(`${expr.op} gives no vector`);
      default:
        return this.byLane(expr, expr.op, lanes, type);
    }
  }

  private wrap(vector: Vector, type: IntType): Vector {
    return this.chunks.wrapped(vector, type);
  }

  private byLane(expr: BinaryExpr, op: ByLane, lanes: number, type: IntType): Vector {
    if (!isRing(op)) {
      return this.compare(
        expr,
        op,
        this.vectorOf(expr.left, lanes),
        this.vectorOf(expr.right, lanes),
      );
    }
    const left = this.lowOf(expr.left, lanes, type.width);
    const right = this.lowOf(expr.right, lanes, type.width);
    return this.ring(op, left, right, type);
  }

  private ring(op: RingOp, a: Vector, b: Vector, type: IntType): Vector {
    const { lanes } = a;
    if (isMask(a) && isMask(b) && type.width === 1 && isBitwise(op)) {
      const bytes = a.format.bytes < b.format.bytes ? a.format.bytes : b.format.bytes;
      const format: LaneFormat = { bytes, signed: true };
      const [left, right] = [this.chunks.at(a, format), this.chunks.at(b, format)];
      const texts = left.map((one, at) => `${grouped(one)} ${symbolOf[op]} ${grouped(right[at])}`);
      return this.chunks.chunked(texts, lanes, format, { min: 0n, max: 1n }, true);
    }
    const [left, right] = [this.chunks.plain(a), this.chunks.plain(b)];
    const bounds = ringInterval(op, left, right);
    if (bounds.min === bounds.max) return constant([wrap(bounds.min, type)], lanes);
    const exact = inside(bounds, type);
    const result = exact ? (formatHolding(bounds) as LaneFormat) : undefined;
    const least = result?.bytes ?? bytesFor(type.width);
    const bytes = widest(least, smallest(left, right));
    const format: LaneFormat = { bytes, signed: result?.signed ?? type.signed };
    const own = chunkType(lanes, format);
    const texts = op === 'mul' && bytes === 8 ? this.wideProducts(left, right, format) : undefined;
    if (texts === undefined) {
      // In unsigned lanes, which may overflow.
      const unsigned: LaneFormat = { bytes, signed: false };
      const [x, y] = [this.chunks.at(left, unsigned), this.chunks.at(right, unsigned)];
      const plain = x.map((one, at) => `${grouped(one)} ${symbolOf[op]} ${grouped(y[at])}`);
      const chunks = format.signed ? plain.map((one) => `(${own})(${one})`) : plain;
      return this.narrowest(chunks, lanes, format, exact, bounds, type);
    }
    return this.narrowest(texts, lanes, format, exact, bounds, type);
  }

  private narrowest(
    chunks: readonly string[],
    lanes: number,
    format: LaneFormat,
    exact: boolean,
    bounds: Interval,
    type: IntType,
  ): Vector {
    if (exact) return this.chunks.chunked(chunks, lanes, format, bounds);
    return this.chunks.low(chunks, format.bytes, lanes, type);
  }

  /** Products of factors of 32 bits, which processors multiply faster than ones of 64. */
  private wideProducts(a: Vector, b: Vector, format: LaneFormat): readonly string[] | undefined {
    for (const signed of [true, false]) {
      const short: IntType = { kind: 'int', signed, width: 32 };
      if (!inside(a, short) || !inside(b, short)) continue;
      const wide: LaneFormat = { bytes: 8, signed };
      const [x, y] = [this.chunks.at(a, wide), this.chunks.at(b, wide)];
      const type = chunkType(a.lanes, wide);
      const cast = signed === format.signed ? '' : `(${chunkType(a.lanes, format)})`;
      return x.map((one, at) => `${cast}multiply_wide<${type}>(${one}, ${y[at]})`);
    }
    return undefined;
  }

  private compare(expr: BinaryExpr, op: CompareOp, a: Vector, b: Vector): Vector {
    const { lanes } = a;
    const known = knownComparison(op, a, b);
    if (known !== undefined) return constant([known ? 1n : 0n], lanes);
    const [left, right] = [this.chunks.plain(a), this.chunks.plain(b)];
    const hull = hullOf(left, right);
    const format = formatHolding(hull, smallest(left, right));
    if (format === undefined) return this.laneByLane(expr, u1);
    const [x, y] = [this.chunks.at(left, format), this.chunks.at(right, format)];
    const symbol = { eq: '==', ne: '!=', lt: '<', le: '<=' }[op];
    const mask: LaneFormat = { bytes: format.bytes, signed: true };
    const type = chunkType(lanes, mask);
    const texts = x.map((one, at) => `(${type})(${grouped(one)} ${symbol} ${grouped(y[at])})`);
    return this.chunks.chunked(texts, lanes, mask, { min: 0n, max: 1n }, true);
  }

  /** What no vector type holds: lane by lane. */
  private laneByLane(expr: Expr, type: IntType): Vector {
    const lanes = lanesOf(expr.type);
    const format = storedFormat(type);
    const name = this.names.claim('lanes');
    const padded = chunkCount(lanes, format.bytes) * chunkLanes(lanes, format.bytes);
    this.line(`alignas(32) lane_of<${laneType(format)}, ${padded}> ${name} = {};`);
    const value = wrapped(this.print(expr, loopLane), type);
    this.line(`for (int l = 0; l < ${lanes}; ++l) ${name}.lane[l] = ${value.text};`);
    return this.fromMemory(name, lanes, type);
  }

  /** The vector whose lanes lie in an array of whole chunks. */
  fromMemory(name: string, lanes: number, type: IntType): Chunked {
    const format = storedFormat(type);
    const own = chunkType(lanes, format);
    const per = chunkLanes(lanes, format.bytes);
    const texts = Array.from(
      { length: chunkCount(lanes, format.bytes) },
      (_, chunk) => `load<${own}>(&${name}.lane[${chunk * per}])`,
    );
    let loaded: readonly string[] | undefined;
    const load = () => this.chunks.chunked(texts, lanes, format, rangeOf(type)).chunks;
    return {
      ...{ kind: 'chunks', lanes, format, ...rangeOf(type), memory: name },
      /** They are loaded when something asks for them. */
      get chunks() {
        loaded ??= load();
        return loaded;
      },
    };
  }

  private shift(expr: BinaryExpr, lanes: number, type: IntType): Vector {
    const value = this.chunks.plain(this.vectorOf(expr.left, lanes));
    const by = this.chunks.plain(this.vectorOf(expr.right, lanes));
    if (expr.op === 'shl') return this.shiftLeft(value, by, type);
    return this.wrap(this.shiftedRight(value, by, expr), type);
  }

  /** ⌊value / 2^by⌋: exactly, or so many of its lowest bits. */
  private shiftedRight(value: Vector, by: Vector, expr: BinaryExpr, low = 64): Vector {
    const { lanes } = value;
    const bounds = shiftedRight(value, by);
    if (bounds.min === bounds.max) return constant([bounds.min], lanes);
    const format = value.kind === 'chunks' ? value.format : (formatHolding(value) as LaneFormat);
    const bits = BigInt(8 * format.bytes);
    if (by.min === by.max && format.bytes === 8 && by.min <= 32n) {
      const fits = formatHolding(bounds);
      const short =
        fits !== undefined && fits.bytes <= 4
          ? { bytes: 4 as const, signed: fits.signed }
          : low <= 32
            ? { bytes: 4 as const, signed: format.signed }
            : undefined;
      // What is left of the highest bits does not matter, and no processor of today fills in the sign here.
      if (short !== undefined) {
        const unsigned = this.chunks.at(value, { bytes: 8, signed: false });
        const texts = unsigned.map((one) => `${grouped(one)} >> ${by.min}`);
        const whole = this.chunks.chunked(texts, lanes, { bytes: 8, signed: false }, bounds);
        const chunks = this.chunks.at(whole, short);
        const known = inside(bounds, formatType(short)) ? bounds : rangeOf(formatType(short));
        return this.chunks.chunked(chunks, lanes, short, known);
      }
    }
    const chunks = this.chunks.at(value, format);
    if (by.min === by.max) {
      const amount = by.min >= bits ? bits - 1n : by.min;
      const texts = chunks.map((one) => `${grouped(one)} >> ${amount}`);
      return this.chunks.chunked(texts, lanes, format, bounds);
    }
    // No more than the lanes have bits; the last bit is the sign then, or what is always 0.
    const beyond = by.max >= bits;
    if (beyond && !format.signed) return this.laneByLane(expr, elementOf(expr.type));
    const amounts = this.amounts(beyond ? this.atMost(by, bits - 1n) : by, format);
    const texts = chunks.map((one, at) => `${grouped(one)} >> ${amounts[at]}`);
    return this.chunks.chunked(texts, lanes, format, bounds);
  }

  private atMost(vector: Vector, most: bigint): Vector {
    const format = vector.kind === 'chunks' ? vector.format : (formatHolding(vector) as LaneFormat);
    const limit = this.chunks.at(constant([most], vector.lanes), format);
    const texts = this.chunks
      .at(vector, format)
      .map((one, at) => `${grouped(one)} < ${limit[at]} ? ${grouped(one)} : ${limit[at]}`);
    const bounds = { min: vector.min < most ? vector.min : most, max: most };
    return this.chunks.chunked(texts, vector.lanes, format, bounds);
  }

  private amounts(by: Vector, format: LaneFormat): readonly string[] {
    return this.chunks.at(by, format).map(grouped);
  }

  private shiftLeft(value: Vector, by: Vector, type: IntType): Vector {
    const { lanes } = value;
    const width = BigInt(type.width);
    if (by.min >= width) return constant([0n], lanes);
    if (by.min === by.max) {
      return this.ring('mul', value, constant([1n << by.min], lanes), type);
    }
    const bytes = widest(bytesFor(type.width), value.kind === 'chunks' ? value.format.bytes : 1);
    const bits = BigInt(8 * bytes);
    const unsigned: LaneFormat = { bytes, signed: false };
    const chunks = this.chunks.at(value, unsigned);
    const beyond = by.max >= bits;
    const amounts = this.amounts(beyond ? this.atMost(by, bits - 1n) : by, unsigned);
    const own = chunkType(lanes, { bytes, signed: type.signed });
    let texts = chunks.map((one, at) => `${grouped(one)} << ${amounts[at]}`);
    if (beyond) {
      const whole = this.vectorCompare(by, bits, lanes, bytes);
      texts = texts.map((one, at) => `${whole[at]} & (${one})`);
    }
    if (type.signed) texts = texts.map((one) => `(${own})(${one})`);
    return this.chunks.low(
      texts.map((one) => this.chunks.named(one, own)),
      bytes,
      lanes,
      type,
    );
  }

  /** All bits where an amount is below a limit, as unsigned lanes. */
  private vectorCompare(by: Vector, limit: bigint, lanes: number, bytes: LaneBytes): string[] {
    const format = formatHolding(hullOf(by, { min: limit, max: limit })) as LaneFormat;
    const most = this.chunks.at(constant([limit], lanes), format);
    const mask: LaneFormat = { bytes: format.bytes, signed: true };
    const texts = this.chunks
      .at(by, format)
      .map((one, at) => `(${chunkType(lanes, mask)})(${grouped(one)} < ${most[at]})`);
    const below = this.chunks.chunked(texts, lanes, mask, { min: 0n, max: 1n }, true);
    const type = chunkType(lanes, { bytes, signed: false });
    return this.chunks.at(below, { bytes, signed: true }).map((one) => `(${type})${grouped(one)}`);
  }

  private complement(given: Vector, type: IntType): Vector {
    if (isMask(given) && type.width === 1 && !type.signed) {
      const { chunks, format, lanes } = given;
      const texts = chunks.map((one) => `~${one}`);
      return this.chunks.chunked(texts, lanes, format, { min: 0n, max: 1n }, true);
    }
    // -1 - a
    return this.ring('sub', constant([-1n], given.lanes), given, type);
  }

  private saturate(given: Vector, type: IntType): Vector {
    if (inside(given, type)) return given;
    if (given.kind === 'constant') {
      const { min, max } = rangeOf(type);
      const clamp = (one: bigint) => (one < min ? min : one > max ? max : one);
      return constant(given.values.map(clamp), given.lanes);
    }
    const value = this.chunks.plain(given);
    const { lanes } = value;
    const range = rangeOf(type);
    const format = value.kind === 'chunks' ? value.format : (formatHolding(value) as LaneFormat);
    let chunks = this.chunks.at(value, format).map(grouped);
    const own = chunkType(lanes, format);
    const bound = (limit: bigint, symbol: string) => {
      const limits = this.chunks.at(constant([limit], lanes), format);
      chunks = chunks.map((one, at) =>
        this.chunks.named(`${one} ${symbol} ${limits[at]} ? ${limits[at]} : ${one}`, own),
      );
    };
    // A bound that the values reach lies between two of them, so their lanes hold it.
    const min = value.min < range.min ? range.min : value.min;
    const max = value.max > range.max ? range.max : value.max;
    if (value.max < range.min || value.min > range.max) {
      return constant([value.max < range.min ? range.min : range.max], lanes);
    }
    if (value.min < range.min) bound(range.min, '<');
    if (value.max > range.max) bound(range.max, '>');
    return this.chunks.chunked(chunks, lanes, format, { min, max });
  }

  private select(expr: SelectExpr, lanes: number, type: IntType): Vector {
    const [then, other] = [expr.then, expr.else].map((arm) =>
      this.chunks.plain(this.wrap(this.lowOf(arm, lanes, type.width), type)),
    );
    return this.selected(expr, lanes, then, other);
  }

  private selected(expr: SelectExpr, lanes: number, then: Vector, other: Vector): Vector {
    if (expr.condition.type.kind !== 'int') {
      return this.chosen(this.vectorOf(expr.condition, lanes), then, other);
    }
    const bounds = hullOf(then, other);
    const format = formatHolding(bounds, smallest(then, other)) as LaneFormat;
    const condition = this.print(expr.condition);
    if (condition.literal === true) return condition.min === 0n ? other : then;
    const [a, b] = [this.chunks.at(then, format), this.chunks.at(other, format)];
    const so = this.named({ ...condition, primary: false }, 'chosen').text;
    const texts = a.map((one, at) => `${so} ? ${one} : ${b[at]}`);
    return this.chunks.chunked(texts, lanes, format, bounds);
  }

  /** Lane by lane one of two. */
  private chosen(condition: Vector, then: Vector, other: Vector): Vector {
    const { lanes } = then;
    const bounds = hullOf(then, other);
    const format = formatHolding(bounds, smallest(then, other)) as LaneFormat;
    if (condition.kind === 'constant' && condition.min === condition.max) {
      return condition.min === 0n ? other : then;
    }
    const [a, b] = [this.chunks.at(then, format), this.chunks.at(other, format)];
    const mask = this.mask(condition, format.bytes);
    const own = chunkType(lanes, format);
    const texts = a.map(
      (one, at) => `${mask[at]} ? (${own})${grouped(one)} : (${own})${grouped(b[at])}`,
    );
    return this.chunks.chunked(texts, lanes, format, bounds);
  }

  /** A condition as lanes of so many bytes, all bits set where it holds. */
  private mask(condition: Vector, bytes: LaneBytes): readonly string[] {
    const { lanes } = condition;
    const format: LaneFormat = { bytes, signed: true };
    if (condition.kind === 'constant') {
      const values = condition.values.map((one) => -one);
      return this.chunks.at(constant(values, lanes), format);
    }
    if (isMask(condition)) return this.chunks.at(condition, format);
    const own = chunkType(lanes, format);
    if (condition.kind === 'splat') {
      return this.chunks.at(condition, format).map((one) => `(${own})(${grouped(one)} != 0)`);
    }
    const before: LaneFormat = { bytes: condition.format.bytes, signed: true };
    const type = chunkType(lanes, before);
    const texts = condition.chunks.map((one) => `(${type})(${one} != 0)`);
    return this.chunks.at(
      this.chunks.chunked(texts, lanes, before, { min: 0n, max: 1n }, true),
      format,
    );
  }

  protected override choice(expr: SelectExpr, condition: Text, then: Text, otherwise: Text): Text {
    const plain = super.choice(expr, condition, then, otherwise);
    if (expr.type.kind === 'vec' || condition.literal === true) return plain;
    if (!this.own.unforeseen(expr.condition)) return plain;
    const [a, b] = [then, otherwise].map((one) => converted(one, plain.computed).text);
    const text = `either<${plain.computed}>(${condition.text}, ${a}, ${b})`;
    return { ...plain, text, primary: true };
  }

  private withLane(expr: WithLaneExpr, type: IntType): Vector {
    const lanes = lanesOf(expr.type);
    const vector = this.chunks.plain(this.wrap(this.vectorOf(expr.vector, lanes), type));
    const index = this.print(expr.index);
    const value = wrapped(this.print(expr.value), type);
    const format = storedFormat(type);
    if (index.literal === true) {
      if (index.min < 0n || index.min >= BigInt(lanes)) return vector;
      const per = chunkLanes(lanes, format.bytes);
      const [chunk, at] = [Math.floor(Number(index.min) / per), Number(index.min) % per];
      const chunks = [...this.chunks.at(vector, format)];
      const name = this.names.claim('t');
      this.line(`${chunkType(lanes, format)} ${name} = ${chunks[chunk]};`);
      this.line(`${name}[${at}] = ${value.text};`);
      chunks[chunk] = name;
      return this.chunks.chunked(chunks, lanes, format, rangeOf(type));
    }
    const name = this.spill(vector, lanes, type);
    const inRange = this.within(index, lanes);
    const condition = inRange.literal === true ? '' : `if (${inRange.text}) `;
    if (inRange.literal !== true || inRange.min === 1n) {
      this.line(`${condition}${name}.lane[${index.text}] = ${value.text};`);
    }
    return this.fromMemory(name, lanes, type);
  }

  /** A new array with the lanes of a vector as a variable keeps them. */
  private spill(vector: Vector, lanes: number, type: IntType): string {
    const format = storedFormat(type);
    const name = this.names.claim('lanes');
    const per = chunkLanes(lanes, format.bytes);
    const chunks = this.chunks.at(this.chunks.plain(vector), format);
    this.line(`alignas(32) lane_of<${laneType(format)}, ${per * chunks.length}> ${name};`);
    const own = chunkType(lanes, format);
    for (const [at, chunk] of chunks.entries()) {
      this.line(`store(&${name}.lane[${at * per}], (${own})${grouped(chunk)});`);
    }
    return name;
  }

  /** Something with an array `lane` of the vector's lanes in it. */
  override vector(expr: Expr): string {
    const key = expr.op === 'var' ? expr.name : expr;
    const there = expr.op === 'var' ? this.own.lanesInMemory(expr.name) : undefined;
    const before = there ?? this.spilled.get(key);
    if (before !== undefined) return before;
    const type = elementOf(expr.type);
    const name = this.spill(this.wrap(this.vectorOf(expr), type), lanesOf(expr.type), type);
    this.spilled.set(key, name);
    return name;
  }

  protected override lane(expr: LaneExpr): Text {
    const index = this.print(expr.index);
    const type = elementOf(expr.vector.type);
    const lanes = lanesOf(expr.vector.type);
    if (index.literal !== true) {
      const name = this.vector(expr.vector);
      return wrapped(this.indexed(`${name}.lane`, index, lanes, type), expr.type);
    }
    if (index.min < 0n || index.min >= BigInt(lanes)) return literal(0n);
    return wrapped(this.oneLane(expr.vector, Number(index.min)), expr.type);
  }

  /** Lane `at` of a vector expression. */
  private oneLane(expr: Expr, at: number): Text {
    const source = sourceOf(expr, at);
    if ('scalar' in source) {
      return wrapped(this.print(source.scalar), elementOf(expr.type));
    }
    if (source.vector.op === 'var') {
      const shifted = this.own.shiftedLane(source.vector.name, source.lane);
      if (shifted !== undefined) {
        const type = elementOf(source.vector.type);
        return laneText(shifted, storedFormat(type), rangeOf(type));
      }
      const there =
        this.own.lanesInMemory(source.vector.name) ?? this.spilled.get(source.vector.name);
      if (there !== undefined) {
        const type = elementOf(source.vector.type);
        return laneText(`${there}.lane[${source.lane}]`, storedFormat(type), rangeOf(type));
      }
    }
    const vector = this.vectorOf(source.vector);
    if (vector.kind === 'constant') return literal(vector.values[source.lane]);
    if (vector.kind === 'splat') return vector.value;
    const per = chunkLanes(vector.lanes, vector.format.bytes);
    const chunk = vector.chunks[Math.floor(source.lane / per)];
    const text = laneText(`${chunk}[${source.lane % per}]`, vector.format, vector);
    if (vector.mask !== true) return text;
    return { text: `${text.text} & 1`, primary: false, computed: 'int', min: 0n, max: 1n };
  }

  /** A vector of lanes from anywhere. */
  private gathered(sources: readonly Source[], type: IntType): Vector {
    const lanes = sources.length;
    const scalars = sources.flatMap((one) => ('scalar' in one ? [one.scalar] : []));
    const together = scalars.length === lanes && lanes >= 4 ? this.alike(scalars) : undefined;
    if (together !== undefined) return this.wrap(together, type);
    const format = storedFormat(type);
    const per = chunkLanes(lanes, format.bytes);
    const own = chunkType(lanes, format);
    const texts = Array.from({ length: chunkCount(lanes, format.bytes) }, (_, chunk) =>
      this.gatheredChunk(sources.slice(chunk * per, (chunk + 1) * per), type, per, own),
    );
    return this.chunks.chunked(texts, lanes, format, rangeOf(type));
  }

  /** Integers that are computed alike, one a lane, all at once; undefined where they are not alike. */
  private alike(all: readonly Expr[]): Vector | undefined {
    const lanes = all.length;
    const [first] = all;
    if (all.every((one) => one === first)) return this.vectorOf(first, lanes);
    if (!all.every((one) => one.op === first.op && sameType(one.type, first.type))) {
      return undefined;
    }
    const type = elementOf(first.type);
    const part = (of: (one: never) => Expr) => this.alike(all.map((one) => of(one as never)));
    switch (first.op) {
      case 'const':
        return constant(
          all.map((one) => (one as ConstExpr).value as bigint),
          lanes,
        );
      case 'cast': {
        const value = part(({ operand }: UnaryExpr) => operand);
        return value === undefined ? undefined : this.wrap(value, type);
      }
      case 'select': {
        const parts = [
          part(({ condition }: SelectExpr) => condition),
          part(({ then }: SelectExpr) => then),
          part((one: SelectExpr) => one.else),
        ];
        const [condition, then, other] = parts;
        if (condition === undefined || then === undefined || other === undefined) return undefined;
        const arms = [then, other].map((one) => this.chunks.plain(this.wrap(one, type)));
        return this.chosen(condition, arms[0], arms[1]);
      }
      case 'lane':
        return this.lanesAlike(all as readonly LaneExpr[], type);
      default: {
        if (!('left' in first) || !isRing(first.op)) return undefined;
        const left = part((one: BinaryExpr) => one.left);
        const right = part((one: BinaryExpr) => one.right);
        if (left === undefined || right === undefined) return undefined;
        return this.ring(first.op, left, right, type);
      }
    }
  }

  /** Lanes of one vector. */
  private lanesAlike(all: readonly LaneExpr[], type: IntType): Vector | undefined {
    const [{ vector }] = all;
    const same = all.every(
      (one) =>
        one.vector === vector ||
        (one.vector.op === 'var' && vector.op === 'var' && one.vector.name === vector.name),
    );
    if (!same) return undefined;
    if (vector.op === 'var' && this.own.shiftedLane(vector.name, 0) !== undefined) return undefined;
    const lanes = lanesOf(vector.type);
    const places = all.map(({ index }) => (index.op === 'const' ? Number(index.value) : -1));
    if (places.every((at) => at >= 0 && at < lanes)) {
      return this.gathered(
        places.map((at) => sourceOf(vector, at)),
        type,
      );
    }
    const from = elementOf(vector.type);
    const format = storedFormat(from);
    if (format.bytes !== 4 || (lanes !== 8 && lanes !== 16) || all.length % 8 !== 0)
      return undefined;
    const index = this.alike(all.map((one) => one.index));
    if (index === undefined) return undefined;
    const indices = this.chunks.at(this.chunks.plain(index), { bytes: 4, signed: false });
    const values = this.chunks.at(
      this.chunks.plain(this.wrap(this.vectorOf(vector), from)),
      format,
    );
    const [low, high = low] = values;
    const texts = indices.map((one) => `look_up(${low}, ${high}, ${one})`);
    return this.wrap(this.chunks.chunked(texts, all.length, format, rangeOf(from)), type);
  }

  private gatheredChunk(
    sources: readonly Source[],
    type: IntType,
    per: number,
    own: string,
  ): string {
    const format = storedFormat(type);
    const scalars = sources.filter((one) => 'scalar' in one && one.scalar.op !== 'const');
    const vectors = new Map<string, { readonly chunk: string; readonly type: string }>();
    const places: (readonly [string, number])[] = [];
    if (new Set(scalars.map((one) => (one as { scalar: Expr }).scalar)).size > 1) {
      return this.listed(sources, type, per, own);
    }
    const constants: bigint[] = Array.from({ length: per }, () => 0n);
    for (const [at, source] of sources.entries()) {
      if ('scalar' in source) {
        if (source.scalar.op === 'const') {
          constants[at] = wrap(source.scalar.value as bigint, type);
          places.push(['constants', at]);
          continue;
        }
        if (!vectors.has('scalar')) {
          const value = wrapped(this.print(source.scalar), type);
          const chunk = this.chunks.named(`splat<${own}>(${asLane(value, format)})`, own);
          vectors.set('scalar', { chunk, type: own });
        }
        places.push(['scalar', at]);
        continue;
      }
      const vector = this.chunks.plain(this.wrap(this.vectorOf(source.vector), type));
      if (vector.kind === 'constant') {
        constants[at] = vector.values[source.lane];
        places.push(['constants', at]);
        continue;
      }
      const count = chunkLanes(vector.lanes, format.bytes);
      const chunk = this.chunks.at(vector, format)[Math.floor(source.lane / count)];
      const from = chunkType(vector.lanes, format);
      vectors.set(chunk, { chunk, type: from });
      places.push([chunk, source.lane % count]);
    }
    if (places.some(([from]) => from === 'constants')) {
      const text = this.chunks.at(constant(constants, per), format)[0];
      const name = this.chunks.named(text, own);
      vectors.set('constants', { chunk: name, type: own });
    }
    return this.shuffledChunk(places, vectors, per, own);
  }

  /** A chunk from lanes of several: two at a time. */
  private shuffledChunk(
    places: readonly (readonly [string, number])[],
    vectors: ReadonlyMap<string, { readonly chunk: string; readonly type: string }>,
    per: number,
    own: string,
  ): string {
    const order = [...new Set(places.map(([from]) => from))];
    const known = (name: string) => vectors.get(name) as { chunk: string; type: string };
    if (order.length === 1) {
      const { chunk, type } = known(order[0]);
      if (type === own && places.every(([, lane], at) => lane === at)) return chunk;
    }
    // Chunks of another length first become ones of this length.
    const mixed = order.some((name) => known(name).type !== own);
    if (mixed) {
      const list = Array.from({ length: per }, (_, at) => {
        const place = places[at];
        return place === undefined ? '0' : `${grouped(known(place[0]).chunk)}[${place[1]}]`;
      });
      return `${own}{${list.join(', ')}}`;
    }
    let text = known(order[0]).chunk;
    // Where each lane of the chunk so far is: at its place once it is taken over.
    const first = Array.from({ length: per }, (_, at) => {
      const place = places[at];
      return place !== undefined && place[0] === order[0] ? place[1] : -1;
    });
    if (order.length === 1) return `__builtin_shufflevector(${text}, ${text}, ${first.join(', ')})`;
    const inserted = this.insertedLane(places, order, known, per, own);
    if (inserted !== undefined) return inserted;
    for (const [step, name] of order.slice(1).entries()) {
      const indices = Array.from({ length: per }, (_, at) => {
        const place = places[at];
        if (place === undefined) return undefined;
        if (place[0] === name) return name === 'scalar' ? 'second' : per + place[1];
        const turn = order.indexOf(place[0]);
        if (turn > step + 1) return undefined;
        if (step > 0) return at;
        return place[0] === 'scalar' ? 'first' : place[1];
      });
      const other = known(name).chunk;
      text = this.chunks.named(
        `__builtin_shufflevector(${text}, ${other}, ${inARow(indices, per).join(', ')})`,
        own,
      );
    }
    return text;
  }

  /**
   * One integer beside lanes that all move by as many: they move first, and it comes in by a blend. So whatever waits
   * for the integer waits no longer than that, where it is computed of the lanes in each turn.
   */
  private insertedLane(
    places: readonly (readonly [string, number])[],
    order: readonly string[],
    known: (name: string) => { readonly chunk: string; readonly type: string },
    per: number,
    own: string,
  ): string | undefined {
    const at = places.findIndex(([from]) => from === 'scalar');
    const once = places.filter(([from]) => from === 'scalar').length === 1;
    if (order.length !== 2 || !once || per > 8 || places.length < per) return undefined;
    const other = order.find((name) => name !== 'scalar') as string;
    const by = places[at === 0 ? 1 : 0][1] - (at === 0 ? 1 : 0);
    const moved = places.every(([from, lane], to) => from === 'scalar' || lane === to + by);
    if (!moved || by === 0) return undefined;
    const { chunk } = known(other);
    const turned = places.map((_, to) => (to + by + per) % per);
    const rest = this.chunks.named(
      `__builtin_shufflevector(${chunk}, ${chunk}, ${turned.join(', ')})`,
      own,
    );
    const lanes = places.map((_, to) => (to === at ? to : per + to));
    return `__builtin_shufflevector(${known('scalar').chunk}, ${rest}, ${lanes.join(', ')})`;
  }

  private listed(sources: readonly Source[], type: IntType, per: number, own: string): string {
    const format = storedFormat(type);
    const list = Array.from({ length: per }, (_, at) => {
      const source = sources[at];
      if (source === undefined) return '0';
      const value =
        'scalar' in source
          ? wrapped(this.print(source.scalar), type)
          : wrapped(this.oneLane(source.vector, source.lane), type);
      return asLane(value, format);
    });
    return `${own}{${list.join(', ')}}`;
  }

  protected override reduce(expr: ReduceExpr): Text {
    const given = this.vectorOf(expr.vector);
    const from = elementOf(expr.vector.type);
    const { lanes } = given;
    const { reduce } = expr;
    if (isMask(given) && from.width === 1) {
      const filled = this.padded(given, reduce === 'and' || reduce === 'min' ? -1n : 0n);
      const symbol = reduce === 'and' || reduce === 'min' ? '&' : '|';
      const name = this.names.claim('found');
      if (reduce === 'add') {
        const counts = filled.map((one) => `count_lanes(${one})`);
        this.line(`const int ${name} = ${counts.join(' + ')};`);
        const count: Text = {
          ...{ text: name, primary: true, computed: 'int' as const },
          ...{ min: 0n, max: BigInt(lanes) },
        };
        return wrapped(count, expr.type);
      }
      const all = filled.map(grouped).join(` ${symbol} `);
      const any = symbol === '&' ? `!any_lane(~(${all}))` : `any_lane(${all})`;
      this.line(`const int ${name} = ${any};`);
      const text: Text = { text: name, primary: true, computed: 'int', min: 0n, max: 1n };
      return wrapped(text, expr.type);
    }
    const wide = reductionType(expr);
    const range = rangeOf(from);
    const neutral =
      reduce === 'min' ? range.max : reduce === 'max' ? range.min : reduce === 'and' ? -1n : 0n;
    const value = this.chunks.plain(given);
    const bytes = widest(bytesFor(wide.width), value.kind === 'chunks' ? value.format.bytes : 1);
    const exact = formatHolding(wide.width <= 64 ? rangeOf(wide) : value, bytes) as LaneFormat;
    const format: LaneFormat = reduce === 'add' ? { bytes, signed: wide.signed } : exact;
    const own = chunkType(lanes, format);
    const chunks = this.paddedAt(value, format, neutral);
    const lane = laneType(format);
    const join = {
      add: (a: string, b: string) => `${a} + ${b}`,
      or: (a: string, b: string) => `${a} | ${b}`,
      and: (a: string, b: string) => `${a} & ${b}`,
      min: (a: string, b: string) => `${a} < ${b} ? ${a} : ${b}`,
      max: (a: string, b: string) => `${a} > ${b} ? ${a} : ${b}`,
    }[reduce];
    let folded = chunks[0];
    for (const chunk of chunks.slice(1)) folded = this.chunks.named(join(folded, chunk), own);
    const name = this.names.claim('found');
    this.line(
      `const ${lane} ${name} = fold(${folded}, [](${lane} a, ${lane} b) { return (${lane})(${join('a', 'b')}); });`,
    );
    const so = laneText(
      name,
      format,
      rangeOf({ kind: 'int', ...{ signed: format.signed, width: 8 * format.bytes } }),
    );
    const whole = wrapped(so, wide);
    return wrapped(reduce === 'add' ? whole : { ...so, ...rangeOf(from) }, expr.type);
  }

  /** Chunks whose lanes behind the vector's last have this value. */
  private paddedAt(vector: Vector, format: LaneFormat, neutral: bigint): readonly string[] {
    const { lanes } = vector;
    const per = chunkLanes(lanes, format.bytes);
    const own = chunkType(lanes, format);
    const chunks = this.chunks.at(vector, format).map((one) => this.chunks.named(one, own));
    const over = lanes % per;
    if (over === 0) return chunks;
    if (neutral === 0n || neutral === -1n) {
      // A mask that is constant costs least.
      const at = Array.from({ length: per }, (_, lane) =>
        lane < over === (neutral === 0n) ? -1n : 0n,
      );
      const [mask] = this.chunks.at(constant(at, per), format);
      const last = `${grouped(chunks[chunks.length - 1])} ${neutral === 0n ? '&' : '|'} ${mask}`;
      return [...chunks.slice(0, -1), this.chunks.named(last, own)];
    }
    const rest = this.chunks.named(
      this.chunks.at(
        constant(
          Array.from({ length: per }, () => neutral),
          per,
        ),
        format,
      )[0],
      own,
    );
    const order = Array.from({ length: per }, (_, at) => (at < over ? at : per + at));
    const last = chunks[chunks.length - 1];
    const mended = `__builtin_shufflevector(${last}, ${rest}, ${order.join(', ')})`;
    return [...chunks.slice(0, -1), this.chunks.named(mended, own)];
  }

  private padded(vector: Chunked, neutral: bigint): readonly string[] {
    return this.paddedAt(vector, vector.format, neutral);
  }

  /** An integer that is used more than once. */
  scalar(text: Text, word: string): Text {
    return this.named(text, word);
  }

  /** Converted to 64 bits. */
  wideUnsigned(expr: Expr): Text {
    return converted(this.print(expr), 'ulong');
  }
}

const symbolOf: Readonly<Record<RingOp, string>> = {
  ...{ add: '+', sub: '-', mul: '*', and: '&', or: '|', xor: '^' },
};

function isBitwise(op: RingOp): boolean {
  return op === 'and' || op === 'or' || op === 'xor';
}

function isMask(vector: Vector): vector is Chunked & { readonly mask: true } {
  return vector.kind === 'chunks' && vector.mask === true;
}

function widest(a: LaneBytes, b: LaneBytes): LaneBytes {
  return a > b ? a : b;
}

/** The fewest bytes a lane of two operands; constants and integers come in any. */
function smallest(a: Vector, b: Vector): LaneBytes {
  const sizes = [a, b].flatMap((one) => (one.kind === 'chunks' ? [one.format.bytes] : []));
  return sizes.length === 0 ? 1 : (Math.min(...sizes) as LaneBytes);
}

function hullOf(a: Interval, b: Interval): Interval {
  return { min: a.min < b.min ? a.min : b.min, max: a.max > b.max ? a.max : b.max };
}

/**
 * The lanes of a shuffle of two chunks. Where any lane will do, or any of one chunk, all may follow one another:
 * processors move lanes on by one or two instructions.
 */
function inARow(
  lanes: readonly (number | 'first' | 'second' | undefined)[],
  per: number,
): readonly number[] {
  const known = lanes.findIndex((one) => typeof one === 'number');
  const start = known < 0 ? -1 : (lanes[known] as number) - known;
  const follows = lanes.every((one, at) => {
    const wanted = start + at;
    if (one === 'first') return wanted >= 0 && wanted < per;
    if (one === 'second') return wanted >= per && wanted < 2 * per;
    return one === undefined ? wanted >= 0 && wanted < 2 * per : one === wanted;
  });
  return lanes.map((one, at) => {
    if (known >= 0 && follows) return start + at;
    return one === undefined ? -1 : one === 'first' ? at : one === 'second' ? per + at : one;
  });
}
