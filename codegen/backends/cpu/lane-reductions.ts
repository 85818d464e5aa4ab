import { reductionType } from '../../ir/intervals.ts';
import { elementOf, type ReduceExpr, rangeOf } from '../../ir/ir.ts';
import { wrapped } from '../c-coroutines/arithmetic.ts';
import type { Text } from '../c-coroutines/text.ts';
import { constant, grouped, laneText } from './chunks.ts';
import { LaneArithmetic } from './lane-arithmetic.ts';
import {
  bytesFor,
  type Chunked,
  chunkLanes,
  chunkType,
  formatHolding,
  type Held,
  isMask,
  type LaneFormat,
  laneType,
  type Vector,
  widest,
} from './vector.ts';

/** Prints what folds the lanes of a vector into one integer. */
export abstract class LaneReductions extends LaneArithmetic {
  /** Of an integer that says whether any lane is set: these lanes. */
  protected readonly masks = new Map<string, Held>();

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
      let all = filled.map(grouped).join(` ${symbol} `);
      if (symbol === '|' && given.format.bytes === 4) {
        all = this.chunks.named(all, chunkType(lanes, given.format));
        this.masks.set(name, { name: all, lanes: chunkLanes(lanes, 4) });
      }
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
}
