// The CPU bench: kernels on the device `native` beside plain tuned C and what memory allows, in turns.
// docs/benchmarks.md says what each figure means.
//
//   npm run bench:native -- [--json] [--seeds N] [--nodes N] [--fanout 16|32|48|64] [--hops N,N,…]
//     [--repeats N] [--seed N] [--threads N]

import { parseArgs } from 'node:util';
import { TilewrightError } from '../codegen/support/errors.ts';
import { renderTable } from '../codegen/support/table.ts';
import { describeMachine, machineLine } from './machine.ts';
import type { CallCost } from './native/empty-runs.ts';
import { measureNative, type NativeResult } from './native/measure.ts';
import { runMain } from './run-main.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    seeds: { type: 'string', default: '16384' },
    nodes: { type: 'string', default: '100000' },
    fanout: { type: 'string', default: '16' },
    hops: { type: 'string', default: '15,10,5' },
    repeats: { type: 'string', default: '15' },
    seed: { type: 'string', default: '1' },
    threads: { type: 'string', default: '2' },
  },
});

function whole(name: 'seeds' | 'nodes' | 'fanout' | 'repeats' | 'seed' | 'threads'): number {
  const value = Number(values[name]);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new TilewrightError(`--${name} ${values[name]} is not a number from 1 on`, {
    code: 'OPTION',
    hint: 'The head of bench/native.ts lists the options.',
    exitCode: 2,
  });
}

function hops(): number[] {
  const fanouts = values.hops.split(',').map(Number);
  if (fanouts.every((one) => Number.isInteger(one) && one >= 1 && one <= 64)) return fanouts;
  throw new TilewrightError(`--hops ${values.hops} are not numbers from 1 to 64, with commas`, {
    code: 'OPTION',
    hint: 'For example --hops 15,10,5.',
    exitCode: 2,
  });
}

function render({ figures, scaling, empty }: NativeResult): string {
  const columns = [
    { title: 'kernel' },
    { title: 'M a second', align: 'right' as const },
    { title: 'of' },
    { title: 'beside' },
    { title: 'M a second', align: 'right' as const },
    { title: 'ratio', align: 'right' as const },
  ];
  const rows = figures.map((one) => [
    one.kernel,
    one.native.toFixed(2),
    one.unit,
    one.yardstickName,
    one.yardstick.toFixed(2),
    one.ratio.toFixed(3),
  ]);
  const right = 'right' as const;
  const threadColumns = [
    { title: '' },
    ...['1 thread, ms', 'threads', 'ms', 'times as fast'].map((title) => ({ title, align: right })),
  ];
  const threadRows = scaling.map(({ work, oneMs, threads, severalMs, speedup }) => [
    ...[work, oneMs.toFixed(2), threads, severalMs.toFixed(2), speedup.toFixed(2)],
  ]);
  const callColumns = [
    { title: 'µs a call' },
    ...['synchronous', 'awaited'].map((title) => ({ title, align: right })),
  ];
  const callRow = (title: string, { synchronousUs, asynchronousUs }: CallCost) => [
    ...[title, synchronousUs.toFixed(2), asynchronousUs.toFixed(1)],
  ];
  return [
    renderTable(columns, rows),
    renderTable(threadColumns, threadRows),
    renderTable(callColumns, [
      callRow('an empty run', empty.native),
      ['an empty run, handed over', '', empty.handedOverUs.toFixed(1)],
      callRow('an empty C function', empty.yardstick),
    ]),
  ]
    .map((table) => `${table}\n`)
    .join('\n');
}

await runMain(async () => {
  const machine = await describeMachine({ 'g++': '--version' });
  const result = await measureNative(
    {
      seeds: whole('seeds'),
      nodes: whole('nodes'),
      fanout: whole('fanout'),
      hops: hops(),
      repeats: whole('repeats'),
      seed: whole('seed'),
      threads: whole('threads'),
    },
    (text) => void process.stderr.write(`${text}\n`),
  );
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ machine, ...result })}\n`
      : `${machineLine(machine)}\n\n${render(result)}`,
  );
  return 0;
});
