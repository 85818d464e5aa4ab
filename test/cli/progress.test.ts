import { expect, test } from 'vitest';
import { lineProgress, silentProgress } from '../../codegen/support/progress.ts';

/** A clock that the test moves, in milliseconds. */
function recorded() {
  const lines: string[] = [];
  const clock = { now: 0 };
  const progress = lineProgress(
    (line) => lines.push(line),
    () => clock.now,
  );
  return { lines, clock, progress };
}

test('a step is a line at its start and one at its end', async () => {
  const { lines, clock, progress } = recorded();
  const result = await progress.step('Building', () => {
    clock.now = 1500;
    return 42;
  });
  expect(result).toBe(42);
  expect(lines).toEqual(['Building …', 'Building: done in 1.5 s']);
});

test('steps inside a step are indented', async () => {
  const { lines, progress } = recorded();
  await progress.step('outer', () => progress.step('inner', () => undefined));
  expect(lines).toEqual(['outer …', '  inner …', '  inner: done in 0.0 s', 'outer: done in 0.0 s']);
});

test('updates come at most every two seconds', async () => {
  const { lines, clock, progress } = recorded();
  await progress.step('Training', (update) => {
    for (let epoch = 1; epoch <= 10; epoch++) {
      clock.now += 500;
      update(`epoch ${epoch}`);
    }
  });
  expect(lines.slice(1, -1)).toEqual(['  epoch 4', '  epoch 8']);
});

test('a step that throws says so and passes the error on', async () => {
  const { lines, progress } = recorded();
  const step = progress.step('Building', () => {
    throw new Error('no');
  });
  await expect(step).rejects.toThrow('no');
  expect(lines).toEqual(['Building …', 'Building: failed']);
});

test('silence still does the work', async () => {
  expect(await silentProgress.step('x', async (update) => update('y') ?? 7)).toBe(7);
});
