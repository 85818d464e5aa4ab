import { condition } from './conditions.ts';
import { exactly } from './integers.ts';
import type { ProgramWriter } from './program-writer.ts';
import { assign } from './statements.ts';

/** `break`, `continue` or `return`, where no read or write is left out by it. */
export function jump(w: ProgramWriter): void {
  const { draw } = w;
  const words: string[] = (['break', 'continue'] as const).filter((one) => w.jumps[one]);
  if (w.returns !== undefined) words.push(`return ${exactly(w, w.returns, 1)}`);
  if (words.length === 0) {
    assign(w);
    return;
  }
  if (draw.chance(0.5)) {
    w.line(`if (${condition(w, 1)}) ${draw.pick(words)};`);
    return;
  }
  w.line(`if (${condition(w, 1)}) {`);
  w.inBlock(() => {
    assign(w);
    w.line(`if (${condition(w, 1)}) ${draw.pick(words)};`);
    if (draw.chance(0.5)) assign(w);
  });
  w.line('}');
}
