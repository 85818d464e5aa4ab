import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { commandLines } from '../support/documented-commands.ts';
import { jitiCli } from '../support/jiti.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const { folder } = temporaryFolder();

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(words: readonly string[]) {
  const main = join(import.meta.dirname, 'main.ts');
  const child = spawn(process.execPath, [jitiCli, main, ...words], { cwd: folder });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => (stdout += data));
  child.stderr.on('data', (data) => (stderr += data));
  const ended = new Promise<Ended>((resolve) =>
    child.on('close', (code) => resolve({ code, stdout, stderr })),
  );
  return { child, ended, told: () => stderr };
}

const fuzz = (...words: string[]) => start(words).ended;

/** The soak's command in the document is of a size that a test can run. */
const [documented] = commandLines('docs/testing.md').flatMap((line) => {
  const [, words] = /^npm run fuzz -- (.*)$/.exec(line) ?? [];
  return words === undefined ? [] : [words.split(/\s+/)];
});

test('random programs agree on every target', async () => {
  const { code, stdout, stderr } = await fuzz(...documented, '--json');
  const report = JSON.parse(stdout);
  expect(report.crashes, stderr).toEqual([]);
  expect(code).toBe(0);
  expect(report.programs).toBeGreaterThanOrEqual(Number(documented[1]));
  expect(Object.keys(report.coverage).length).toBeGreaterThan(100);
  for (const step of ['passes', 'hls', 'native', 'verilator', 'icarus', 'opencl']) {
    expect(report.seconds[step]).toBeGreaterThan(0);
  }
});

test('small programs agree as gates, and the report is for a person', async () => {
  const words = ['--programs', '3', '--netlist-every', '1', '--targets', 'passes,netlist'];
  const { code, stdout, stderr } = await fuzz(...words, '--runs', '2', '--seed', '3');
  expect(stdout, stderr).toMatch(/no difference found/);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^operator +1 bit +2–8 bit/m);
  expect(stdout).toMatch(/\d+ of \d+ cells of operator × width × directive occurred/);
  expect(stdout).toMatch(/^3 programs in 1 kernel,/m);
  expect(stdout).toMatch(/netlist \d+ s/);
});

test('help, and wrong options with the way out', async () => {
  const { code, stdout } = await fuzz('--help');
  expect(code).toBe(0);
  expect(stdout).toContain('--replay');
  for (const [words, message] of [
    [['--programs', 'many'], '--programs takes a whole number from 1 on, not many'],
    [
      ['--targets', 'card'],
      '--targets takes passes, hls, native, verilator, icarus, opencl, netlist, not card',
    ],
    [['--unknown'], 'Unknown argument: unknown'],
    [['--replay', 'nowhere'], 'nowhere is no crash folder'],
    [['--out', '/proc/nowhere/x'], 'cannot write /proc/nowhere/x: the folder does not exist'],
  ] as const) {
    const ended = await fuzz(...words);
    expect(ended.code).toBe(message.includes('nowhere') ? 1 : 2);
    expect(ended.stderr).toContain(message);
    expect(ended.stderr).toMatch(/^hint: /m);
    expect(ended.stderr).not.toMatch(/^ +at /m);
  }
});

test('Ctrl-C ends it, with a report and nothing left behind', async () => {
  const { child, ended, told } = start(['--programs', '1000', '--targets', 'passes']);
  while (!told().includes('checking')) await setTimeout(50);
  await setTimeout(3000);
  child.kill('SIGINT');
  const { code, stdout } = await ended;
  expect(code).toBe(130);
  expect(stdout).toMatch(/programs in \d+ kernels?,/);
  expect(readdirSync(folder)).toEqual([]);
});
