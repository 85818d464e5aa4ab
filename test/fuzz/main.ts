// Random kernels, compared on every target with golden: docs/testing.md says what is compared and how.
//
//   npm run fuzz -- [--help]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { writeFileAtomicSync } from '../../codegen/support/atomic-write.ts';
import { heedEndingSignals } from '../../codegen/support/ending-signals.ts';
import { lineProgress } from '../../codegen/support/progress.ts';
import { reportError } from '../../host/cli/report-error.ts';
import { terminalProgress } from '../../host/cli/terminal-progress.ts';
import { readCrash, writeCrashFolder } from './crash-folder.ts';
import type { Crash } from './fuzz-group.ts';
import { type MainOptions, parseOptions } from './options.ts';
import { RecentRate } from './recent-rate.ts';
import { progressLine, renderReport, reportJson } from './report.ts';
import { runFuzz } from './run-fuzz.ts';
import { shrinkCrash } from './shrink-crash.ts';
import { WorkerProcess } from './worker-process.ts';

const { stdout, stderr } = process;
const note = (line: string): void => void stderr.write(`${line}\n`);
const progress = stderr.isTTY ? terminalProgress(stderr) : lineProgress(note);

/** Makes the folder of one failing program and, in it, the program that is left when all else is gone. */
async function keep(crash: Crash, options: MainOptions, cache: string, signal: AbortSignal) {
  const { seeds, findings, ...rest } = crash;
  const [programSeed] = seeds;
  const folder = await writeCrashFolder(resolve(options.out), { ...rest, programSeed, findings });
  const [{ target, kind, text }] = findings;
  note(`program ${seeds.join(', ')}: ${target} ${kind}: ${text.split('\n', 1)[0]}\n  ${folder}`);
  if (!options.shrink || seeds.length > 1) return folder;
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

async function replay(options: MainOptions, folder: string, cache: string): Promise<number> {
  const { findings, ...crash } = readCrash(folder);
  const worker = new WorkerProcess({ patience: options.patience, cache });
  try {
    const end = await progress.step(`checking ${crash.kernel}`, () => worker.run(crash));
    const found =
      end.kind === 'done'
        ? end.result.map(({ target, kind, text }) => `${target} ${kind}: ${text}`)
        : [`${end.step} ${end.kind}: ${end.text}`];
    if (options.json) stdout.write(`${JSON.stringify({ was: findings, found })}\n`);
    else stdout.write(`${found.length > 0 ? found.join('\n') : 'all agree'}\n`);
    return found.length > 0 ? 1 : 0;
  } finally {
    worker.stop();
  }
}

async function soak(options: MainOptions, cache: string, signal: AbortSignal): Promise<number> {
  const { programs, seed, group, targets, runs, jobs, patience, minutes, json } = options;
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
    if (options.replay !== undefined) return await replay(options, options.replay, cache);
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
