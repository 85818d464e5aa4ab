import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fuseProcesses } from '../../codegen/backends/cpu/fuse-processes.ts';
import { turnVariables } from '../../codegen/backends/cpu/turn-variables.ts';
import { wholePeriod } from '../../codegen/backends/cpu/whole-periods.ts';
import { loadKernelModule, seededRandom } from '../../codegen/index.ts';
import { allStatements } from '../../codegen/ir/visit.ts';
import { compareRuns, runOn } from '../../host/cosim/compare-runs.ts';
import { encodeWorkload } from '../../host/cosim/encode-workload.ts';
import { buildKernel } from '../../host/device/build-kernel.ts';
import { openDevice } from '../../host/device/open-device.ts';
import { irOf } from './ir-of.ts';

const file = join(import.meta.dirname, 'kernels/rounds.ts');

/** The period of a process's last loop. */
async function periodOf(nameOrFile: string, name: string) {
  const kernel = await irOf(nameOrFile);
  const process = kernel.processes.find((one) => one.name === name);
  const loop = process?.body.at(-1);
  if (process === undefined || loop?.kind !== 'loop') throw new Error(`${name} has no loop`);
  return wholePeriod(kernel, process, loop, turnVariables(process, loop));
}

test('a counter goes round, and another one with it', async () => {
  const period = await periodOf(file, 'goRound');
  expect(period).toMatchObject({ condition: true });
  expect(period?.turns).toHaveLength(6);
  expect(new Map(period?.facts)).toEqual(
    new Map([
      ['at', { min: 0n, max: 0n }],
      ['side', { min: 0n, max: 0n }],
    ]),
  );
  // Each turn knows its number: only one reads, only one may write a mark.
  const kinds = period?.turns.map((turn) => [...allStatements(turn)].map(({ kind }) => kind));
  expect(kinds?.map((list) => list.includes('read'))).toEqual([true, ...Array(5).fill(false)]);
  expect(kinds?.map((list) => list.includes('if'))).toEqual(
    Array.from({ length: 6 }, (_, at) => at === 3),
  );
});

test('no period: counters of data, long ones, and turns that have to do with memories', async () => {
  expect(await periodOf(file, 'group')).toBeUndefined();
  expect(await periodOf(file, 'unpack')).toBeUndefined();
  expect((await periodOf('neighbor_sample', 'draw'))?.turns).toHaveLength(16);
  expect(await periodOf('neighbor_sample', 'arrange')).toBeUndefined();
});

test('two that hand on one element a turn become one; those that go round do not', async () => {
  const kernel = await irOf(file);
  const fused = fuseProcesses(kernel);
  const names = fused.processes.map(({ name }) => name);
  expect(names).toContain('group_addGroups');
  expect(names).toContain('goRound');
  // Behind the turns of both each may have some of its own, which are not worth fast code.
  const both = fused.processes.find(({ name }) => name === 'group_addGroups');
  const loops = both?.body.filter((stmt) => stmt.kind === 'loop') ?? [];
  expect(loops.map(({ rare }) => rare)).toEqual([undefined, true, true]);
  expect(fused.streams.map(({ name }) => name)).toContain('steps');
});

/** Runs with other scalars than the workload's; `undefined` for what went well. */
async function outcomes(size: number, change: Readonly<Record<string, (turns: number) => number>>) {
  const kernel = await buildKernel(file, {});
  const { definition } = await loadKernelModule(kernel.sourceFile);
  const drawn = definition.workload({}, seededRandom(size), size) as Record<string, unknown>;
  const changed = Object.fromEntries(
    Object.entries(change).map(([name, value]) => [name, value(drawn[name] as number)]),
  );
  const workload = encodeWorkload(kernel.manifest, { ...drawn, ...changed });
  await using golden = await openDevice('golden');
  await using native = await openDevice('native', { quick: true });
  const runs = await Promise.allSettled(
    [golden, native].map((device) => runOn(device, kernel, workload)),
  );
  return { workload, runs };
}

test.each([0, 1, 2, 50, 700])('%i words: native gives what golden gives', async (size) => {
  const { workload, runs } = await outcomes(size, {});
  const values = runs.map((run) => {
    if (run.status === 'rejected') throw run.reason;
    return run.value;
  });
  expect(compareRuns(workload, values)).toMatchObject({ match: true, firstDifferences: [] });
});

test.each([
  ['the second goes on longer', 300, { taken: (turns: number) => turns + 1 }, 'STREAM_EMPTY'],
  ['the second never begins', 300, { taken: () => 0, groups: () => 0 }, 'UNFINISHED'],
  // The process before it has nobody left to write to, which golden tells later.
  [
    'both end early',
    700,
    { given: (n: number) => n - 4000, taken: (n: number) => n - 4000 },
    'STREAM_EMPTY',
  ],
  ['the first never begins', 5, { given: () => 0 }, 'STREAM_EMPTY'],
  [
    'both go on longer than what they read',
    5,
    { given: (n: number) => n + 2, taken: (n: number) => n + 2 },
    'STREAM_EMPTY',
  ],
] as const)('%s: the error of golden', async (_, size, change, code) => {
  const { runs } = await outcomes(size, change as never);
  expect(runs.map((run) => (run.status === 'rejected' ? run.reason.code : run.status))).toEqual([
    code,
    code,
  ]);
});
