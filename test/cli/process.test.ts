import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { packageRoot } from '../../codegen/support/package-root.ts';
import { jitiCli } from '../support/jiti.ts';

const root = packageRoot();
/** The command line as a process of its own, from source. */
const command = [process.execPath, jitiCli, join(root, 'host/cli/main.ts')];

test('a reader that goes away is no error', async () => {
  const shell = `"$@" --help | true; exit "\${PIPESTATUS[0]}"`;
  const { stderr, exitCode } = await execa('bash', ['-c', shell, 'bash', ...command], {
    reject: false,
  });
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
});

test('a full disk behind standard output', async () => {
  const { stderr, exitCode } = await execa(
    'bash',
    ['-c', '"$@" --help > /dev/full', 'bash', ...command],
    { reject: false },
  );
  expect(stderr).toMatch(/^error: cannot write to standard output: ENOSPC.*\nhint: /);
  expect(exitCode).toBe(1);
});

test('colours and cursor movements stay away from a pipe', async () => {
  const [program, ...args] = command;
  const { all } = await execa(program, [...args, 'data', '--data', 'synthetic'], {
    all: true,
    env: { FORCE_COLOR: undefined },
  });
  expect(all).toContain('ratings');
  expect(all).not.toContain('\u001b');
});

test('standard error gets the messages, standard output the one JSON object', async () => {
  const [program, ...args] = command;
  const { stdout, stderr } = await execa(program, [
    ...args,
    'data',
    '--data',
    'synthetic',
    '--json',
  ]);
  expect(stdout.split('\n')).toHaveLength(1);
  expect(JSON.parse(stdout)).toMatchObject({ name: 'synthetic' });
  expect(stderr).toContain('Loading the ratings');
});

test('TILEWRIGHT_DEBUG=1 shows where an error comes from, and nothing else does', async () => {
  const [program, ...args] = command;
  const call = [...args, 'data', '--data', 'nowhere'];
  const plain = await execa(program, call, { reject: false });
  expect(plain.stderr).not.toMatch(/^\s+at /m);
  expect(plain.exitCode).toBe(2);
  const debug = await execa(program, call, { reject: false, env: { TILEWRIGHT_DEBUG: '1' } });
  expect(debug.stderr).toMatch(/^\s+at /m);
  expect(debug.exitCode).toBe(2);
});
