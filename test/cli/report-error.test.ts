import { expect, test } from 'vitest';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { reportError } from '../../host/cli/report-error.ts';

test('an error of ours says what, where and the way out', () => {
  const location = { file: 'k.ts', line: 3, column: 7 };
  const error = new TilewrightError('while needs a condition', {
    code: 'UNSUPPORTED',
    hint: 'Write a for loop.',
    location,
  });
  const { text, report, exitCode } = reportError(error);
  expect(text).toBe('error: k.ts:3:7: while needs a condition\nhint: Write a for loop.');
  expect(report).toEqual({
    code: 'UNSUPPORTED',
    message: 'k.ts:3:7: while needs a condition',
    hint: 'Write a for loop.',
    location,
  });
  expect(exitCode).toBe(1);
});

test('a place that the message names already is not said twice', () => {
  const message = 'k.ts:3:7: no\n  3 | while (x)\n    | ^';
  const location = { file: 'k.ts', line: 3, column: 7 };
  const { text } = reportError(new TilewrightError(message, { code: 'UNSUPPORTED', location }));
  expect(text).toBe(`error: ${message}`);
});

test('a wrong call has exit code 2', () => {
  expect(reportError(new TilewrightError('x', { code: 'USAGE', exitCode: 2 })).exitCode).toBe(2);
});

test.each([
  ['an exception', new TypeError('boom\n    at nowhere')],
  ['a thrown string', 'boom'],
])('%s that is not ours is one line that owns up to a bug', (_what, thrown) => {
  const { text, report, exitCode } = reportError(thrown);
  expect(text.split('\n')).toHaveLength(2);
  expect(text).toMatch(/^error: boom\nhint: .*bug in tilewright.*TILEWRIGHT_DEBUG=1/);
  expect(report.code).toBe('INTERNAL');
  expect(exitCode).toBe(1);
});
