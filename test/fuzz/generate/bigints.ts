import { arrayIndex } from './arrays.ts';
import { condition } from './conditions.ts';
import { bitwiseRange, lively, number, shiftedDown } from './integers.ts';
import type { ProgramWriter } from './program-writer.ts';
import { type IntType, int, randomInt, rangeOf } from './types.ts';
import {
  eitherBrand,
  literal,
  narrowed,
  product,
  result,
  shifted,
  typed,
  union,
  type Value,
  widthOf,
} from './value.ts';

/** A type of 54 to 64 bits. */
export function bigType(w: ProgramWriter): IntType {
  const { draw } = w;
  return int(draw.chance(0.5), draw.chance(0.5) ? draw.pick([54, 63, 64]) : draw.integer(54, 64));
}

function leaf(w: ProgramWriter): Value {
  const { draw } = w;
  const known = w.scalars().filter(({ type }) => type.kind === 'int' && type.width > 53);
  const fresh = known.filter(({ variable }) => variable.data);
  if (fresh.length > 0 && draw.chance(0.5)) return draw.pick(fresh).value;
  if (known.length > 0 && draw.chance(0.6)) return draw.pick(known).value;
  const tables = w.tables.filter(({ element }) => element.kind === 'int' && element.width > 53);
  if (tables.length > 0 && draw.chance(0.4)) {
    const { name, element, length } = draw.pick(tables);
    return typed(`${name}[u${Math.log2(length)}(${number(w, 0).text})]`, element);
  }
  const stored = w.arrays.filter(({ element }) => element.kind === 'int' && element.width > 53);
  if (stored.length > 0 && w.pure === 0 && draw.chance(0.4)) {
    const { name, element, length } = draw.pick(stored);
    return typed(`${name}[${arrayIndex(w, length)}]`, element as IntType);
  }
  const type = bigType(w);
  if (draw.chance(0.15)) {
    const { min, max } = rangeOf(type);
    return typed(narrowed(literal(draw.pick([min, max, 0n, 1n, max - 1n]), true), type).text, type);
  }
  return narrowed(number(w, 1), type);
}

/** Held in at most `most` bits, which are 54 or more. */
function held(w: ProgramWriter, value: Value, most: number): Value {
  if (widthOf(value) <= most) return value;
  return narrowed(value, int(w.draw.chance(0.5), Math.max(54, most)));
}

/** An integer that the language holds in a bigint. */
export function bigint(w: ProgramWriter, depth: number): Value {
  const { draw } = w;
  if (depth <= 0) return leaf(w);
  const next = () => bigint(w, depth - 1);
  switch (draw.integer(0, 8)) {
    case 0:
    case 1: {
      const [a, b] = [next(), next()];
      const minus = draw.chance(0.5);
      const range = minus
        ? { min: a.min - b.max, max: a.max - b.min }
        : { min: a.min + b.min, max: a.max + b.max };
      const sum = result(`(${a.text} ${minus ? '-' : '+'} ${b.text})`, range, true);
      // One of 65 bits is narrowed where it stands.
      return widthOf(sum) > 64 ? narrowed(sum, bigType(w), draw.chance(0.4)) : sum;
    }
    case 2: {
      if (w.products <= 0 || w.limits.productBits < 53) return next();
      w.products -= 1;
      const factor = literal(draw.pick([-1n, 3n, 5n, 1024n, -7n, 255n]), true);
      const a = held(w, next(), 54);
      const range = product(a, factor);
      return widthOf(range) > 64 ? a : result(`(${a.text} * ${factor.text})`, range, true);
    }
    case 3:
    case 4: {
      const [a, b] = [next(), next()];
      const symbol = draw.pick(['&', '|', '^']);
      const range = bitwiseRange(symbol, a, b);
      if (widthOf(range) > 64) return a;
      return result(`(${a.text} ${symbol} ${b.text})`, range, true);
    }
    case 5: {
      const a = next();
      const by = draw.chance(0.7) ? draw.integer(0, 16) : draw.integer(0, 63);
      return result(
        `(${a.text} >> ${by}n)`,
        shiftedDown(a, { min: BigInt(by), max: BigInt(by) }),
        true,
      );
    }
    case 6: {
      const by = draw.integer(0, 10);
      const a = held(w, next(), 64 - by);
      const range = shifted(a, BigInt(by), BigInt(by));
      return widthOf(range) > 64 ? a : result(`(${a.text} << ${by}n)`, range, true);
    }
    case 7: {
      const [a, b] = [next(), next()];
      const range = union(a, b);
      if (widthOf(range) > 64) return a;
      const one = result(`(${condition(w, 0)} ? ${a.text} : ${b.text})`, range, true);
      return { ...one, brand: eitherBrand(a, b) };
    }
    default: {
      const a = next();
      const inverted = { min: -1n - a.max, max: -1n - a.min };
      if (draw.chance(0.4) && widthOf(inverted) <= 64)
        return result(`(~${a.text})`, inverted, true);
      return narrowed(a, bigType(w), draw.chance(0.4));
    }
  }
}

/** Up to 53 bits of a bigint, as a number. */
export function narrowedBig(w: ProgramWriter, depth: number): Value {
  const type = randomInt(w.draw, Math.min(53, w.limits.width));
  if (w.limits.width <= 53) return narrowed(number(w, depth - 1), type, w.draw.chance(0.3));
  const from = bigint(w, Math.min(2, depth - 1));
  return narrowed(from, type, w.draw.chance(0.3));
}

/** The text of a value of a type of 54 bits and more. */
export function bigExactly(w: ProgramWriter, type: IntType, depth: number): string {
  const from = w.draw.chance(0.75) ? bigint(w, depth) : number(w, depth);
  const other = lively(w);
  if (from.big && other !== undefined && w.draw.chance(0.5)) {
    // A sum of 65 bits is narrowed where it stands.
    return narrowed({ ...from, text: `${from.text} + ${narrowed(other, type).text}` }, type).text;
  }
  return narrowed(from, type, w.draw.chance(0.1)).text;
}
