import {
  type Interval,
  inside,
  knownComparison,
  type RingOp,
  ringInterval,
  shiftedRight,
} from '../../ir/intervals.ts';
import {
  type BinaryExpr,
  type Expr,
  elementOf,
  type IntType,
  intType,
  lanesOf,
  rangeOf,
  u1,
  wrap,
} from '../../ir/ir.ts';
import type { CompareOp } from '../c-coroutines/arithmetic.ts';
import { wrapped } from '../c-coroutines/arithmetic.ts';
import type { Constants } from '../c-coroutines/constants.ts';
import { ExpressionPrinter, loopLane, type ProcessNames } from '../c-coroutines/expressions.ts';
import { ChunkPrinter, constant, grouped } from './chunks.ts';
import {
  bytesFor,
  type Chunked,
  chunkBytes,
  chunkCount,
  chunkLanes,
  chunkType,
  formatHolding,
  formatType,
  hullOf,
  isMask,
  type LaneBytes,
  type LaneFormat,
  laneType,
  smallest,
  storedFormat,
  type Vector,
  widest,
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

/** Prints what is computed lane by lane, of vectors that are printed already. */
export abstract class LaneArithmetic extends ExpressionPrinter {
  protected readonly own: CpuNames;
  readonly chunks: ChunkPrinter;

  constructor(names: CpuNames, constants: Constants, line: (text: string) => void) {
    super(names, constants, line);
    this.own = names;
    this.chunks = new ChunkPrinter((wanted) => names.claim(wanted), line);
  }

  /** The value of a vector expression, or of an integer in so many lanes. */
  abstract vectorOf(expr: Expr, lanes?: number): Vector;

  protected wrap(vector: Vector, type: IntType): Vector {
    return this.chunks.wrapped(vector, type);
  }

  protected ring(op: RingOp, a: Vector, b: Vector, type: IntType): Vector {
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

  protected narrowest(
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
  protected wideProducts(a: Vector, b: Vector, format: LaneFormat): readonly string[] | undefined {
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

  protected compare(expr: BinaryExpr, op: CompareOp, a: Vector, b: Vector): Vector {
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
  protected laneByLane(expr: Expr, type: IntType): Vector {
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

  protected shift(expr: BinaryExpr, lanes: number, type: IntType): Vector {
    const by = this.chunks.plain(this.vectorOf(expr.right, lanes));
    const high = expr.op === 'shr' ? this.highProduct(expr.left, by, 64) : undefined;
    if (high !== undefined) return this.wrap(high, type);
    const value = this.chunks.plain(this.vectorOf(expr.left, lanes));
    if (expr.op === 'shl') return this.shiftLeft(value, by, type);
    return this.wrap(this.shiftedRight(value, by, expr), type);
  }

  /**
   * Products of factors of 32 bits without their lowest bits, where no more than 32 are left or looked at. Products in
   * even lanes and in odd ones then come together without moving.
   */
  protected highProduct(product: Expr, { min, max }: Vector, low: number): Vector | undefined {
    const lanes = lanesOf(product.type);
    if (product.op !== 'mul' || product.type.kind !== 'vec' || chunkBytes(lanes, 4) < 32) {
      return undefined;
    }
    if (min !== max || min < 1n || min > 32n) return undefined;
    const [a, b] = [product.left, product.right].map((one) =>
      this.chunks.plain(this.vectorOf(one, lanes)),
    );
    const exact = ringInterval('mul', a, b);
    const signed = [true, false].find((one) =>
      [a, b].every((factor) => inside(factor, intType(one, 32))),
    );
    if (signed === undefined || !inside(exact, product.type.element)) return undefined;
    const bounds = shiftedRight(exact, { min, max });
    const fits = formatHolding(bounds, 4);
    if (formatHolding(exact)?.bytes !== 8 || (fits?.bytes !== 4 && low > 32)) return undefined;
    const [x, y] = [a, b].map((factor) => this.chunks.at(factor, { bytes: 4, signed }));
    const type = chunkType(lanes, { bytes: 4, signed });
    const format: LaneFormat = { bytes: 4, signed: fits?.bytes === 4 ? fits.signed : signed };
    const own = format.signed === signed ? '' : `(${chunkType(lanes, format)})`;
    const texts = x.map((one, at) => `${own}multiply_high<${min}, ${type}>(${one}, ${y[at]})`);
    const known = fits?.bytes === 4 ? bounds : rangeOf(formatType(format));
    return this.chunks.chunked(texts, lanes, format, known);
  }

  /** ⌊value / 2^by⌋: exactly, or so many of its lowest bits. */
  protected shiftedRight(value: Vector, by: Vector, expr: BinaryExpr, low = 64): Vector {
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

  protected atMost(vector: Vector, most: bigint): Vector {
    const format = vector.kind === 'chunks' ? vector.format : (formatHolding(vector) as LaneFormat);
    const limit = this.chunks.at(constant([most], vector.lanes), format);
    const texts = this.chunks
      .at(vector, format)
      .map((one, at) => `${grouped(one)} < ${limit[at]} ? ${grouped(one)} : ${limit[at]}`);
    const bounds = { min: vector.min < most ? vector.min : most, max: most };
    return this.chunks.chunked(texts, vector.lanes, format, bounds);
  }

  protected amounts(by: Vector, format: LaneFormat): readonly string[] {
    return this.chunks.at(by, format).map(grouped);
  }

  protected shiftLeft(value: Vector, by: Vector, type: IntType): Vector {
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
  protected vectorCompare(by: Vector, limit: bigint, lanes: number, bytes: LaneBytes): string[] {
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

  protected complement(given: Vector, type: IntType): Vector {
    if (isMask(given) && type.width === 1 && !type.signed) {
      const { chunks, format, lanes } = given;
      const texts = chunks.map((one) => `~${one}`);
      return this.chunks.chunked(texts, lanes, format, { min: 0n, max: 1n }, true);
    }
    // -1 - a
    return this.ring('sub', constant([-1n], given.lanes), given, type);
  }

  protected saturate(given: Vector, type: IntType): Vector {
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

  /** Lane by lane one of two. */
  protected chosen(condition: Vector, then: Vector, other: Vector): Vector {
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
  protected mask(condition: Vector, bytes: LaneBytes): readonly string[] {
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
}

const symbolOf: Readonly<Record<RingOp, string>> = {
  ...{ add: '+', sub: '-', mul: '*', and: '&', or: '|', xor: '^' },
};

function isBitwise(op: RingOp): boolean {
  return op === 'and' || op === 'or' || op === 'xor';
}
