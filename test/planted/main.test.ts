import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { jitiCli } from '../support/jiti.ts';
import { Laboratory } from './laboratory.ts';
import { sampleNamed } from './samples.ts';

function called(...words: string[]) {
  const child = spawn(process.execPath, [jitiCli, join(import.meta.dirname, 'main.ts'), ...words]);
  let stderr = '';
  child.stderr.on('data', (data) => (stderr += data));
  return new Promise<{ readonly code: number | null; readonly stderr: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, stderr })),
  );
}

test.each([
  [['--programs', 'many'], '--programs takes a whole number from 0 on, not many'],
  [['--only', '['], '--only is no regular expression'],
  [['--only', 'no such fault'], 'no fault matches --only no such fault'],
])('%j is a wrong call', { timeout: 60_000 }, async (words, message) => {
  const { code, stderr } = await called(...words);
  expect(stderr).toContain(`error: ${message}`);
  expect(stderr).toMatch(/^hint: /m);
  expect(code).toBe(2);
});

test('a signal ends what is being tried, and nothing is left behind', async () => {
  const controller = new AbortController();
  const laboratory = new Laboratory(controller.signal);
  const samples = [sampleNamed('depth')];
  const tried = laboratory.try(undefined, { checks: ['icarus'], samples });
  setTimeout(() => controller.abort(new Error('Ctrl-C')), 500);
  await expect(tried).rejects.toThrow('Ctrl-C');
  await expect(laboratory.try(undefined, { checks: [], samples: [] })).rejects.toThrow('Ctrl-C');
  laboratory.close();
  expect(existsSync(laboratory.folder)).toBe(false);
});
