import { branch, choice } from './branches.ts';
import { loop } from './loops.ts';
import type { ProgramWriter } from './program-writer.ts';
import { assign, statement } from './statements.ts';
import type { Flow } from './stream-access.ts';
import { read, write } from './stream-access.ts';

/** Statements that make exactly these reads and writes, whatever way they go. */
export function block(w: ProgramWriter, flow: Flow, depth: number): void {
  const { draw } = w;
  let { reads, writes } = flow;
  // An empty block would be no loop and no branch.
  const least = reads + writes === 0 ? 1 : 0;
  for (let extra = draw.integer(least, 3); reads > 0 || writes > 0 || extra > 0; ) {
    if (extra > 0 && draw.chance(0.5)) {
      extra -= 1;
      if (w.budget > 0) statement(w, depth);
      else if (reads + writes === 0) assign(w);
      continue;
    }
    if (reads === 0 && writes === 0) break;
    const part = { reads: draw.integer(0, reads), writes: draw.integer(0, writes) };
    if (depth > 0 && w.budget > 0 && part.reads + part.writes > 0 && draw.chance(0.45)) {
      w.budget -= 1;
      draw.weighted<() => void>([
        [3, () => branch(w, part, depth - 1)],
        [1, () => choice(w, part, depth - 1)],
        [4, () => loop(w, part, depth - 1)],
      ])();
      reads -= part.reads;
      writes -= part.writes;
    } else if (reads > 0 && (writes === 0 || draw.chance(0.65))) {
      read(w);
      reads -= 1;
    } else if (writes > 0) {
      write(w);
      writes -= 1;
    }
  }
}
