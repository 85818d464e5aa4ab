import { elementAt } from './arrays.ts';
import { narrowedBig } from './bigints.ts';
import { condition, conditionBit } from './conditions.ts';
import { wholeOfDecimal } from './fixed-point.ts';
import type { ProgramWriter, Theme } from './program-writer.ts';
import { type IntType, int, type Range, randomInt, rangeOf, typeFor } from './types.ts';
import {
  atMost,
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
import { laneOfVector } from './vectors.ts';

/** A type of up to 53 bits: a number holds it. */
export function numberType(w: ProgramWriter, most = 53): IntType {
  return randomInt(w.draw, Math.min(53, most, w.limits.width));
}

/** A constant, at the borders of a type more often than not. */
export function constantOf(w: ProgramWriter, type: IntType): Value {
  const { draw } = w;
  const { min, max } = rangeOf(type);
  const values = [
    min,
    max,
    0n,
    1n,
    -1n,
    max - 1n,
    min + 1n,
    max / 2n,
    BigInt(draw.integer(0, 255)),
  ];
  const inside = values.filter((one) => one >= min && one <= max);
  return literal(draw.pick(inside));
}

function leaf(w: ProgramWriter): Value {
  const { draw } = w;
  const known = w.scalars().filter(({ type }) => type.kind === 'int' && type.width <= 53);
  if (known.length === 0 || draw.chance(0.12)) {
    const type = numberType(w);
    return narrowed(constantOf(w, type), type);
  }
  const lively = known.filter(({ variable }) => variable.data || variable.mutable);
  if (lively.length > 0 && draw.chance(0.7)) return draw.pick(lively).value;
  // What was defined last is what nothing has looked at yet.
  const recent = draw.chance(0.5) ? known.slice(-4) : known;
  return draw.pick(recent).value;
}

/** An amount of a shift from 0 to at most `most`: known, or from data. */
function amount(w: ProgramWriter, depth: number, most: number): Value {
  const { draw } = w;
  if (draw.chance(0.45)) return literal(BigInt(draw.integer(0, most)));
  const bits = draw.integer(1, Math.floor(Math.log2(most + 1)));
  return narrowed(number(w, depth - 1), int(false, bits));
}

/** Operands of a product that the limits of the program allow. */
function factors(w: ProgramWriter, depth: number): readonly [Value, Value] {
  const { draw } = w;
  const wide = w.products > 0 && draw.chance(0.4);
  if (wide) w.products -= 1;
  const bits = Math.min(w.limits.productBits, wide ? 53 : 24);
  const first = draw.integer(1, bits - 1);
  const a = atMost(number(w, depth - 1), first);
  if (draw.chance(0.25))
    return [a, constantOf(w, int(draw.chance(0.5), draw.integer(1, bits - first)))];
  return [a, atMost(number(w, depth - 1), Math.max(1, bits - first))];
}

type Maker = (w: ProgramWriter, depth: number) => Value;

const below = (w: ProgramWriter, depth: number) => number(w, depth - w.draw.integer(1, 2));

/** Two operands, which are seldom the same: x - x is no computation. */
function two(w: ProgramWriter, depth: number): readonly [Value, Value] {
  const a = below(w, depth);
  for (let tries = 0; tries < 3; tries++) {
    const b = below(w, depth);
    if (b.text !== a.text) return [a, b];
  }
  const type = numberType(w);
  return [a, narrowed(constantOf(w, type), type)];
}

function sum(w: ProgramWriter, depth: number): Value {
  const [a, b] = two(w, depth);
  return sumOf(a, b, w.draw.chance(0.45));
}

/** a + b or a - b, of operands that are narrowed where the result would be past a number. */
export function sumOf(a: Value, b: Value, minus: boolean): Value {
  const range = minus
    ? { min: a.min - b.max, max: a.max - b.min }
    : { min: a.min + b.min, max: a.max + b.max };
  if (widthOf(range) > 53) return sumOf(atMost(a, 45), atMost(b, 45), minus);
  return result(`(${a.text} ${minus ? '-' : '+'} ${b.text})`, range);
}

function times(w: ProgramWriter, depth: number): Value {
  const [a, b] = factors(w, depth);
  return result(`(${a.text} * ${b.text})`, product(a, b));
}

/** The range of a bit operator of two values of up to 32 bits. */
export function bitwiseRange(symbol: string, a: Range, b: Range): Range {
  const types = [typeFor(a), typeFor(b)];
  const plain = types.filter((one) => !one.signed);
  if (symbol === '&' && plain.length > 0) {
    return rangeOf(int(false, Math.min(...plain.map(({ width }) => width))));
  }
  if (plain.length === 2) return rangeOf(int(false, Math.max(types[0].width, types[1].width)));
  return rangeOf(int(true, Math.max(...types.map((one) => one.width + (one.signed ? 0 : 1)))));
}

/** JavaScript's bit operators take 32 bits, the upper one as the sign. */
function as32(value: Value): Range {
  return value.max > 0x7fffffffn ? rangeOf(int(true, 32)) : value;
}

function bits(w: ProgramWriter, depth: number): Value {
  const [x, y] = two(w, depth);
  const [a, b] = [atMost(x, 32), atMost(y, 32)];
  const symbol = w.draw.pick(['&', '|', '^']);
  return result(`(${a.text} ${symbol} ${b.text})`, bitwiseRange(symbol, as32(a), as32(b)));
}

function bitsOf(w: ProgramWriter, depth: number): Value {
  const a = atMost(below(w, depth), 32);
  const range = as32(a);
  return result(`(~${a.text})`, { min: -1n - range.max, max: -1n - range.min });
}

function negated(w: ProgramWriter, depth: number): Value {
  const a = atMost(below(w, depth), 52);
  return result(`(-${a.text})`, { min: -a.max, max: -a.min });
}

function shift32(w: ProgramWriter, depth: number): Value {
  const a = atMost(below(w, depth), 32);
  const by = amount(w, depth, w.draw.pick([3, 7, 31]));
  const drawn = w.draw.pick(['<<', '>>', '>>>']);
  // TypeScript takes `a << f(b > (c))` for the start of type arguments, and refuses it.
  const symbol = drawn === '<<' && by.text.includes('> (') ? '>>' : drawn;
  const text = `(${a.text} ${symbol} ${by.text})`;
  const range = symbol === '>>>' && as32(a).min < 0n ? rangeOf(int(false, 32)) : as32(a);
  if (symbol !== '<<') return result(text, shiftedDown(range, by));
  const up = typeFor(shifted(range, by.min, by.max));
  const wraps = up.width > 32 || (!up.signed && up.width === 32);
  return result(text, wraps ? rangeOf(int(true, 32)) : rangeOf(up));
}

export function shiftedDown(a: Range, by: Range): Range {
  return {
    min: a.min >> (a.min < 0n ? by.min : by.max),
    max: a.max >> (a.max > 0n ? by.min : by.max),
  };
}

function shiftRight(w: ProgramWriter, depth: number): Value {
  const a = below(w, depth);
  const by = amount(w, depth, w.draw.pick([3, 7, 7, 31, 63]));
  return result(`shiftRight(${a.text}, ${by.text})`, shiftedDown(a, by));
}

function shiftLeft(w: ProgramWriter, depth: number): Value {
  const by = amount(w, depth, w.draw.pick([3, 7, 31]));
  const a = atMost(below(w, depth), Math.max(1, 53 - Number(by.max)));
  const range = shifted(a, by.min, by.max);
  return widthOf(range) > 53 ? a : result(`shiftLeft(${a.text}, ${by.text})`, range);
}

/** A product of two that no multiplier of the hardware takes alone: all their bits matter, the sign too. */
function wideTimes(w: ProgramWriter, depth: number): Value {
  if (w.limits.productBits < 53 || w.products <= 0) return times(w, depth);
  w.products -= 1;
  const first = w.draw.integer(18, 35);
  const side = (bits: number) => {
    const value = lively(w) ?? number(w, depth - 1);
    return narrowed(value, int(w.draw.chance(0.6), bits));
  };
  const [a, b] = [side(first), side(53 - first)];
  return result(`(${a.text} * ${b.text})`, product(a, b));
}

function mulLow(w: ProgramWriter, depth: number): Value {
  if (w.limits.productBits < 53 || w.products <= 0) return sum(w, depth);
  w.products -= 1;
  const kept = w.draw.integer(1, 53);
  const text = `mulLow(${below(w, depth).text}, ${below(w, depth).text}, ${kept})`;
  return result(text, rangeOf(int(false, kept)));
}

function mulHigh(w: ProgramWriter, depth: number): Value {
  if (w.limits.productBits < 53 || w.products <= 0) return bits(w, depth);
  w.products -= 1;
  const first = w.draw.integer(8, 53);
  const [a, b] = [
    atMost(below(w, depth), first),
    atMost(below(w, depth), Math.min(53, 63 - first)),
  ];
  const exact = rangeOf(typeFor(product(a, b)));
  const by = w.draw.integer(Math.max(1, widthOf(exact) - 53), 63);
  const range = shiftedDown(exact, { min: BigInt(by), max: BigInt(by) });
  return result(`mulHigh(${a.text}, ${b.text}, ${by})`, range);
}

function choice(w: ProgramWriter, depth: number): Value {
  const test = condition(w, Math.min(1, depth - 1));
  const [a, b] = two(w, depth);
  const one = result(`(${test} ? ${a.text} : ${b.text})`, union(a, b));
  return { ...one, brand: eitherBrand(a, b) };
}

/** `a && b` and `a || b` give one of the two. */
function shortCircuit(w: ProgramWriter, depth: number): Value {
  const [a, b] = two(w, depth);
  if (a.literal || b.literal) return a;
  const range = union(union(a, b), { min: 0n, max: 0n });
  const one = result(`(${a.text} ${w.draw.pick(['&&', '||'])} ${b.text})`, range);
  return { ...one, brand: a.brand === undefined || b.brand === undefined ? undefined : 'mixed' };
}

function extreme(w: ProgramWriter, depth: number): Value {
  const [a, b] = two(w, depth);
  return result(`Math.${w.draw.pick(['min', 'max'])}(${a.text}, ${b.text})`, union(a, b));
}

function absolute(w: ProgramWriter, depth: number): Value {
  const a = atMost(below(w, depth), 52);
  const most = a.max > -a.min ? a.max : -a.min;
  return result(`Math.abs(${a.text})`, { min: 0n, max: most });
}

function cast(w: ProgramWriter, depth: number): Value {
  const from = below(w, depth);
  return narrowed(from, nearType(w, from), w.draw.chance(0.35));
}

function tableEntry(w: ProgramWriter, depth: number): Value {
  const known = w.tables.filter(({ element }) => element.kind === 'int' && element.width <= 53);
  if (known.length === 0) return cast(w, depth);
  const { name, element, length } = w.draw.pick(known);
  const index = narrowed(number(w, depth - 1), int(false, Math.ceil(Math.log2(length))));
  return typed(`${name}[${index.text}]`, element);
}

function called(w: ProgramWriter, depth: number): Value {
  const known = w.helpers.filter(
    (one) => !one.statement && !one.result.big && one.result.fraction === 0,
  );
  if (known.length === 0 || w.pure > 0) return choice(w, depth);
  const { name, parameters, result: given } = w.draw.pick(known);
  return {
    ...given,
    text: `${name}(${argumentsFor(w, parameters as readonly IntType[], depth - 1)})`,
  };
}

export function argumentsFor(
  w: ProgramWriter,
  parameters: readonly IntType[],
  depth: number,
): string {
  return parameters.map((type) => narrowed(number(w, depth), type).text).join(', ');
}

const makers: readonly (readonly [number, Maker, Theme?])[] = [
  [5, sum],
  [3, times],
  [0.8, wideTimes, 'wide'],
  [4, bits],
  [1, bitsOf],
  [1, negated],
  [3, shift32],
  [2, shiftRight],
  [1.5, shiftLeft],
  [0.7, mulLow],
  [0.7, mulHigh],
  [3, choice, 'choices'],
  [0.5, shortCircuit],
  [1.5, extreme],
  [0.7, absolute],
  [4, cast],
  [1.5, tableEntry],
  [1.5, called],
  [0.8, conditionBit],
  [2, laneOfVector, 'vectors'],
  [2.5, elementAt],
  [2, wholeOfDecimal, 'fixed point'],
  [1.5, narrowedBig, 'wide'],
];

/** An integer of up to 53 bits, which the language holds in a number. */
export function number(w: ProgramWriter, depth: number): Value {
  if (depth <= 0 || w.draw.chance(0.1)) return leaf(w);
  const weights = makers.map(
    ([weight, make, theme]) =>
      [theme === undefined ? weight : w.weight(weight, theme), make] as const,
  );
  const made = w.draw.weighted(weights)(w, depth);
  return widthOf(made) > 53 ? narrowed(made, numberType(w)) : made;
}

/** A type that is often about as wide as a value, so that it wraps now and then and not always. */
function nearType(w: ProgramWriter, value: Value): IntType {
  const { draw } = w;
  if (draw.chance(0.35)) return numberType(w);
  const width = widthOf(value) + draw.integer(-4, 1);
  const signed = draw.chance(0.8) ? value.min < 0n : draw.chance(0.5);
  return int(signed, Math.max(1, Math.min(width, 53)));
}

/** What was read, or what is carried around: no turn is like the one before. */
export function lively(w: ProgramWriter): Value | undefined {
  const { draw } = w;
  const known = w
    .scalars()
    .filter(
      ({ variable, type }) =>
        (variable.data || variable.mutable) && type.kind === 'int' && type.width <= 53,
    );
  if (known.length === 0) return undefined;
  const fresh = known.filter(({ variable }) => variable.data);
  return draw.pick(fresh.length > 0 && draw.chance(0.7) ? fresh : known).value;
}

/** A value together with what differs from turn to turn. */
export function mixed(w: ProgramWriter, value: Value): Value {
  const other = lively(w);
  return other === undefined ? value : sumOf(value, other, w.draw.chance(0.4));
}

/** Any integer as a value of `type`. */
export function exactly(w: ProgramWriter, type: IntType, depth: number): string {
  const plain = number(w, depth);
  const value = depth >= 2 && w.draw.chance(0.75) ? mixed(w, plain) : plain;
  return narrowed(value, type, w.draw.chance(0.08)).text;
}
