// Random kernels, compared on every target with golden: docs/testing.md says what is compared and how.
//
//   npm run fuzz -- [--help]
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import {
  asWriteError,
  temporaryPathFor,
  writeFileAtomicSync,
} from '../../codegen/support/atomic-write.ts';
import { heedEndingSignals } from '../../codegen/support/ending-signals.ts';
import { lineProgress } from '../../codegen/support/progress.ts';
import { reportError } from '../../host/cli/report-error.ts';
import { terminalProgress } from '../../host/cli/terminal-progress.ts';
import { readCrash, writeCrashFolder } from './crash-folder.ts';
import type { Crash } from './fuzz-group.ts';
import { type MainOptions, parseOptions } from './options.ts';
import { RecentRate } from './recent-rate.ts';
import { crashLine, progressLine, renderReport, reportJson } from './report.ts';
import { runFuzz } from './run-fuzz.ts';
import { shrinkCrash } from './shrink-crash.ts';
import { WorkerProcess } from './worker-process.ts';

const { stdout, stderr } = process;
const note = (line: string): void => void stderr.write(`${line}\n`);
const progress = stderr.isTTY ? terminalProgress(stderr) : lineProgress(note);

/**
 * Makes the folder of one failing program and, in it, the program that is left when all else is gone.
 * @returns the folder; empty where it could not be written, which a soak survives.
 */
async function keep(crash: Crash, options: MainOptions, cache: string, signal: AbortSignal) {
  const { seeds, ...rest } = crash;
  const [programSeed] = seeds;
  note(crashLine(crash));
  let folder: string;
  try {
    folder = await writeCrashFolder(resolve(options.out), { ...rest, programSeed }, { signal });
  } catch (error) {
    note(reportError(error).text);
    return '';
  }
  note(`  ${folder}`);
  if (!options.shrink || seeds.length > 1 || signal.aborted) return folder;
  const worker = new WorkerProcess({ patience: options.patience, cache });
  try {
    const minimal = await shrinkCrash(crash, worker, signal);
    writeFileAtomicSync(join(folder, 'minimal.ts'), minimal);
    note(`  minimal.ts: ${minimal.trimEnd().split('\n').length} lines`);
  } catch (error) {
    note(`  not made smaller: ${reportError(error).text}`);
  } finally {
    worker.stop();
  }
  return folder;
}

async function replay(
  options: MainOptions,
  folder: string,
  cache: string,
  signal: AbortSignal,
): Promise<number> {
  const { findings, ...crash } = readCrash(folder);
  const worker = new WorkerProcess({ patience: options.patience, cache });
  const stop = () => worker.stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const end = await progress.step(`checking ${crash.kernel}`, async () => {
      const end = await worker.run(crash).catch((error: unknown) => {
        signal.throwIfAborted();
        throw error;
      });
      // What a stopped process says of itself is no finding.
      signal.throwIfAborted();
      return end;
    });
    const found =
      end.kind === 'done'
        ? end.result.map(({ target, kind, text }) => `${target} ${kind}: ${text}`)
        : [`${end.step} ${end.kind}: ${end.text}`];
    if (options.json) stdout.write(`${JSON.stringify({ was: findings, found })}\n`);
    else stdout.write(`${found.length > 0 ? found.join('\n') : 'all agree'}\n`);
    return found.length > 0 ? 1 : 0;
  } finally {
    signal.removeEventListener('abort', stop);
    worker.stop();
  }
}

/** Refuses a folder that cannot be written, before the hours whose result it is for; leaves nothing there. */
function checkFolder(path: string): void {
  let there = path;
  while (!existsSync(there)) there = dirname(there);
  // Not recursive: below /proc, Node's never ends.
  const made = temporaryPathFor(join(there, 'try'));
  try {
    mkdirSync(made);
    rmSync(made, { recursive: true });
  } catch (error) {
    throw asWriteError(error, path);
  }
}

async function soak(options: MainOptions, cache: string, signal: AbortSignal): Promise<number> {
  const { programs, seed, group, targets, runs, jobs, patience, minutes, json } = options;
  checkFolder(resolve(options.out));
  const folders: string[] = [];
  const recent = new RecentRate();
  const report = await progress.step(`checking ${programs} random programs`, (update) =>
    runFuzz({
      ...{ programs, seed, group, targets, runs, jobs, patience, cache, signal },
      netlistEvery: options['netlist-every'],
      openclEvery: options['opencl-every'],
      maximumCrashes: options['stop-after'],
      seconds: minutes === undefined ? undefined : minutes * 60,
      onCrash: async (crash) => {
        folders.push(await keep(crash, options, cache, signal));
      },
      onProgress: (now) => {
        recent.add(now.wall, now.programs);
        update(progressLine(now, programs, recent.perHour()));
      },
    }),
  );
  if (json) stdout.write(`${JSON.stringify(reportJson(report, folders))}\n`);
  else stdout.write(`${renderReport(report, folders)}\n`);
  return report.crashes.length > 0 ? 1 : 0;
}

async function main(words: readonly string[], signal: AbortSignal): Promise<number> {
  const parsed = await parseOptions(words);
  if ('help' in parsed) {
    stdout.write(`${parsed.help}\n`);
    return 0;
  }
  const { options } = parsed;
  const cache = mkdtempSync(join(tmpdir(), 'tilewright-fuzz-cache-'));
  try {
    if (options.replay !== undefined) return await replay(options, options.replay, cache, signal);
    return await soak(options, cache, signal);
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}

const signals = heedEndingSignals();
const exitCode = await main(process.argv.slice(2), signals.signal).catch((error: unknown) => {
  const { text, exitCode } = reportError(error);
  note(text);
  return exitCode;
});
process.exitCode = signals.exitCode(exitCode);
