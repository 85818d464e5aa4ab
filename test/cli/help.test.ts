import { expect, test } from 'vitest';
import { commands } from '../../host/cli/commands/index.ts';
import { call } from './call.ts';

/** Ignores how lines are wrapped. */
const flat = (text: string) => text.replace(/\s+/g, ' ');

test('--help names every command with what it does', async () => {
  const { code, stdout, stderr } = await call(['--help']);
  expect(code).toBe(0);
  expect(stderr).toBe('');
  for (const { usage, summary } of commands) {
    expect(flat(stdout)).toContain(`tilewright ${usage}`);
    expect(flat(stdout)).toContain(summary);
  }
  expect(stdout).toContain('Examples:');
});

test.each(commands.map((command) => command.name))('%s --help shows examples', async (name) => {
  const command = commands.find((candidate) => candidate.name === name);
  const { code, stdout, stderr } = await call([name, '--help']);
  expect(code).toBe(0);
  expect(stderr).toBe('');
  expect(stdout).toContain('Examples:');
  expect(command?.examples.length).toBeGreaterThan(0);
  for (const [line, meaning] of command?.examples ?? []) {
    expect(line).toMatch(new RegExp(`^tilewright ${name}\\b`));
    expect(flat(stdout)).toContain(flat(line));
    expect(flat(stdout)).toContain(flat(meaning));
  }
  for (const option of command?.optionNames ?? []) expect(stdout).toContain(`--${option}`);
});

test('--version prints the version of package.json', async () => {
  const { code, stdout } = await call(['--version']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
