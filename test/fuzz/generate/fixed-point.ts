import { condition } from './conditions.ts';
import { lively, mixed, number } from './integers.ts';
import type { ProgramWriter, Variable } from './program-writer.ts';
import {
  type FixedType,
  int,
  isBig,
  type Range,
  type Scalar,
  typeText,
  type VecType,
} from './types.ts';
import { narrowed, product, result, typed, union, type Value, widthOf } from './value.ts';
import { laneIndex } from './vectors.ts';

const roundings = ['floor', 'zero', 'half-up', 'half-even'] as const;
const overflows = ['wrap', 'saturate'] as const;

/** Declares a type of random shape and modes in front of the program. */
export function declareFixed(w: ProgramWriter, big = false): FixedType {
  const { draw } = w;
  const most = Math.min(53, w.limits.width);
  const width = big
    ? draw.pick([54, 56, 60, 62, 63, 64])
    : draw.chance(0.15)
      ? most
      : draw.integer(2, Math.min(36, most));
  const fraction = big
    ? draw.pick([1, 8, 31, 32, 33, 52, 63, 64, 0, -2])
    : draw.integer(-3, Math.min(40, width + 4));
  const coarse = big || !draw.chance(0.45) ? undefined : coarser(w);
  const type: FixedType = {
    kind: 'fixed',
    name: w.unique('q'),
    ...(coarse ?? { signed: draw.chance(0.65), width, fraction }),
    rounding: draw.pick(roundings),
    overflow: draw.pick(overflows),
  };
  w.top.push(fixedText(type));
  w.fixed.push(type);
  return type;
}

/** The shape of a known type with few bits less behind the point: rounding to it meets ties, not only overflow. */
function coarser(w: ProgramWriter): Pick<FixedType, 'signed' | 'width' | 'fraction'> | undefined {
  const { draw } = w;
  const known = small(w).filter(({ width }) => width >= 6);
  if (known.length === 0) return undefined;
  const { signed, width, fraction } = draw.pick(known);
  const dropped = draw.integer(1, 3);
  return { signed, width: width - dropped + draw.integer(-1, 1), fraction: fraction - dropped };
}

export function fixedText(type: FixedType): string {
  const { name, signed, width, fraction, rounding, overflow } = type;
  return `const ${name} = ${signed ? '' : 'u'}fixed(${width}, ${fraction}, '${rounding}', '${overflow}');`;
}

function small(w: ProgramWriter): readonly FixedType[] {
  return w.fixed.filter((one) => !isBig(one));
}

/** A value with its binary point moved to `fraction`. */
function at(value: Value, fraction: number): Range {
  const by = BigInt(fraction - value.fraction);
  return { min: value.min << by, max: value.max << by };
}

/** A type to round to: often one that drops few bits of the value. */
function roundedTo(w: ProgramWriter, value: Value): FixedType {
  const types = small(w);
  const near = types.filter(({ fraction }) => {
    const dropped = value.fraction - fraction;
    return dropped >= 1 && dropped <= 4;
  });
  return w.draw.pick(near.length > 0 && w.draw.chance(0.6) ? near : types);
}

function wide(range: Range): boolean {
  return widthOf(range) > 53;
}

/** The value in a type of few bits, so that what is made of it stays within a number. */
function brief(w: ProgramWriter, value: Value): Value {
  const types = small(w).filter(
    (one) => one.width <= 22 && one.fraction >= 0 && one.fraction <= 20,
  );
  if (types.length === 0) return typed('u8(3)', int(false, 8));
  const type = w.draw.pick(types);
  return typed(`${type.name}(${value.text})`, type);
}

function leaf(w: ProgramWriter): Value {
  const { draw } = w;
  const types = small(w);
  const known = w.scalars().filter(({ type }) => type.kind === 'fixed' && !isBig(type));
  const fresh = known.filter(({ variable }) => variable.data || variable.mutable);
  if (fresh.length > 0 && draw.chance(0.5)) return draw.pick(fresh).value;
  if (known.length > 0 && draw.chance(0.3)) return draw.pick(known).value;
  const vectors = w.vectors().filter(({ type: { element } }) => element.kind === 'fixed');
  if (vectors.length > 0 && draw.chance(0.5)) return laneOf(w, draw.pick(vectors));
  const tables = w.tables.filter(({ element }) => element.kind === 'fixed' && !isBig(element));
  if (tables.length > 0 && draw.chance(0.3)) {
    const { name, element, length } = draw.pick(tables);
    const index = narrowed(number(w, 0), int(false, Math.log2(length)));
    return typed(`${name}[${index.text}]`, element);
  }
  if (types.length === 0) return number(w, 0);
  const type = draw.pick(types);
  if (draw.chance(0.12))
    return typed(`${type.name}(${draw.pick(['0.1', '-0.75', '0.5', '1.125', '3', '-1'])})`, type);
  const units = narrowed(number(w, 1), int(type.signed, type.width));
  return typed(`${type.name}.fromRaw(${units.text})`, type);
}

/** A lane of a vector, or the sum of all its lanes. */
function laneOf(w: ProgramWriter, { name, type }: Variable & { readonly type: VecType }): Value {
  const { draw } = w;
  const { element, lanes } = type;
  const lane = typed(`${name}[${laneIndex(w, lanes, 0)}]`, element);
  if (isBig(element)) return roundedBig(w, lane, element);
  const fraction = lane.fraction;
  const range = { min: lane.min * BigInt(lanes), max: lane.max * BigInt(lanes) };
  if (draw.chance(0.4) || wide(range)) return lane;
  const to = roundedTo(w, lane);
  return draw.chance(0.5)
    ? result(`sum(${name})`, range, false, fraction)
    : typed(`${to.name}(sum(${name}))`, to);
}

/** What a bigint holds, rounded to what a number holds. */
function roundedBig(w: ProgramWriter, value: Value, type: Scalar): Value {
  const to = roundedTo(w, value);
  return typed(`${to.name}.convert(${value.text}, ${typeText(type)})`, to);
}

/** A constant that no type has rounded: its text, and its units of 2^-fraction. */
const constants = [
  { text: '0.5', units: 1n, fraction: 1 },
  { text: '(-0.75)', units: -3n, fraction: 2 },
  { text: '1.125', units: 9n, fraction: 3 },
  { text: '(2 ** -7)', units: 1n, fraction: 7 },
  { text: '(-1)', units: -1n, fraction: 0 },
] as const;

/** A value times a constant, or a constant more. */
function withConstant(w: ProgramWriter, a: Value): Value {
  const { text, units, fraction } = w.draw.pick(constants);
  const one = { min: units, max: units };
  if (w.draw.chance(0.5)) {
    const range = product(a, one);
    if (wide(range)) return a;
    return result(`(${a.text} * ${text})`, range, false, a.fraction + fraction);
  }
  const most = Math.max(a.fraction, fraction);
  const [from, more] = [at(a, most), units << BigInt(most - fraction)];
  const range = { min: from.min + more, max: from.max + more };
  return wide(range) ? a : result(`(${a.text} + ${text})`, range, false, most);
}

/**
 * A value of the type halved once to three times and rounded to it again: it overflows never, and what is
 * dropped is a half as often as not.
 */
function halved(w: ProgramWriter, type: FixedType): Value {
  const { draw } = w;
  const units = narrowed(lively(w) ?? number(w, 1), int(type.signed, type.width));
  return typed(
    `${type.name}(${type.name}.fromRaw(${units.text}) / ${2 ** draw.integer(1, 3)})`,
    type,
  );
}

/** A number with a binary point, of a value that a number holds exactly. */
export function decimal(w: ProgramWriter, depth: number): Value {
  const { draw } = w;
  if (depth <= 0 || small(w).length === 0) return leaf(w);
  const next = () => decimal(w, depth - draw.integer(1, 2));
  const types = small(w);
  switch (draw.integer(0, 15)) {
    case 0:
    case 1: {
      let [a, b] = [next(), next()];
      const minus = draw.chance(0.5);
      const sum = (x: Value, y: Value) => {
        const fraction = Math.max(x.fraction, y.fraction);
        const [p, q] = [at(x, fraction), at(y, fraction)];
        const range = minus
          ? { min: p.min - q.max, max: p.max - q.min }
          : { min: p.min + q.min, max: p.max + q.max };
        return result(`(${x.text} ${minus ? '-' : '+'} ${y.text})`, range, false, fraction);
      };
      if (wide(sum(a, b))) [a, b] = [brief(w, a), brief(w, b)];
      return sum(a, b);
    }
    case 2:
    case 3: {
      let [a, b] = [next(), next()];
      if (wide(product(a, b)) || w.limits.productBits < 53) [a, b] = [brief(w, a), brief(w, b)];
      return result(`(${a.text} * ${b.text})`, product(a, b), false, a.fraction + b.fraction);
    }
    case 4: {
      const [a, b] = [next(), next()];
      const fraction = Math.max(a.fraction, b.fraction);
      const range = union(at(a, fraction), at(b, fraction));
      if (wide(range)) return a;
      const one = result(`(${condition(w, 0)} ? ${a.text} : ${b.text})`, range, false, fraction);
      return { ...one, brand: 'mixed' };
    }
    case 5: {
      const [a, b] = [next(), next()];
      const fraction = Math.max(a.fraction, b.fraction);
      const range = union(at(a, fraction), at(b, fraction));
      if (wide(range)) return b;
      return result(
        `Math.${draw.pick(['min', 'max'])}(${a.text}, ${b.text})`,
        range,
        false,
        fraction,
      );
    }
    case 6: {
      const a = next();
      const range = { min: -a.max, max: -a.min };
      return wide(range) ? a : result(`(-${a.text})`, range, false, a.fraction);
    }
    case 7: {
      const a = next();
      if (a.literal) return a;
      const by = draw.pick([1, 2, 4]);
      return {
        ...a,
        text: `(${a.text} / ${2 ** by})`,
        fraction: a.fraction + by,
        brand: undefined,
      };
    }
    case 8: {
      const type = draw.pick(types);
      const [a, b] = [next(), next()];
      const shift = a.fraction + b.fraction - type.fraction;
      if (widthOf(product(a, b)) > 64 && (shift < 0 || shift > 64)) return a;
      if (w.limits.productBits < 53) return typed(`${type.name}(${a.text})`, type);
      return typed(`${type.name}.product(${a.text}, ${b.text})`, type);
    }
    case 9:
    case 10:
      return halved(w, draw.pick(types));
    case 11:
      return withConstant(w, next());
    case 12: {
      const a = next();
      const range = { min: 0n, max: a.max > -a.min ? a.max : -a.min };
      return wide(range) ? a : result(`Math.abs(${a.text})`, range, false, a.fraction);
    }
    default: {
      const value = next();
      const type = roundedTo(w, value);
      return typed(`${type.name}(${value.text})`, type);
    }
  }
}

/** An integer from a value with a binary point: rounded, or its units. */
export function wholeOfDecimal(w: ProgramWriter, depth: number): Value {
  const { draw } = w;
  const types = small(w);
  if (types.length === 0) return number(w, depth - 1);
  if (draw.chance(0.3)) {
    const type = draw.pick(types);
    return typed(`${type.name}.raw(${halved(w, type).text})`, int(type.signed, type.width));
  }
  const a = decimal(w, Math.min(2, depth - 1));
  if (draw.chance(0.5)) {
    const type = roundedTo(w, a);
    return typed(`${type.name}.raw(${type.name}(${a.text}))`, int(type.signed, type.width));
  }
  const down = BigInt(Math.max(0, a.fraction));
  const up = BigInt(Math.max(0, -a.fraction));
  const range = { min: (a.min << up) >> down, max: ((a.max << up) >> down) + 1n };
  if (wide(range)) return number(w, depth - 1);
  return result(`Math.${draw.pick(['floor', 'ceil', 'round', 'trunc'])}(${a.text})`, range);
}

/** A value of a type of fixed point, also of one that a bigint holds. */
export function fixedExactly(w: ProgramWriter, type: FixedType, depth: number): string {
  if (w.draw.chance(0.35)) {
    const units = int(type.signed, type.width);
    const value = mixed(w, number(w, depth));
    return `${type.name}.fromRaw(${narrowed(value, units).text})`;
  }
  return isBig(type) ? bigFixed(w, type, depth) : `${type.name}(${decimal(w, depth).text})`;
}

function bigFixed(w: ProgramWriter, type: FixedType, depth: number): string {
  const { draw } = w;
  const { name } = type;
  const known = w.scalars().filter((one) => one.type.kind === 'fixed' && isBig(one.type));
  const operand = (): string => {
    if (known.length === 0 || draw.chance(0.15)) {
      const units = narrowed(number(w, 1), int(type.signed, type.width));
      return `${name}.fromRaw(${units.text})`;
    }
    const { value, type: of } = draw.pick(known);
    return typeText(of) === name ? value.text : `${name}.convert(${value.text}, ${typeText(of)})`;
  };
  if (depth <= 0) return operand();
  const next = () => bigFixed(w, type, depth - 1);
  switch (draw.integer(0, 6)) {
    case 0:
      return draw.chance(0.2)
        ? `${name}(-${operand()})`
        : `${name}(${next()} ${draw.pick(['+', '-'])} ${next()})`;
    case 1:
    case 2:
      if (w.products <= 1 || type.fraction < 0) return operand();
      w.products -= 2;
      return `${name}.product(${operand()}, ${draw.chance(0.3) ? brief(w, decimal(w, 1)).text : operand()})`;
    case 3:
      return `${name}(${decimal(w, Math.min(1, depth)).text})`;
    case 4:
      return `(${operand()} ${draw.pick(['<', '>=', '==='])} ${operand()} ? ${next()} : ${operand()})`;
    default: {
      const types = small(w);
      if (types.length === 0) return operand();
      const other = draw.pick(types).name;
      return `${name}.convert(${other}.convert(${next()}, ${name}), ${other})`;
    }
  }
}
