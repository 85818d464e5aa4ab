import { number } from './integers.ts';
import { receive } from './memories.ts';
import type { Ends, ProgramWriter } from './program-writer.ts';
import { dataOf } from './statements.ts';
import { int, type Scalar, typeText } from './types.ts';
import { atMost, typed, type Value } from './value.ts';

/** How many times a part of a program reads its input and writes its output, whatever way it goes. */
export interface Flow {
  readonly reads: number;
  readonly writes: number;
}

function endsOf(w: ProgramWriter): Ends {
  if (w.ends === undefined) throw new Error('a process without streams');
  return w.ends;
}

/** @param carried its value goes on to the next turn in any case. */
export function read(w: ProgramWriter, carried = w.draw.chance(0.75)): void {
  const { draw } = w;
  const { from, side, answers } = endsOf(w);
  const name = w.fresh('d');
  w.line(`const ${name} = input.read();`);
  if (side !== undefined) {
    const beside = w.fresh('s');
    w.line(`const ${beside} = side.read();`);
    w.defineData(beside, side);
  }
  if (answers !== undefined) receive(w, answers);
  w.defineData(name, from);
  for (const { name: vector, type } of w.vectors().filter((one) => one.data)) {
    if (!vector.startsWith(name) || type.element.kind !== 'int' || draw.chance(0.25)) continue;
    const lane = w.fresh('c');
    w.line(`const ${lane} = ${vector}[${draw.integer(0, type.lanes - 1)}];`);
    w.define({ name: lane, type: type.element, mutable: false, data: true });
  }
  // Carried on to the next turn.
  const targets = w
    .scalars()
    .filter(({ variable, type }) => variable.mutable && type.kind === 'int' && type.width <= 52);
  const news = w
    .scalars()
    .filter(({ variable }) => variable.data && variable.name.startsWith(name));
  if (targets.length === 0 || !carried) return;
  if (news.length === 0) return;
  const { variable, type } = draw.pick(targets);
  const value = atMost(unitsOf(draw.pick(news)), 51);
  const old = atMost(draw.pick(targets).value, 51);
  w.line(
    `${variable.name} = ${typeText(type)}(${value.text} ${draw.pick(['+', '-'])} ${old.text});`,
  );
}

/** Any scalar as an integer. */
function unitsOf({ value, type }: { readonly value: Value; readonly type: Scalar }): Value {
  if (type.kind === 'int') return value;
  return typed(`${type.name}.raw(${value.text})`, int(type.signed, type.width));
}

export function write(w: ProgramWriter): void {
  const { to, aside } = endsOf(w);
  w.line(`output.write(${dataOf(w, to, 3)});`);
  if (aside !== undefined) w.line(`aside.write(${dataOf(w, aside, 2)});`);
}

/** A value of a few bits for a condition of a process's own. */
export function fewBits(w: ProgramWriter, bits: number): string {
  return `${typeText(int(false, bits))}(${number(w, 1).text})`;
}
