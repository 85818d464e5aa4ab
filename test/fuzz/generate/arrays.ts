import { bigExactly, bigType } from './bigints.ts';
import { number, numberType } from './integers.ts';
import type { ArrayVariable, ProgramWriter } from './program-writer.ts';
import { type IntType, int, isBig, rangeOf, type Scalar, typeText, type VecType } from './types.ts';
import { atMost, literal, narrowed, result, typed, type Value } from './value.ts';
import { laneIndex, vectorOf } from './vectors.ts';

/** Declares a local array of random storage, partition and first content. */
export function declareArray(w: ProgramWriter): ArrayVariable {
  const { draw } = w;
  const name = w.fresh('a');
  const registers = draw.chance(0.35);
  const factor = registers || draw.chance(0.5) ? 1 : draw.pick([2, 4]);
  const length = draw.chance(0.6)
    ? draw.pick([2, 4, 8, 16].filter((one) => one % factor === 0))
    : factor * draw.integer(1, registers ? 9 : 8);
  const lanes = draw.chance(0.2) ? draw.pick([2, 4]) : 1;
  const big = lanes === 1 && w.limits.width > 53 && draw.chance(0.1);
  const integer = big ? bigType(w) : numberType(w, draw.chance(0.7) ? 20 : 53);
  const element: Scalar | VecType =
    lanes === 1 ? integer : { kind: 'vec', element: integer, lanes };
  const { max } = rangeOf(integer);
  const initial = [
    `i * ${draw.integer(1, 9)}`,
    `${draw.pick([0n, max, 1n])}`,
    `i * i + ${draw.integer(0, 3)}`,
  ];
  const open = lanes === 1 && !big && draw.chance(0.12);
  const options = [
    ...(registers ? ["storage: 'registers'"] : draw.chance(0.4) ? ["storage: 'block'"] : []),
    ...(factor > 1
      ? [`partition: { scheme: '${draw.pick(['cyclic', 'block'])}', factor: ${factor} }`]
      : []),
    ...(open ? ['uninitialised: true'] : []),
    ...(lanes === 1 && !big && !open && draw.chance(0.4)
      ? [`initial: (i) => ${draw.pick(initial)}`]
      : []),
  ];
  const tail = options.length === 0 ? '' : `, { ${options.join(', ')} }`;
  w.line(`const ${name} = array(${typeText(element)}, ${length}${tail});`);
  if (open) {
    // Every element before it may be read.
    w.line(`for (let i = 0; i < ${length}; i++) {`);
    if (draw.chance(0.6)) w.line('  pipeline();');
    w.line(`  ${name}[i] = ${typeText(integer)}(i * ${draw.integer(1, 9)});`);
    w.line('}');
  }
  const made = { name, element, length };
  w.arrays.push(made);
  return made;
}

/** An index within an array. Few bits and neighbours of a counter: the same element comes again soon. */
export function arrayIndex(w: ProgramWriter, length: number): string {
  const { draw } = w;
  if (length === 1) return '0';
  if (draw.chance(0.12)) return `${draw.integer(0, length - 1)}`;
  if ((length === 8 || length === 16) && draw.chance(0.2)) {
    const row = narrowed(number(w, 1), int(false, length === 8 ? 1 : 2));
    const column = narrowed(number(w, 1), int(false, 2));
    return `u${Math.log2(length)}(${row.text} * 4 + ${column.text})`;
  }
  const most = Math.log2(length);
  const bits = Math.ceil(most);
  const few = draw.chance(0.35) ? Math.min(bits, draw.integer(1, 2)) : bits;
  const counters = w.scalars().filter(({ variable }) => /^k\d|^(at|turn)$/.test(variable.name));
  const from: Value =
    counters.length > 0 && draw.chance(0.4)
      ? stepped(draw.pick(counters).value, draw.integer(0, 3))
      : number(w, 1);
  const index = narrowed(from, int(false, few));
  if (2 ** few <= length) return index.text;
  return `Math.min(${index.text}, ${length - 1})`;
}

function stepped(counter: Value, by: number): Value {
  if (by === 0) return counter;
  const fitted = atMost(counter, 40);
  return result(`(${fitted.text} + ${by})`, { min: fitted.min, max: fitted.max + BigInt(by) });
}

/** An element of an array as a number. */
export function elementAt(w: ProgramWriter, depth: number): Value {
  const known = w.arrays.filter(({ element }) => element.kind === 'vec' || element.width <= 53);
  if (known.length === 0 || w.pure > 0) return number(w, depth - 1);
  const { name, element, length } = w.draw.pick(known);
  const text = `${name}[${arrayIndex(w, length)}]`;
  if (element.kind !== 'vec') return typed(text, element);
  return typed(`${text}[${laneIndex(w, element.lanes, 0)}]`, element.element);
}

/** A store; often of what the element was, changed. */
export function store(w: ProgramWriter): void {
  const { draw } = w;
  const { name, element, length } = draw.pick(w.arrays);
  const index = arrayIndex(w, length);
  if (element.kind === 'vec') {
    if (draw.chance(0.5)) {
      const old = w.fresh('v');
      w.line(`const ${old} = ${name}[${index}];`);
      w.define({ name: old, type: element, mutable: false });
    }
    w.line(`${name}[${index}] = ${vectorOf(w, element)};`);
    return;
  }
  const type = element as IntType;
  if (isBig(type)) {
    w.line(`${name}[${index}] = ${bigExactly(w, type, 2)};`);
    return;
  }
  if (draw.chance(0.5)) {
    const old = atMost(typed(`${name}[${index}]`, type), 50);
    const other = atMost(number(w, 1), 50);
    const operator = draw.pick(['+', '-', '+']);
    w.line(`${name}[${index}] = ${typeText(type)}(${old.text} ${operator} ${other.text});`);
    return;
  }
  if (w.arrays.length > 1 && draw.chance(0.2)) {
    const from = draw.pick(w.arrays);
    if (from.element.kind !== 'vec') {
      const value = typed(`${from.name}[${arrayIndex(w, from.length)}]`, from.element);
      w.line(`${name}[${index}] = ${narrowed(value, type).text};`);
      return;
    }
  }
  const value = draw.chance(0.1) ? literal(draw.pick([0n, 1n, rangeOf(type).max])) : number(w, 2);
  w.line(`${name}[${index}] = ${narrowed(value, type).text};`);
}
