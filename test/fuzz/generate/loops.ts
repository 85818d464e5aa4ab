import { block } from './blocks.ts';
import { condition } from './conditions.ts';
import type { ProgramWriter } from './program-writer.ts';
import { type Flow, fewBits } from './stream-access.ts';
import { int } from './types.ts';

/** Copies of a body that unrolled loops around each other may make. */
const mostCopies = 6;

/** `pipeline()` of an asked interval, or nothing. */
export function pipelined(w: ProgramWriter, probability = 0.65): void {
  const { draw } = w;
  if (draw.chance(probability)) w.line(`pipeline(${draw.pick(['', '', '', '1', '2', '3', '4'])});`);
}

/**
 * A loop that makes the given reads and writes in all; its trip count must divide both. Bounds are
 * constant or from data, a `while` runs out of fuel.
 */
export function loop(w: ProgramWriter, flow: Flow, depth: number): void {
  const { draw } = w;
  const free = flow.reads === 0 && flow.writes === 0;
  const divides = (k: number) => flow.reads % k === 0 && flow.writes % k === 0;
  const trips = draw.pick([1, 2, 3, 4].filter(divides));
  const turn = { reads: flow.reads / trips, writes: flow.writes / trips };
  const kind = draw.weighted([
    [free ? 2 : 0, 'fuel'],
    [free ? 2.5 : 0, 'data'],
    [1.2, 'down'],
    [w.copies * trips <= mostCopies && trips > 1 ? 1.5 : 0, 'unrolled'],
    [free ? 1.2 : 0, 'late'],
    [3, 'count'],
  ] as const);
  const body = (counts: boolean) =>
    w.within({ break: free, continue: free && counts }, () => block(w, turn, depth));
  /** Copies of a body with an end test each. */
  const factor = (): void => {
    if (!draw.chance(0.25)) return;
    const copies = draw.integer(1, Math.max(1, Math.min(4, Math.floor(mostCopies / w.copies))));
    w.line(`unroll(${copies});`);
    w.copies *= copies;
  };
  const before = w.copies;
  const counter = w.fresh('k');
  switch (kind) {
    case 'fuel':
    case 'late': {
      const fuel = w.fresh('fuel');
      w.line(`let ${fuel} = u3(${draw.integer(1, 6)});`);
      w.line(kind === 'fuel' ? `while (${fuel} !== 0 && ${condition(w, 1)}) {` : 'do {');
      w.inBlock(() => {
        pipelined(w);
        w.line(`${fuel} = u3(${fuel} - 1);`);
        w.define({ name: fuel, type: int(false, 3), mutable: false });
        // Fuel first, so that a turn that is cut short has taken its share.
        w.within({ break: true, continue: kind === 'fuel' }, () => block(w, turn, depth));
      });
      w.line(kind === 'fuel' ? '}' : `} while (${fuel} !== 0 && ${condition(w, 0)});`);
      return;
    }
    case 'data': {
      const bound = w.fresh('n');
      w.line(`const ${bound} = ${fewBits(w, draw.integer(1, 3))};`);
      const first = draw.chance(0.8) ? 0 : 1;
      w.line(`for (let ${counter} = ${first}; ${counter} < ${bound}; ${counter}++) {`);
      w.inBlock(() => {
        factor();
        pipelined(w);
        w.define({
          name: counter,
          type: int(false, 3),
          mutable: false,
          value: counting(counter, 7n),
        });
        body(true);
      });
      break;
    }
    case 'down': {
      w.line(`let ${counter} = u3(${trips});`);
      w.line(`while (${counter} !== 0) {`);
      w.inBlock(() => {
        pipelined(w);
        w.define({ name: counter, type: int(false, 3), mutable: false });
        body(false);
        w.line(`${counter} = u3(${counter} - 1);`);
      });
      break;
    }
    case 'unrolled': {
      w.line(`for (let ${counter} = 0; ${counter} < ${trips}; ${counter}++) {`);
      w.inBlock(() => {
        w.line('unroll();');
        w.copies *= trips;
        const value = { ...counting(counter, BigInt(trips - 1)), literal: true };
        w.define({ name: counter, type: int(false, 3), mutable: false, value });
        body(true);
      });
      break;
    }
    case 'count': {
      const most = free ? draw.integer(1, 6) : trips;
      const step = free && draw.chance(0.25) ? 2 : 1;
      const text = step === 1 ? `${counter}++` : `${counter} += 2`;
      w.line(`for (let ${counter} = 0; ${counter} < ${most}; ${text}) {`);
      w.inBlock(() => {
        factor();
        pipelined(w);
        const value = counting(counter, BigInt(Math.max(1, most - 1)));
        w.define({ name: counter, type: int(false, 3), mutable: false, value });
        body(true);
      });
      break;
    }
  }
  w.copies = before;
  w.line('}');
}

function counting(name: string, max: bigint) {
  const bits = max.toString(2).length;
  return { text: name, min: 0n, max: (1n << BigInt(bits)) - 1n, big: false, fraction: 0 };
}
