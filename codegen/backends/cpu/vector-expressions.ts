import { inside, isRing, type RingOp } from '../../ir/intervals.ts';
import {
  type BinaryExpr,
  type Expr,
  elementOf,
  type IntType,
  type LaneExpr,
  lanesOf,
  rangeOf,
  type SelectExpr,
  type VecType,
  type WithLaneExpr,
} from '../../ir/ir.ts';
import { wrapped } from '../c-coroutines/arithmetic.ts';
import type { LaneIndex } from '../c-coroutines/expressions.ts';
import { converted, literal, type Text } from '../c-coroutines/text.ts';
import { constant, grouped } from './chunks.ts';
import { LaneGathers } from './lane-gathers.ts';
import { sourcesOf } from './lane-sources.ts';
import {
  bytesFor,
  chunkLanes,
  chunkType,
  formatHolding,
  type Held,
  hullOf,
  type LaneFormat,
  laneType,
  smallest,
  storedFormat,
  type Vector,
  widest,
} from './vector.ts';

type ByLane = Exclude<BinaryExpr['op'], 'shl' | 'shr'>;

/** Prints expressions with vectors as GCC's vector types, several where one would be wider than 32 bytes. */
export class VectorExpressions extends LaneGathers {
  private readonly done = new Map<Expr, Vector>();
  private readonly low = new Map<Expr, { readonly bits: number; readonly vector: Vector }>();

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
      return { kind: 'splat', value, lanes, min, max, twin: this.splats.get(value.text) };
    }
    const before = this.done.get(expr);
    if (before !== undefined) return before;
    const vector = this.fresh(expr, lanes);
    this.done.set(expr, vector);
    return vector;
  }

  /** Says what text an integer variable gets; `once` where it has it wherever it can be read. */
  assigned(variable: string, text: string, once: boolean): void {
    for (const known of [this.masks, this.splats] as Map<string, Held>[]) {
      const same = once ? known.get(text) : undefined;
      if (same === undefined) known.delete(variable);
      else known.set(variable, same);
    }
  }

  /** A choice that is wrapped is a choice between what is wrapped. */
  override print(expr: Expr, lane?: LaneIndex): Text {
    if (expr.op === 'cast' && expr.type.kind === 'int' && expr.operand.op === 'select') {
      const { operand, type } = expr;
      const narrows = operand.type.kind === 'int' && operand.type.width >= type.width;
      if (narrows && this.own.unforeseen(operand.condition)) {
        return super.print({ ...operand, type }, lane);
      }
    }
    return super.print(expr, lane);
  }

  /** Chunks as a variable of the type keeps them. */
  stored(expr: Expr, type: VecType): readonly string[] {
    const { element, lanes } = type;
    const format = storedFormat(element);
    const low = this.lowOf(expr, lanes, element.width);
    const whole = element.width === 8 * format.bytes;
    return this.chunks.at(this.chunks.plain(whole ? low : this.wrap(low, element)), format);
  }

  /** The value that a variable of the type gets, in lanes as they are; what must be wrapped is narrowed where that does. */
  kept(expr: Expr, { element, lanes }: VecType): Vector {
    const low = this.lowOf(expr, lanes, element.width);
    const format = storedFormat(element);
    const narrows = low.kind === 'chunks' && low.format.bytes > format.bytes;
    if (inside(low, element) || !narrows || element.width < 8 * format.bytes) {
      return this.wrap(low, element);
    }
    return this.chunks.chunked(this.chunks.at(low, format), lanes, format, rangeOf(element));
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
        const high = this.highProduct(expr.left, by, bits);
        if (high !== undefined) return high;
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

  protected override choice(expr: SelectExpr, condition: Text, then: Text, otherwise: Text): Text {
    const plain = super.choice(expr, condition, then, otherwise);
    if (expr.type.kind === 'vec' || condition.literal === true) return plain;
    if (!this.own.unforeseen(expr.condition)) return plain;
    const [a, b] = [then, otherwise].map((one) => converted(one, plain.computed).text);
    const mask = this.masks.get(condition.text);
    if (mask !== undefined && (plain.computed === 'int' || plain.computed === 'uint')) {
      // From lanes to lanes: whatever waits for the choice there does not wait for integers.
      const name = this.names.claim('lanes');
      const type = `${plain.computed === 'int' ? 'i' : 'u'}32x${mask.lanes}`;
      const arms = [a, b].map((one) => `splat<${type}>(${one})`);
      this.line(`const ${type} ${name} = either_lanes(${mask.name}, ${arms.join(', ')});`);
      this.splats.set(`${name}[0]`, { name, lanes: mask.lanes });
      return { ...plain, text: `${name}[0]`, primary: true };
    }
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
}
