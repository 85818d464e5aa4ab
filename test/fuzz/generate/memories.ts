import { number } from './integers.ts';
import type { MemoryVariable, ProgramWriter } from './program-writer.ts';
import { exactlyOf } from './statements.ts';
import { type IntType, int, type Scalar, typeText } from './types.ts';
import { narrowed, typed, type Value } from './value.ts';

/** Beats that a request may begin at; bursts end behind the last by less than `longest`. */
const starts = 8;
const longest = 4;

export const memoryBeats = starts + longest;

export function randomElement(w: ProgramWriter): IntType {
  return int(
    w.draw.chance(0.4),
    w.draw.pick([8, 16, 32, 32, 64].filter((one) => one <= w.limits.width)),
  );
}

/** A beat that a request begins at, from data. */
export function address(w: ProgramWriter): string {
  return narrowed(number(w, 1), int(false, Math.log2(starts))).text;
}

export function lanesOf(element: Scalar): number {
  return 512 / element.width;
}

/** Lanes of a beat at hand, some of them under names. */
export function receive(w: ProgramWriter, { name, element }: MemoryVariable): void {
  const beat = w.fresh('m');
  w.line(`const ${beat} = ${name}.receive();`);
  const lanes = lanesOf(element);
  const lane = w.draw.chance(0.5)
    ? `${w.draw.integer(0, lanes - 1)}`
    : narrowed(number(w, 1), int(false, Math.log2(lanes))).text;
  const into = w.fresh('c');
  w.line(`const ${into} = ${beat}[${lane}];`);
  w.define({ name: into, type: element, mutable: false, data: true });
}

/** A beat to write: lanes that differ, around a value. */
export function beatOf(w: ProgramWriter, element: Scalar): string {
  const lanes = lanesOf(element);
  const type = typeText(element);
  if (element.width > 53) {
    const name = w.fresh('c');
    w.line(`const ${name} = ${exactlyOf(w, element, 1)};`);
    return `vec(${type}, ${lanes}, (l) => (l < 3 ? ${name} : ${type}(${name} >> 7n)))`;
  }
  const value: Value = typed(
    exactlyOf(w, int(element.signed, Math.min(element.width, 32)), 2),
    int(element.signed, 32),
  );
  const name = w.fresh('c');
  w.line(`const ${name} = ${value.text};`);
  return `vec(${type}, ${lanes}, (l) => ${name} + l * ${w.draw.integer(0, 5)})`;
}

/** A request of one or several beats, and all that it asks for. */
export function lookUp(w: ProgramWriter, memory = w.draw.pick(w.memories)): void {
  const { draw } = w;
  const { name } = memory;
  const beats = draw.pick([1, 1, 2, draw.integer(1, longest)]);
  w.line(`${name}.request(${address(w)}, ${beats});`);
  const one = () => {
    if (memory.direction === 'read') receive(w, memory);
    else w.line(`${name}.send(${beatOf(w, memory.element)});`);
  };
  if (beats === 1) one();
  else {
    const counter = w.fresh('k');
    const total = w.fresh('x');
    const type = int(false, 24);
    if (memory.direction === 'read') {
      w.line(`let ${total} = u24(0);`);
      w.define({ name: total, type, mutable: true });
    }
    w.line(`for (let ${counter} = 0; ${counter} < ${beats}; ${counter}++) {`);
    w.inBlock(() => {
      if (draw.chance(0.6)) w.line('pipeline();');
      one();
      if (memory.direction === 'read') {
        w.line(`${total} = ${narrowed(number(w, 1), type).text};`);
      }
    });
    w.line('}');
  }
  if (memory.direction === 'write') w.line(`${name}.response();`);
}
