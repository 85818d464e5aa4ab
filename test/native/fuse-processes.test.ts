import { expect, test } from 'vitest';
import { fuseProcesses } from '../../codegen/backends/cpu/fuse-processes.ts';
import type { KernelIR } from '../../codegen/index.ts';
import type { Process } from '../../codegen/ir/ir.ts';
import { irOf } from './ir-of.ts';

const names = ({ processes }: KernelIR) => processes.map(({ name }) => name);

test('processes that hand on one element a turn become one', async () => {
  const kernel = await irOf('mean_aggregate');
  const fused = fuseProcesses(kernel);
  expect(names(fused)).toContain('divide_sendResults');
  expect(names(fused)).not.toContain('divide');
  expect(names(fused)).toHaveLength(names(kernel).length - 1);
  expect(fused.streams.map(({ name }) => name)).not.toContain('results');
  // What waited in the stream that is gone may wait in the one before.
  const depth = ({ streams }: KernelIR, name: string) =>
    streams.find((one) => one.name === name)?.depth ?? 0;
  expect(depth(fused, 'sums')).toBe(depth(kernel, 'sums') + depth(kernel, 'results'));
});

test('processes stay two where turns, outputs or prints differ', async () => {
  const kernel = await irOf('mean_aggregate');
  const changed = (name: string, change: (process: Process) => Process): KernelIR => ({
    ...kernel,
    processes: kernel.processes.map((one) => (one.name === name ? change(one) : one)),
  });
  const inLoop = (process: Process, more: Process['body']): Process => ({
    ...process,
    body: process.body.map((stmt) =>
      stmt.kind === 'loop' ? { ...stmt, body: [...stmt.body, ...more] } : stmt,
    ),
  });
  const print = changed('divide', (one) =>
    inLoop(one, [{ kind: 'print', text: ['a row'], values: [] }]),
  );
  expect(names(fuseProcesses(print))).toContain('divide');
  const twice = changed('divide', (one) => {
    const loop = one.body.at(-1);
    if (loop?.kind !== 'loop') throw new Error('no loop');
    return inLoop(
      one,
      loop.body.filter(({ kind }) => kind === 'write'),
    );
  });
  expect(names(fuseProcesses(twice))).toContain('divide');
  const fewer = changed('divide', (one) => ({
    ...one,
    body: one.body.map((stmt) =>
      stmt.kind === 'loop' ? { ...stmt, step: [...stmt.step, ...stmt.step] } : stmt,
    ),
  }));
  expect(names(fuseProcesses(fewer))).toContain('divide');
});
