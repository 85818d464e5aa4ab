import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { disagreements } from '../../bench/rtl/check-log.ts';
import { isRight, measure } from '../../bench/rtl/measure.ts';
import { parseRtlOptions } from '../../bench/rtl/options.ts';
import { benchJson, renderBench } from '../../bench/rtl/report.ts';
import { runBench } from '../../bench/rtl/run-bench.ts';
import { packageRoot } from '../../codegen/support/package-root.ts';
import { commandLines } from '../support/documented-commands.ts';

/** The bench's commands in the documents are of a size that a test can run. */
const documented = commandLines('docs/benchmarks.md').flatMap((line) => {
  const [, words] = /^npm run bench:rtl -- (.*)$/.exec(line) ?? [];
  return words === undefined ? [] : [words.split(/\s+/)];
});

test('the documents have commands', () => {
  expect(documented.length).toBeGreaterThan(0);
  const scripts = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')).scripts;
  expect(scripts['bench:rtl']).toBe('jiti bench/rtl.ts');
});

test.each(documented.map((words) => [words.join(' '), words] as const))('%s', async (_, words) => {
  const told: string[] = [];
  const options = parseRtlOptions(words);
  const result = await runBench(options, (text) => void told.push(text));
  expect(told.length).toBeGreaterThan(1);
  const { subjects, speed } = result;
  expect(subjects.length).toBeGreaterThan(0);
  for (const { subject, cells } of subjects) {
    expect(cells).toHaveLength(options.cells.length);
    for (const cell of cells) {
      expect(cell).toMatchObject({ wrongWords: 0, failure: null });
      expect(cell.efficiency).toBe(subject.work.beats / (cell.cycles ?? 0));
      expect(cell.efficiency).toBeLessThanOrEqual(cell.bound);
      expect(cell.edgesACycle).toBe((subject.edges ?? 0) / (cell.cycles ?? 0));
    }
  }
  expect(speed === null).toBe(options.speedRuns === 0);
  if (speed !== null) {
    expect(speed.icarus.cycles).toBeGreaterThan(0);
    expect(speed.ratio).toBeGreaterThan(0);
  }

  const text = renderBench(result);
  for (const { subject } of subjects) expect(text).toContain(`${subject.label} (`);
  expect(text).toContain(result.machine.cpu);
  const json = JSON.parse(JSON.stringify(benchJson(result)));
  expect(json.kernels.map(({ label }: { label: string }) => label)).toEqual(
    subjects.map(({ subject }) => subject.label),
  );
  expect(json.machine.tools.verilator).toMatch(/^Verilator /);
});

test('a wrong word takes the figure away, and a log that says otherwise is told', async () => {
  const words =
    '--kernel mean_aggregate --size 16 --nodes 50 --latency 8 --outstanding 4 --stall 0';
  const { subjects } = await runBench(
    parseRtlOptions([...words.split(' '), '--speed-runs', '0']),
    () => {},
  );
  const [{ subject, cells }] = subjects;
  const [right] = cells;
  expect(isRight(right)).toBe(true);

  const [[name, bytes]] = subject.golden.outputs;
  const golden = { ...subject.golden, outputs: new Map([[name, bytes.map((byte) => byte ^ 1)]]) };
  const wrong = await measure({ ...subject, golden }, right, { seed: 1 });
  expect(isRight(wrong)).toBe(false);
  expect(wrong).toMatchObject({ cycles: right.cycles, efficiency: null, good: null });
  // Each byte is wrong, and a word has two.
  expect(wrong.wrongWords).toBe(bytes.length / 2);

  const log = [
    'cycle,port,channel,address,beats',
    '1,kernel,start,,',
    `2,${subject.port},AR,0x0,1`,
    `3,${subject.port},R,0x0,1`,
    '9,kernel,done,,',
  ].join('\n');
  const found = disagreements(subject, right, log).join('; ');
  expect(found).toContain(`8 cycles, not ${right.cycles}`);
  expect(found).toContain('another efficiency');
  expect(found).toContain(`1 beats at ${subject.port}, golden needs ${subject.work.beats}`);
  expect(found).toContain('after 1 cycles');
});

test.each([
  ['--latency 0', /--latency 0 is not a number from 1/],
  ['--stall 1', /--stall 1 is not a probability/],
  ['--outstanding 8,x', /--outstanding x/],
  ['--fast', /--fast/],
])('refused: %s', (words, message) => {
  expect(() => parseRtlOptions(words.split(' '))).toThrow(message);
});

test('an unknown kernel is refused by name', async () => {
  await expect(runBench(parseRtlOptions(['--kernel', 'nothing']), () => {})).rejects.toThrow(
    "the bench has no kernel 'nothing'",
  );
});
