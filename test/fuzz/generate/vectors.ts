import { condition } from './conditions.ts';
import { bitwiseRange, mixed, number, numberType, shiftedDown, sumOf } from './integers.ts';
import type { ProgramWriter, Variable } from './program-writer.ts';
import { type IntType, int, isBig, rangeOf, type Scalar, typeText, type VecType } from './types.ts';
import { atMost, narrowed, product, result, typed, union, type Value, widthOf } from './value.ts';

type VectorVariable = Variable & { readonly type: VecType };

function integerVectors(
  w: ProgramWriter,
): readonly (VectorVariable & { type: { element: IntType } })[] {
  return w
    .vectors()
    .filter(
      (one): one is VectorVariable & { type: VecType & { element: IntType } } =>
        one.type.element.kind === 'int' && one.type.element.width <= 53,
    );
}

/** The bits of an index into `lanes`, where every value of them is a lane. */
function indexBits(lanes: number): number | undefined {
  const bits = Math.log2(lanes);
  return Number.isInteger(bits) && bits > 0 ? bits : undefined;
}

/** A lane's index: a constant, or data of as many bits as there are lanes. */
export function laneIndex(w: ProgramWriter, lanes: number, depth: number): string {
  const bits = indexBits(lanes);
  if (bits === undefined || w.draw.chance(0.4)) return `${w.draw.integer(0, lanes - 1)}`;
  return narrowed(number(w, depth), int(false, bits)).text;
}

/** A number from a vector: one lane, or all of them folded. */
export function laneOfVector(w: ProgramWriter, depth: number): Value {
  const { draw } = w;
  const known = integerVectors(w);
  if (known.length === 0) return number(w, depth - 1);
  const { name, type } = draw.pick(known);
  const { element, lanes } = type;
  const range = rangeOf(element);
  const total = { min: range.min * BigInt(lanes), max: range.max * BigInt(lanes) };
  if (draw.chance(0.4) && widthOf(total) <= 53) return result(`sum(${name})`, total);
  if (draw.chance(0.15))
    return { ...typed(`u1(${draw.pick(['any', 'all'])}(${name}))`, int(false, 1)) };
  return typed(`${name}[${laneIndex(w, lanes, depth - 1)}]`, element);
}

/** A condition on all lanes. */
export function laneSums(w: ProgramWriter): string {
  const known = integerVectors(w);
  if (known.length === 0) return condition(w, 0);
  return `${w.draw.pick(['any', 'all'])}(${w.draw.pick(known).name})`;
}

/** What a lane is made of; `l` is its number. */
function laneLeaf(w: ProgramWriter, lanes: number): Value {
  const { draw } = w;
  const known = integerVectors(w);
  const fresh = known.filter((one) => one.data);
  if (known.length > 0 && draw.chance(0.75)) {
    const { name, type } = draw.pick(fresh.length > 0 && draw.chance(0.6) ? fresh : known);
    const index =
      type.lanes === lanes
        ? draw.pick(['l', 'l', 'l', `${lanes - 1} - l`, 'l >> 1', `(l + 1) % ${lanes}`])
        : type.lanes > lanes
          ? draw.pick(['l', `l + ${type.lanes - lanes}`])
          : `l % ${type.lanes}`;
    return typed(`${name}[${index}]`, type.element);
  }
  if (draw.chance(0.25))
    return { text: '(l + 1)', min: 1n, max: BigInt(lanes), big: false, fraction: 0, literal: true };
  return number(w, 0);
}

function laneValue(w: ProgramWriter, lanes: number): Value {
  const { draw } = w;
  const next = () => laneLeaf(w, lanes);
  const some = next();
  const a = some.literal ? number(w, 0) : some;
  switch (draw.integer(0, 9)) {
    case 0:
    case 1:
    case 2: {
      return sumOf(a, next(), draw.chance(0.5));
    }
    case 3: {
      const bits = Math.min(w.limits.productBits, 24);
      const [x, y] = [atMost(a, bits >> 1), atMost(next(), bits >> 1)];
      return result(`(${x.text} * ${y.text})`, product(x, y));
    }
    case 4: {
      const [x, y] = [atMost(a, 31), atMost(next(), 31)];
      const symbol = draw.pick(['&', '|', '^']);
      return result(`(${x.text} ${symbol} ${y.text})`, bitwiseRange(symbol, x, y));
    }
    case 5: {
      const [x, y] = [next(), next()];
      const test = draw.chance(0.5)
        ? `l < ${draw.integer(0, lanes)}`
        : `${a.text} ${draw.pick(['<', '>=', '>'])} ${next().text}`;
      return { ...result(`(${test} ? ${x.text} : ${y.text})`, union(x, y)), brand: 'mixed' };
    }
    case 6: {
      const by = BigInt(draw.integer(0, 20));
      const data = narrowed(number(w, 0), int(false, 3));
      return draw.chance(0.5)
        ? result(`shiftRight(${a.text}, ${by})`, shiftedDown(a, { min: by, max: by }))
        : result(`shiftRight(${a.text}, ${data.text})`, shiftedDown(a, { min: 0n, max: 7n }));
    }
    case 7: {
      const b = next();
      return result(`Math.${draw.pick(['min', 'max'])}(${a.text}, ${b.text})`, union(a, b));
    }
    case 8: {
      return narrowed(sumOf(a, next(), true), numberType(w), true);
    }
    default:
      return a;
  }
}

/** A vector of a type: lane by lane, or another with one lane replaced. */
export function vectorOf(w: ProgramWriter, type: VecType): string {
  const { draw } = w;
  const { element, lanes } = type;
  const same = w.vectors().filter((one) => typeText(one.type) === typeText(type));
  if (same.length > 0 && draw.chance(0.3)) {
    const { name } = draw.pick(same);
    return `${name}.with(${laneIndex(w, lanes, 1)}, ${scalarOf(w, element)})`;
  }
  if (element.kind === 'fixed') return fixedLanes(w, type, element);
  if (isBig(element)) {
    const of = same.length > 0 && draw.chance(0.5) ? `${draw.pick(same).name}[l] >> 1n` : undefined;
    const from = of ?? `${atMost(number(w, 1), 50).text} * 2 + l`;
    return `vec(${typeText(element)}, ${lanes}, (l) => ${from})`;
  }
  return w.purely(() => {
    if (draw.chance(0.15)) {
      // A block of constants and returns; what a known lane does not take is not looked at.
      const [a, b] = [laneValue(w, lanes), laneValue(w, lanes)];
      return `vec(${typeText(element)}, ${lanes}, (l) => {\n      if (l === ${draw.integer(0, lanes - 1)}) return ${a.text};\n      return ${b.text};\n    })`;
    }
    const lane = laneValue(w, lanes);
    const value = draw.chance(0.5) && !lane.literal ? mixed(w, lane) : lane;
    return `vec(${typeText(element)}, ${lanes}, (l) => ${value.text})`;
  });
}

function fixedLanes(w: ProgramWriter, type: VecType, element: Scalar): string {
  const same = w.vectors().filter((one) => typeText(one.type) === typeText(type));
  const name = typeText(element);
  const units = typeText(int(element.signed, element.width));
  if (same.length > 0 && !isBig(element) && w.draw.chance(0.6)) {
    const of = w.draw.pick(same).name;
    return w.purely(
      () =>
        `vec(${name}, ${type.lanes}, (l) => ${name}.product(${of}[l], ${w.draw.pick([0.5, 1, -1, 0.75])}))`,
    );
  }
  const from = atMost(number(w, 1), 50);
  return w.purely(
    () => `vec(${name}, ${type.lanes}, (l) => ${name}.fromRaw(${units}(${from.text} + l)))`,
  );
}

/** A scalar of a type, from an integer: for lanes and fields. */
function scalarOf(w: ProgramWriter, element: Scalar): string {
  const units = narrowed(number(w, 1), int(element.signed, element.width));
  if (element.kind === 'int') return units.text;
  return `${element.name}.fromRaw(${units.text})`;
}

export function randomVector(w: ProgramWriter): VecType {
  const { draw, limits } = w;
  const lanes = draw.pick(limits.lanes);
  const most = draw.chance(0.8) ? 16 : 40;
  return { kind: 'vec', element: numberType(w, most), lanes };
}
