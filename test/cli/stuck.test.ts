import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { jitiCli } from '../support/jiti.ts';
import { call, onlyJson } from './call.ts';

const kernel = 'test/sim/stuck/stuck.ts';
const root = fileURLToPath(new URL('../..', import.meta.url));

test('cosim of a stream that is too shallow ends with who waits for whom, and what to do', async () => {
  // The last digit in base 8 is the fault: 65 is fault 1, with 64 beats.
  const { code, stderr } = await call(['cosim', kernel, '--size', '65', '--quick']);
  expect(code).toBe(1);
  const text = stderr.slice(stderr.indexOf('error:')).replaceAll(/(cycle) \d+/g, '$1 N');
  expect(text.split('\n').slice(0, 4)).toEqual([
    'error: stuck: deadlock: nothing moves since cycle N (told in cycle N)',
    '  a cycle: fork → join → fork',
    `  fork, since cycle N, waits to write stream right, which is full (depth 4), until join reads it (${kernel}:40:5)`,
    `  join, since cycle N, waits to read stream left, which is empty, until fork writes it (${kernel}:61:17)`,
  ]);
  expect(text).toContain(
    `hint: Raise the depth of stream right (declared at ${kernel}:106:19) above 4, so that fork can go on.`,
  );
});

test('cosim of a process that writes one element too few names both ends and the line', async () => {
  const { code, stdout } = await call(['cosim', kernel, '--size', '66', '--quick', '--json']);
  expect(code).toBe(1);
  expect(onlyJson(stdout)['error']).toMatchObject({
    code: 'STREAM_EMPTY',
    message: `${join(root, kernel)}:61:22: stuck: stream left (declared at ${kernel}:105:18) ran empty: join reads element 63, fork wrote 63`,
  });
});

test('cosim of a response that is never awaited names the memory', async () => {
  const { stdout } = await call(['cosim', kernel, '--size', '67', '--quick', '--json']);
  expect(onlyJson(stdout)['error']).toMatchObject({
    code: 'UNFINISHED',
    message: `stuck: memory target (declared at ${kernel}:100:5): 1 response was never taken (announce calls request(), save calls send(), confirm calls response())`,
  });
});

test('TypeScript that does not end ends at --timeout', async () => {
  const limited = await call(['cosim', kernel, '--size', '68', '--quick', '--timeout', '0.5']);
  expect(limited.code).toBe(1);
  expect(limited.stderr).toContain(
    `error: ${kernel}:43:3: stuck in TypeScript did not end within 500 ms; process fork: a loop does not end within 250000 iterations`,
  );
});

/** Sends a signal to a co-simulation whose TypeScript does not end. */
async function ended(signal: 'SIGINT' | 'SIGTERM') {
  const args = [jitiCli, 'host/cli/main.ts', 'cosim', kernel, '--size', '68', '--quick'];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  // A process that did not heed it would go on for ever.
  onTestFinished(() => void child.kill('SIGKILL'));
  let told = '';
  child.stderr.on('data', (text: Buffer) => {
    told += text.toString();
    // What the other tests built is there already: seconds later its loop runs.
    if (text.includes('Co-simulating')) setTimeout(() => child.kill(signal), 5000);
  });
  const [code, by] = await once(child, 'exit');
  return { told, code, by };
}

test('TypeScript that does not end ends at Ctrl-C', async () => {
  const { told, code } = await ended('SIGINT');
  expect(told).toContain('stuck in TypeScript was stopped');
  expect(code).toBe(130);
}, 60_000);

// As one that no process handles: a shell calls that exit code 143.
test('TypeScript that does not end ends at SIGTERM', async () => {
  const { code, by } = await ended('SIGTERM');
  expect({ code, by }).toEqual({ code: null, by: 'SIGTERM' });
}, 60_000);
