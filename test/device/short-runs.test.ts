import { expect, test } from 'vitest';
import { LoopTurns } from '../../host/device/library/loop-turns.ts';
import { ShortRuns } from '../../host/device/library/short-runs.ts';
import { countedRows, countingDevice, mode, sumWords, valueWords } from './counted-rows.ts';

const { manifest } = countedRows;
const buffer = { bytes: 64 } as never;
const rows = (count: number | bigint) => [buffer, buffer, count];
const microsecond = 1e-3;

test('what runs took a row says which are short', () => {
  const short = new ShortRuns(manifest, 2);
  expect(short.expected(rows(0))).toBe(true);
  expect(short.expected(rows(1))).toBe(false);
  short.took(rows(100), 10 * microsecond, 0);
  expect([1n, 299, 300].map((count) => short.expected(rows(count)))).toEqual([true, true, false]);
  // Two threads have made it half as long.
  short.took(rows(1000), 100 * microsecond, 512);
  expect([149, 150].map((count) => short.expected(rows(count)))).toEqual([true, false]);
  // Of one part nothing was shared.
  short.took(rows(1000), 100 * microsecond, 1024);
  expect([199, 200].map((count) => short.expected(rows(count)))).toEqual([true, false]);
  short.took(rows(0), 20 * microsecond, 0);
  expect([0, 65, 68].map((count) => short.expected(rows(count)))).toEqual([true, true, false]);
});

test('longer counts at once, shorter by halves', () => {
  const short = new ShortRuns(manifest, 1);
  short.took(rows(10), 1 * microsecond, 0);
  short.took(rows(10), 100 * microsecond, 0);
  const expected = [];
  for (let run = 0; run < 3; run++) {
    expected.push(short.expected(rows(10)));
    short.took(rows(10), 1 * microsecond, 0);
  }
  expect(expected).toEqual([false, false, true]);
});

test('after a run that was misjudged the next ones are handed over', () => {
  const short = new ShortRuns(manifest, 1);
  short.took(rows(0), 301 * microsecond, 0);
  const expected = [];
  for (let run = 0; run < 17; run++) {
    expected.push(short.expected(rows(0)));
    short.took(rows(0), 0, 0);
  }
  expect(expected).toEqual([...Array(16).fill(false), true]);
  // One of which a long time was expected was not misjudged.
  short.took(rows(9), 9000 * microsecond, 0);
  expect(short.expected(rows(0))).toBe(true);
});

test('without rows the last run with the same scalars decides', () => {
  const { rows: _, ...dependent } = manifest;
  const short = new ShortRuns(dependent, 1);
  expect(short.expected(rows(0))).toBe(false);
  short.took(rows(5), 29 * microsecond, 0);
  expect([5, 4, 5n].map((count) => short.expected(rows(count)))).toEqual([true, false, false]);
  short.took(rows(5), 31 * microsecond, 0);
  expect(short.expected(rows(5))).toBe(false);
});

test('a millisecond of work waits for the next turn of the event loop', async () => {
  let now = 5;
  const next: (() => void)[] = [];
  const turns = new LoopTurns(
    () => now,
    (call) => void next.push(call),
  );
  expect(turns.begin()).toBeUndefined();
  now += 0.9;
  expect(turns.begin()).toBeUndefined();
  now += 0.2;
  const waits = turns.begin();
  expect(waits).toBeInstanceOf(Promise);
  expect(turns.begin()).toBe(waits);
  expect(next).toHaveLength(1);
  next.pop()?.();
  await waits;
  expect(turns.begin()).toBeUndefined();
  now += 2;
  expect(turns.begin()).not.toBe(waits);
});

test('short runs are done in this thread, as if they were not', async () => {
  await using device = countingDevice(1);
  const kernel = await device.load(countedRows);
  const values = device.allocate(4 * valueWords);
  const sums = device.allocate(4 * sumWords);
  const args = { values, sums, rows: 1 };
  const ask = (what: number) => values.write(new Uint8Array(Uint32Array.of(what).buffer));
  const answer = () => {
    const word = new Uint32Array(1);
    sums.read(new Uint8Array(word.buffer));
    return word[0];
  };
  ask(mode.tellAtOnce);
  (await device.load(countedRows)).runSync(args);
  const here = answer();
  const whereItRuns = async (beside = false) => {
    await kernel.run(args, { beside });
    return answer();
  };
  expect(await whereItRuns()).not.toBe(here);
  // Whatever else this machine does may make a run longer than it is.
  const soon = async () => {
    for (let run = 0; run < 500; run++) if ((await whereItRuns()) === here) return true;
    return false;
  };
  expect(await soon()).toBe(true);
  expect(await whereItRuns(true)).not.toBe(here);

  const running = kernel.run(args);
  expect(() => kernel.runSync(args)).toThrow(expect.objectContaining({ code: 'DEVICE_BUSY' }));
  await running;
  ask(mode.fail);
  const failing = kernel.run(args);
  await expect(failing).rejects.toMatchObject({ code: 'ASSERTION' });
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(kernel.run(args, { signal })).rejects.toMatchObject({ code: 'ABORTED' });

  ask(mode.tellAtOnce);
  expect(await soon()).toBe(true);
  ask(mode.sleep);
  await kernel.run(args);
  ask(mode.tellAtOnce);
  expect(await whereItRuns()).not.toBe(here);
});

test('timers fire while runs that are over at once are awaited one after another', async () => {
  await using device = countingDevice(1);
  const kernel = await device.load(countedRows);
  const args = { values: device.allocate(192), sums: device.allocate(64), rows: 0 };
  let fired = false;
  setTimeout(() => {
    fired = true;
  }, 2);
  let runs = 0;
  while (!fired && runs < 1e6) {
    await kernel.run(args);
    runs += 1;
  }
  expect(fired).toBe(true);
  // A run that waits for the event loop to turn finds what happened there.
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error('enough')), 2);
  const endless = async () => {
    for (let run = 0; run < 1e6; run++) await kernel.run(args, { signal: controller.signal });
  };
  await expect(endless()).rejects.toMatchObject({ code: 'ABORTED' });
});
