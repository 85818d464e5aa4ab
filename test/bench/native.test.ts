import { execa } from 'execa';
import { expect, test } from 'vitest';
import { packageRoot } from '../../codegen/support/package-root.ts';
import { commandLines } from '../support/documented-commands.ts';
import { jitiCli } from '../support/jiti.ts';

const script = 'npm run bench:native -- ';
const documented = commandLines('docs/benchmarks.md').filter((line) => line.startsWith(script));

test('the document has commands', () => {
  expect(documented).not.toEqual([]);
});

test.each(documented)('%s', async (line) => {
  const words = line.slice(script.length).split(/\s+/);
  const run = await execa(process.execPath, [jitiCli, 'bench/native.ts', ...words, '--json'], {
    cwd: packageRoot(),
  });
  const { figures, scaling, empty, options } = JSON.parse(run.stdout);
  // The bench itself ends with an error where a kernel and its yardstick give different bytes.
  expect(
    figures.map(
      ({ kernel, yardstickName }: { kernel: string; yardstickName: string }) =>
        `${kernel} ${yardstickName}`,
    ),
  ).toEqual([
    'neighbor_sample tuned C',
    'neighbor_sample, hops of 16 tuned C',
    'mean_aggregate tuned C',
    'mean_aggregate gather limit',
  ]);
  for (const { work, native, yardstick, ratio } of figures) {
    expect(work).toBeGreaterThan(0);
    expect(native).toBeGreaterThan(0);
    expect(yardstick).toBeGreaterThan(0);
    expect(ratio).toBeGreaterThan(0);
  }
  expect(figures[2].work).toBe(options.seeds);
  expect(scaling).toMatchObject([
    { work: 'neighbor_sample', threads: 2, speedup: expect.any(Number) },
    { work: 'mean_aggregate', threads: 2, speedup: expect.any(Number) },
    { work: 'registers only', threads: 2, speedup: expect.any(Number) },
  ]);
  for (const { synchronousUs, asynchronousUs } of [empty.native, empty.yardstick]) {
    expect(synchronousUs).toBeGreaterThan(0);
    expect(asynchronousUs).toBeGreaterThan(0);
  }
  expect(empty.handedOverUs).toBeGreaterThan(0);
});

test('a wrong option is refused', async () => {
  const run = await execa(process.execPath, [jitiCli, 'bench/native.ts', '--seeds', 'many'], {
    cwd: packageRoot(),
    reject: false,
  });
  expect(run).toMatchObject({ exitCode: 2 });
  expect(run.stderr).toContain('--seeds many is not a number from 1 on');
});
