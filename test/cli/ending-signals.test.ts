import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { jitiCli } from '../support/jiti.ts';

const child = fileURLToPath(new URL('ending-signals-child.ts', import.meta.url));

/** Sends a signal to a program that is busy, and gives what it said and how it ended. */
async function ended(what: string, signal: 'SIGTERM' | 'SIGHUP') {
  const program = spawn(process.execPath, [jitiCli, child, what], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void program.kill('SIGKILL'));
  let said = '';
  program.stdout.on('data', (text: Buffer) => {
    said += text.toString();
    if (text.includes('busy')) program.kill(signal);
  });
  const [code, by] = await once(program, 'exit');
  return { said: said.trim().split('\n'), code, by };
}

test.each([
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s is heard behind work that leaves something half-written', async (signal, code) => {
  expect(await ended('leftovers', signal)).toEqual({
    said: ['busy', 'stopped', 'removed'],
    ...{ code, by: null },
  });
  expect(await ended('after', signal)).toEqual({ said: ['busy', 'stopped'], code, by: null });
});

test('work that leaves nothing is ended by the signal itself', async () => {
  expect(await ended('nothing', 'SIGTERM')).toEqual({ said: ['busy'], code: null, by: 'SIGTERM' });
});
