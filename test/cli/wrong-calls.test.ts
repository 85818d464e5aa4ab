import { expect, test } from 'vitest';
import { commands } from '../../host/cli/commands/index.ts';
import { call, onlyJson } from './call.ts';

/** A wrong call, and what its error line must say. */
const wrongCalls: readonly (readonly [line: string, says: string])[] = [
  ['', 'no command'],
  ['--json', 'no command'],
  ['frobnicate', 'frobnicate'],
  ['docter', "unknown command 'docter'"],
  ['doctor --nonsense', 'nonsense'],
  ['doctor surplus', "unexpected argument 'surplus'"],
  ['data --data', 'data'],
  ['data --data nowhere', 'nowhere'],
  ['synth mean_aggregate --card u999', '--card takes "u50", "u250", "u280", "zcu104", not "u999"'],
  ['build scale --target sim --target native', '--target is given 2 times'],
  ['synth mean_aggregate --clock 1 --clock 2', '--clock is given 2 times'],
  ['synth mean_aggregate --clock -1', '--clock'],
  ['synth mean_aggregate --clock 3 --no-timing', '--clock'],
];

const words = (line: string) => line.split(' ').filter((word) => word !== '');

test.each(wrongCalls)('tilewright %s: one line, exit code 2', async (line, says) => {
  const { code, stdout, stderr } = await call(words(line).filter((word) => word !== '--json'));
  expect(code).toBe(2);
  expect(stdout).toBe('');
  const errors = stderr.split('\n').filter((text) => text.startsWith('error: '));
  expect(errors).toHaveLength(1);
  expect(errors[0]).toContain(says);
  expect(stderr).toMatch(/^hint: ./m);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test.each(wrongCalls)('tilewright %s --json: the error as an object', async (line, says) => {
  const { code, stdout } = await call([...words(line), '--json']);
  expect(code).toBe(2);
  const { error } = onlyJson(stdout) as { error: { code: string; message: string; hint: string } };
  expect(error.message).toContain(says);
  expect(error.code).toMatch(/^[A-Z_]+$/);
  expect(error.hint).not.toBe('');
});

test('a typing error is answered with the command that was meant', async () => {
  const { stderr } = await call(['docter']);
  expect(stderr).toContain('Did you mean doctor?');
});

/** What a command cannot do without: its absence would be the first complaint. */
const required: Readonly<Record<string, readonly string[]>> = {
  'generate <kernel>': ['--out', 'somewhere'],
  recommend: ['--user', '1'],
};

test.each(commands.map(({ usage }) => usage))('%s refuses an unknown option', async (usage) => {
  const { code, stderr } = await call([
    ...usage.split(' '),
    ...(required[usage] ?? []),
    '--frobnicate',
  ]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^error: .*frobnicate/);
});
