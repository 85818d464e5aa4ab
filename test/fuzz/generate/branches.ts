import { block } from './blocks.ts';
import { condition } from './conditions.ts';
import type { ProgramWriter } from './program-writer.ts';
import { type Flow, fewBits } from './stream-access.ts';

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
