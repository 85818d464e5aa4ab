import { isRing } from '../../ir/intervals.ts';
import {
  type BinaryExpr,
  type ConstExpr,
  type Expr,
  elementOf,
  type IntType,
  type LaneExpr,
  lanesOf,
  rangeOf,
  type SelectExpr,
  sameType,
  type UnaryExpr,
  wrap,
} from '../../ir/ir.ts';
import { wrapped } from '../c-coroutines/arithmetic.ts';
import { literal, type Text } from '../c-coroutines/text.ts';
import { asLane, constant, grouped, laneText } from './chunks.ts';
import { LaneReductions } from './lane-reductions.ts';
import { type Source, sourceOf } from './lane-sources.ts';
import {
  chunkCount,
  chunkLanes,
  chunkType,
  type Held,
  storedFormat,
  type Vector,
} from './vector.ts';

/** Prints vectors whose lanes come from anywhere, and single lanes. */
export abstract class LaneGathers extends LaneReductions {
  /** Arrays in memory that hold the lanes of a vector, until the next statement. */
  protected readonly spilled = new Map<Expr | string, string>();

  /** Of an integer: a chunk of which each lane is that integer. */
  protected readonly splats = new Map<string, Held>();

  /** Lane `at` of a vector expression. */
  protected oneLane(expr: Expr, at: number): Text {
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
  protected gathered(sources: readonly Source[], type: IntType): Vector {
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
  protected alike(all: readonly Expr[]): Vector | undefined {
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
  protected lanesAlike(all: readonly LaneExpr[], type: IntType): Vector | undefined {
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
    if (format.bytes !== 4 || (lanes !== 8 && lanes !== 16)) return undefined;
    // Of chunks of another length there is no look-up; the last of these may have lanes that nobody asks for.
    if (chunkLanes(all.length, format.bytes) !== 8) return undefined;
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

  protected gatheredChunk(
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
          const twin = this.splats.get(value.text);
          const text =
            format.bytes === 4 && twin?.lanes === per
              ? `(${own})${twin.name}`
              : `splat<${own}>(${asLane(value, format)})`;
          const chunk = this.chunks.named(text, own);
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
  protected shuffledChunk(
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
  protected insertedLane(
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

  protected listed(sources: readonly Source[], type: IntType, per: number, own: string): string {
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
