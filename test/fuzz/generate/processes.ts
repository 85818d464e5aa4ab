import { declareArray } from './arrays.ts';
import { block } from './blocks.ts';
import { condition } from './conditions.ts';
import { declareClosure } from './helpers.ts';
import { pipelined } from './loops.ts';
import { lookUp } from './memories.ts';
import type { Ends, MemoryVariable, ProgramWriter } from './program-writer.ts';
import { declare, statement } from './statements.ts';
import { read, write } from './stream-access.ts';
import { annotation, int, typeText } from './types.ts';

/** Elements after which a process has written as many as it has read. */
export const batch = 8;

/** What every process is given besides its streams. */
export const shared = 'n: u16, knob: u8, bias: i33';
export const sharedNames = 'n, knob, bias';

/** Parameters of a function that has these memories. */
export function portsOf(memories: readonly MemoryVariable[]): readonly string[] {
  return memories.map(
    ({ name, direction, element }) =>
      `${name}: ${direction === 'read' ? 'ReadPort' : 'WritePort'}<${typeText(element)}>`,
  );
}

/** Writes one process from n elements to n; its name. */
export function writeProcess(
  w: ProgramWriter,
  ends: Ends,
  memories: readonly MemoryVariable[],
): string {
  const { draw, limits } = w;
  const name = w.unique('work');
  const parameters = [
    shared,
    `input: Stream<${annotation(ends.from)}>`,
    `output: Stream<${annotation(ends.to)}>`,
    ...(ends.side === undefined ? [] : [`side: Stream<${annotation(ends.side)}>`]),
    ...(ends.aside === undefined ? [] : [`aside: Stream<${annotation(ends.aside)}>`]),
    ...portsOf(ends.answers === undefined ? memories : [ends.answers]),
  ];
  const text = w.inFunction(`function ${name}(${parameters.join(', ')}): void`, () => {
    w.ends = ends;
    w.memories = [...memories];
    w.budget = draw.integer(Math.ceil(limits.statements / 3), limits.statements);
    w.products = 5;
    w.define({ name: 'knob', type: int(false, 8), mutable: false });
    if (limits.width > 32) w.define({ name: 'bias', type: int(true, 33), mutable: false });
    for (
      let n = draw.weighted([
        [5, 0],
        [4, 1],
        [2, 2],
        [1, 3],
      ] as const);
      n > 0;
      n--
    )
      declareArray(w);
    for (let n = draw.integer(0, 2); n > 0; n--) declare(w);
    // What was read is carried on in this one.
    const carried = w.fresh('x');
    const type = int(draw.chance(0.4), Math.min(limits.width, draw.integer(9, 40)));
    w.line(`let ${carried} = ${typeText(type)}(${draw.integer(0, 3)});`);
    w.define({ name: carried, type, mutable: true });
    if (draw.chance(0.25)) declareClosure(w);
    // Each must be used.
    for (const one of memories) lookUp(w, one);
    if (draw.chance(0.25)) guarded(w);
    else grouped(w);
  });
  w.top.push(text);
  return name;
}

/** Groups of elements; every path makes as many reads and writes. */
function grouped(w: ProgramWriter): void {
  const { draw } = w;
  const group = draw.pick([1, 1, 1, 2, 2, 4, 8]);
  const turns = group === 1 ? 'n' : `shiftRight(n, ${Math.log2(group)})`;
  const nesting = draw.integer(0, w.limits.nesting);
  const flow = { reads: group, writes: group };
  if (draw.chance(0.15)) {
    w.line(`let left = u16(${turns});`);
    w.line('while (left !== 0) {');
    w.inBlock(() => {
      pipelined(w, 0.75);
      w.line('left = u16(left - 1);');
      block(w, flow, nesting);
    });
  } else {
    w.line(`for (let at = 0; at < ${turns}; at++) {`);
    w.inBlock(() => {
      const copies = draw.chance(0.12) && group === 1 ? 2 : 1;
      if (copies > 1) w.line(`unroll(${copies});`);
      w.copies = copies;
      pipelined(w, 0.75);
      const value = { text: 'at', min: 0n, max: 65535n, big: false, fraction: 0 };
      w.define({ name: 'at', type: int(false, 16), mutable: false, value });
      for (let n = draw.integer(0, 2); n > 0 && w.budget > 0; n--) statement(w, nesting);
      block(w, flow, nesting);
      w.copies = 1;
    });
  }
  w.line('}');
}

/** Reads and writes wherever they fall, guarded by what is left of a batch; the rest follows behind. */
function guarded(w: ProgramWriter): void {
  const { draw } = w;
  w.line(`for (let at = 0; at < shiftRight(n, ${Math.log2(batch)}); at++) {`);
  w.inBlock(() => {
    w.line(`let left = u4(${batch});`);
    w.line(`let room = u4(${batch});`);
    w.line(`for (let turn = 0; turn < ${batch}; turn++) {`);
    w.inBlock(() => {
      pipelined(w);
      const value = { text: 'turn', min: 0n, max: BigInt(batch - 1), big: false, fraction: 0 };
      w.define({ name: 'turn', type: int(false, 4), mutable: false, value });
      w.within({ break: true, continue: true }, () => guardedBlock(w, 2));
    });
    w.line('}');
    w.line('while (left !== 0) {');
    w.inBlock(() => {
      pipelined(w, 0.5);
      read(w, true);
      w.line('left = u4(left - 1);');
      if (draw.chance(0.3)) statement(w, 0);
    });
    w.line('}');
    w.line('while (room !== 0) {');
    w.inBlock(() => {
      pipelined(w, 0.7);
      write(w);
      w.line('room = u4(room - 1);');
    });
    w.line('}');
  });
  w.line('}');
}

function guardedBlock(w: ProgramWriter, depth: number): void {
  const { draw } = w;
  for (let n = draw.integer(1, 4); n > 0; n--) {
    const kind = draw.integer(0, 5);
    if (kind <= 1) {
      w.line('if (left !== 0) {');
      w.inBlock(() => {
        read(w);
        // Before what may leave the loop.
        w.line('left = u4(left - 1);');
        if (draw.chance(0.5)) statement(w, depth - 1);
      });
      w.line('}');
    } else if (kind <= 3) {
      w.line(`if (room !== 0 && ${condition(w, 1)}) {`);
      w.inBlock(() => {
        write(w);
        w.line('room = u4(room - 1);');
      });
      w.line('}');
    } else if (depth > 0 && kind === 4) {
      w.line(`if (${condition(w, 1)}) {`);
      w.inBlock(() => guardedBlock(w, depth - 1));
      w.line('}');
    } else statement(w, depth);
  }
}
