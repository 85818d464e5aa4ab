import { store } from './arrays.ts';
import { bigExactly, bigType } from './bigints.ts';
import { branch, choice, chosen } from './branches.ts';
import { condition } from './conditions.ts';
import { declareFixed, fixedExactly } from './fixed-point.ts';
import { statementCall } from './helpers.ts';
import { exactly, number, numberType } from './integers.ts';
import { jump } from './jumps.ts';
import { loop } from './loops.ts';
import { lookUp } from './memories.ts';
import type { ProgramWriter, RecordVariable } from './program-writer.ts';
import { type DataType, isBig, type Scalar, typeText, type VecType } from './types.ts';
import { typed } from './value.ts';
import { laneIndex, randomVector, vectorOf } from './vectors.ts';

/** The text of an expression of exactly this type. */
export function exactlyOf(w: ProgramWriter, type: Scalar | VecType, depth: number): string {
  if (type.kind === 'vec') return vectorOf(w, type);
  if (type.kind === 'fixed') return fixedExactly(w, type, Math.min(depth, 2));
  return isBig(type) ? bigExactly(w, type, Math.min(depth, 2)) : exactly(w, type, depth);
}

/** What a stream carries, as the argument of its write. */
export function dataOf(w: ProgramWriter, type: DataType, depth: number): string {
  if (type.kind !== 'record') return exactlyOf(w, type, depth);
  const fields = type.fields.map((one) => `${one.name}: ${exactlyOf(w, one.type, depth - 1)}`);
  return `{ ${fields.join(', ')} }`;
}

/** A type of a variable. */
export function variableType(w: ProgramWriter): Scalar | VecType {
  const { draw } = w;
  const kind = draw.weighted([
    [6, 'number'],
    [w.limits.width > 53 ? w.weight(1.2, 'wide') : 0, 'big'],
    [w.weight(2, 'vectors'), 'vector'],
    [w.weight(w.fixed.length > 0 ? 2 : 0.4, 'fixed point'), 'fixed'],
  ] as const);
  switch (kind) {
    case 'number':
      return numberType(w, draw.chance(0.6) ? 32 : 53);
    case 'big':
      return bigType(w);
    case 'vector':
      return vectorType(w);
    case 'fixed': {
      const big = w.limits.width > 53 && draw.chance(0.2);
      return w.fixed.length > 1 && draw.chance(0.6) ? draw.pick(w.fixed) : declareFixed(w, big);
    }
  }
}

function vectorType(w: ProgramWriter): VecType {
  const { draw } = w;
  const plain = randomVector(w);
  if (w.fixed.length > 0 && draw.chance(0.4)) {
    const narrow = w.fixed.filter((one) => !isBig(one));
    if (narrow.length > 0) return { ...plain, element: draw.pick(narrow) };
  }
  return w.limits.width > 53 && draw.chance(0.08) ? { ...plain, element: bigType(w) } : plain;
}

/** `let x = …`, which later statements change. */
export function declare(w: ProgramWriter): void {
  const type = variableType(w);
  const name = w.fresh('x');
  w.line(`let ${name} = ${exactlyOf(w, type, 1)};`);
  w.define({ name, type, mutable: true });
}

function constant(w: ProgramWriter): void {
  if (w.draw.chance(0.5)) {
    const type = variableType(w);
    const name = w.fresh('c');
    w.line(`const ${name} = ${exactlyOf(w, type, 3)};`);
    w.define({ name, type, mutable: false });
    return;
  }
  // Without a narrowing, so that the width is that of the result.
  const value = number(w, 3);
  const name = w.fresh('c');
  w.line(`const ${name} = ${value.text};`);
  const type = numberType(w);
  w.define({ name, type, mutable: false, value: { ...value, text: name, literal: false } });
}

export function assign(w: ProgramWriter): void {
  const { draw } = w;
  const targets = w.variables.filter((one) => one.mutable);
  if (targets.length === 0) {
    declare(w);
    return;
  }
  const { name, type } = draw.pick(targets);
  if (type.kind === 'vec' && draw.chance(0.4)) {
    const lane = exactlyOf(w, type.element, 1);
    w.line(`${name} = ${name}.with(${laneIndex(w, type.lanes, 1)}, ${lane});`);
    return;
  }
  // Often a recurrence: the value from before goes into the new one.
  if (type.kind === 'int' && !isBig(type) && type.width <= 50 && draw.chance(0.4)) {
    const old = typed(name, type);
    const other = numberType(w, 50);
    w.line(
      `${name} = ${typeText(type)}(${old.text} ${draw.pick(['+', '-'])} ${exactly(w, other, 1)});`,
    );
    return;
  }
  w.line(`${name} = ${exactlyOf(w, type, 3)};`);
}

/** A record in a variable: made, changed as a whole, or taken apart. */
function record(w: ProgramWriter): void {
  const { draw } = w;
  const known = w.records;
  if (known.length === 0 || draw.chance(0.35)) {
    const name = w.fresh('r');
    const fields = ['a', 'b', 'c']
      .slice(0, draw.integer(1, 3))
      .map((one) => ({ name: one, type: numberType(w) as Scalar }));
    const texts = fields.map((one) => `${one.name}: ${exactlyOf(w, one.type, 2)}`);
    w.line(`let ${name} = { ${texts.join(', ')} };`);
    w.defineRecord({ name, fields });
    // Its block may end soon.
    if (draw.chance(0.5)) changeRecord(w, { name, fields });
    return;
  }
  changeRecord(w, draw.pick(known));
}

function changeRecord(w: ProgramWriter, { name, fields }: RecordVariable): void {
  const { draw } = w;
  const one = draw.pick(fields);
  if (draw.chance(0.3)) {
    const part = w.fresh('c');
    w.line(`const { ${one.name}: ${part} } = ${name};`);
    w.define({ name: part, type: one.type, mutable: false });
    return;
  }
  w.line(`${name} = { ...${name}, ${one.name}: ${exactlyOf(w, one.type, 2)} };`);
}

/** Rarely: what the run logs, and what always holds. */
function message(w: ProgramWriter): void {
  const { draw } = w;
  const known = w.scalars().filter(({ type }) => type.kind === 'int');
  if (known.length === 0) {
    assign(w);
    return;
  }
  const { value } = draw.pick(known);
  if (draw.chance(0.5)) {
    w.line(`if (${condition(w, 1)}) print(\`${w.suffix}: \${${value.text}}\`);`);
    return;
  }
  const bound = value.max + 1n;
  const limit = value.big ? `${bound}n` : bound > 2n ** 53n - 1n ? undefined : `${bound}`;
  if (limit === undefined || (value.big && value.max > 2n ** 62n)) assign(w);
  else
    w.line(
      `assert(${value.text} < ${limit} || ${condition(w, 0)}, \`${w.suffix}: \${${value.text}}\`);`,
    );
}

/** One statement without reads or writes of streams. */
export function statement(w: ProgramWriter, depth: number): void {
  const { draw } = w;
  w.budget -= 1;
  const deep = depth > 0 && w.budget > 2;
  draw.weighted<() => void>([
    [5, () => assign(w)],
    [2, () => constant(w)],
    [1.2, () => declare(w)],
    [1.6, () => record(w)],
    [w.arrays.length > 0 ? 5 : 0, () => store(w)],
    [w.jumps.break || w.jumps.continue || w.returns ? 2.5 : 0, () => jump(w)],
    [w.helpers.some((one) => one.statement) || w.arrays.length > 0 ? 1 : 0, () => statementCall(w)],
    [0.4, () => message(w)],
    [w.memories.length > 0 && w.copies === 1 ? 2.5 : 0, () => lookUp(w)],
    [w.variables.some((one) => one.mutable) ? w.weight(1.5, 'choices') : 0, () => chosen(w)],
    [deep ? 2.5 : 0, () => branch(w, none, depth - 1)],
    [deep ? 0.8 : 0, () => choice(w, none, depth - 1)],
    [deep ? 3.5 : 0, () => loop(w, none, depth - 1)],
  ])();
}

/** No reads and writes. */
export const none = { reads: 0, writes: 0 } as const;
