import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type SteadyTurns, steadyTurns } from '../../codegen/backends/cpu/steady-turns.ts';
import { turnVariables } from '../../codegen/backends/cpu/turn-variables.ts';
import { irOf } from './ir-of.ts';

/** What the loops of a kernel's processes have in common from turn to turn, by process. */
async function turnsOf(file: string): Promise<ReadonlyMap<string, SteadyTurns | undefined>> {
  const kernel = await irOf(join(import.meta.dirname, file));
  const found = new Map<string, SteadyTurns | undefined>();
  for (const process of kernel.processes) {
    for (const loop of process.body) {
      if (loop.kind !== 'loop') continue;
      const inTurn = turnVariables(process, loop);
      found.set(process.name, steadyTurns(kernel, process, loop, inTurn));
    }
  }
  return found;
}

test('facts that most turns have in common, and how many turns there are', async () => {
  const turns = await turnsOf('kernels/countdown.ts');
  // While a row has more than one burst left, no new one is asked for; the last turn is another.
  expect(turns.get('ask')).toMatchObject({
    facts: new Map([['left', { min: 2n, max: 255n }]]),
    counter: { name: 'left', by: -1, last: 2n },
    condition: false,
    // Behind the question whether a new row is needed.
    after: { kind: 'if' },
  });
  expect(turns.get('add')).toMatchObject({
    facts: new Map([['left', { min: 4n, max: 255n }]]),
    counter: { name: 'left', by: -1, last: 4n },
  });
  // -8 … -4 and 4 … 7 would be alike too, but `at` never comes there.
  expect(turns.get('mark')).toMatchObject({
    facts: new Map([['at', { min: -2n, max: 2n }]]),
    counter: { name: 'at', by: -1, last: -2n },
  });
  // Nothing to decide: all turns are alike.
  expect(turns.get('requestLengths')).toMatchObject({ facts: new Map(), bound: { name: 'row' } });
  expect(turns.get('announce')?.bound?.name).toBe('row');
});

test('what the facts decide is gone', async () => {
  const turns = await turnsOf('kernels/countdown.ts');
  const kinds = turns.get('add')?.statements.map(({ kind }) => kind);
  expect(kinds).not.toContain('write');
  expect(turns.get('mark')?.statements.map(({ kind }) => kind)).not.toContain('if');
});
