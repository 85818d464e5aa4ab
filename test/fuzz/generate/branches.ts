import { block } from './blocks.ts';
import { condition } from './conditions.ts';
import { lively, sumOf } from './integers.ts';
import type { ProgramWriter, Variable } from './program-writer.ts';
import { exactlyOf } from './statements.ts';
import { type Flow, fewBits } from './stream-access.ts';
import { type IntType, isBig } from './types.ts';
import { narrowed, typed } from './value.ts';

/** `if`, mostly with both arms; each makes the same reads and writes. */
export function branch(w: ProgramWriter, flow: Flow, depth: number): void {
  const { draw } = w;
  w.line(`if (${condition(w, 2)}) {`);
  w.inBlock(() => block(w, flow, depth));
  const needed = flow.reads > 0 || flow.writes > 0;
  if (needed && draw.chance(0.25)) {
    w.line(`} else if (${condition(w, 1)}) {`);
    w.inBlock(() => block(w, flow, depth));
  }
  if (needed || draw.chance(0.5)) {
    w.line('} else {');
    w.inBlock(() => block(w, flow, depth));
  }
  w.line('}');
}

/** `switch` over a few bits of data. */
export function choice(w: ProgramWriter, flow: Flow, depth: number): void {
  const { draw } = w;
  const body = () => w.within({ ...w.jumps, break: false }, () => block(w, flow, depth));
  w.line(`switch (${fewBits(w, 2)}) {`);
  const groups = draw.pick([
    ['case 0:', 'case 1: case 3:'],
    ['case 2:'],
    ['case 1: case 0: case 2:'],
    ['case 3:', 'case 0:'],
  ]);
  for (const labels of groups) {
    w.line(`  ${labels} {`);
    w.inBlock(() =>
      w.inBlock(() => {
        body();
        w.line('break;');
      }),
    );
    w.line('  }');
  }
  if (flow.reads > 0 || flow.writes > 0 || draw.chance(0.5)) {
    w.line('  default: {');
    w.inBlock(() => w.inBlock(body));
    w.line('  }');
  }
  w.line('}');
}

/**
 * An `if` that chooses values of variables and does nothing else: of one, of two by the same condition, or
 * over what was assigned before.
 */
export function chosen(w: ProgramWriter): void {
  const { draw } = w;
  const targets = w.variables.filter((one) => one.mutable);
  const first = draw.pick(targets);
  const others = targets.filter((one) => one !== first);
  if (others.length > 0 && draw.chance(0.5)) {
    chosenTogether(w, first, draw.pick(others));
    return;
  }
  const test = draw.chance(0.3) ? flag(w) : condition(w, 1);
  const over = draw.chance(0.4);
  if (over) assign(w, first);
  w.line(`if (${test}) {`);
  w.inBlock(() => assign(w, first));
  if (!over) {
    w.line('} else {');
    w.inBlock(() => assign(w, first));
  }
  w.line('}');
}

/** The arm that assigns the second first still reads the old value of the first. */
function chosenTogether(w: ProgramWriter, first: Variable, second: Variable): void {
  const { draw } = w;
  w.line(`if (${flag(w)}) {`);
  w.inBlock(() => {
    assign(w, first);
    assign(w, second);
  });
  w.line('} else {');
  w.inBlock(() => {
    const order = draw.chance(0.7) ? [second, first] : [first, second];
    const number = ({ type }: Variable) => type.kind === 'int' && !isBig(type);
    if (order[0] === second && number(first) && number(second)) {
      const old = typed(first.name, first.type as IntType);
      const value = sumOf(old, lively(w) ?? old, draw.chance(0.5));
      w.line(`${second.name} = ${narrowed(value, second.type as IntType).text};`);
    } else assign(w, order[0]);
    assign(w, order[1]);
  });
  w.line('}');
}

function assign(w: ProgramWriter, { name, type }: Variable): void {
  w.line(`${name} = ${exactlyOf(w, type, 2)};`);
}

/** The name of a condition. */
function flag(w: ProgramWriter): string {
  const name = w.fresh('flag');
  w.line(`const ${name} = ${condition(w, 1)};`);
  return name;
}
