import { createWriteStream } from 'node:fs';
import { copyFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { asWriteError, temporaryPathFor } from '../../support/atomic-write.ts';
import { TilewrightError } from '../../support/errors.ts';
import { makeFolders } from '../../support/make-folders.ts';
import { runTool, shellCommand } from '../../support/run-tool.ts';
import type { HwCommand, HwPlan, VitisTool } from './hw-plan.ts';
import { filesBelow } from './read-reports.ts';
import { failureHint, failureLines } from './tool-log.ts';

/** Writes a plan's files, and copies what it copies, below `folder`. */
export async function writePlan(plan: HwPlan, folder: string): Promise<void> {
  for (const path of [...plan.files.keys(), ...plan.copies.keys()]) {
    makeFolders(dirname(join(folder, path)));
  }
  for (const [path, text] of plan.files) {
    await writeFile(join(folder, path), text, path.endsWith('.sh') ? { mode: 0o755 } : {});
  }
  for (const [path, source] of plan.copies) await copyFile(source, join(folder, path));
}

/**
 * Writes a plan's files into a folder that is a person's: all are complete before the first is there, and
 * files of the same names are replaced.
 * @throws TilewrightError `FILE_UNWRITABLE`.
 */
export async function writePlanInto(plan: HwPlan, folder: string): Promise<void> {
  const temporary = temporaryPathFor(folder);
  try {
    await writePlan(plan, temporary);
    for (const path of filesBelow(temporary)) {
      makeFolders(dirname(join(folder, path)));
      await rename(join(temporary, path), join(folder, path));
    }
  } catch (error) {
    throw asWriteError(error, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

export interface RunPlanOptions {
  readonly programs: ReadonlyMap<VitisTool, string>;
  /** Absolute path; everything that the tools print is added to it. */
  readonly log: string;
  /** Kills the tool that runs, and what it started, when aborted. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((text: string) => void) | undefined;
}

function failed(
  command: HwCommand,
  how: string,
  output: readonly string[],
  folder: string,
  log: string,
  cause?: unknown,
) {
  const lines = failureLines(output, folder);
  const quoted = lines.map((line) => `\n  ${line}`).join('');
  return new TilewrightError(`${command.title}: ${command.tool} ${how}${quoted}\nlog: ${log}`, {
    code: 'VITIS_FAILED',
    hint: failureHint(lines),
    details: { tool: command.tool, command: shellCommand(command.tool, command.args), log, lines },
    cause,
  });
}

/** Brings a product to where the next command looks for it, where a release puts it elsewhere below. */
async function settleProduct(command: HwCommand, folder: string): Promise<boolean> {
  const { makes } = command;
  if (makes === undefined) return true;
  const files = filesBelow(folder);
  if (files.includes(makes)) return true;
  const others = files.filter(
    (file) => extname(file) === extname(makes) && file.startsWith(command.folder),
  );
  const [only] = others;
  if (only === undefined || others.length > 1) return false;
  makeFolders(dirname(join(folder, makes)));
  await rename(join(folder, only), join(folder, makes));
  return true;
}

/**
 * Runs a plan's commands in a folder that `writePlan` filled.
 * @throws TilewrightError `VITIS_FAILED` with the tool's own first errors and the log's path; `ABORTED`
 * when `signal` fires; `DISK_FULL`.
 */
export async function runPlan(
  plan: HwPlan,
  folder: string,
  options: RunPlanOptions,
): Promise<void> {
  const { programs, log, signal, onProgress } = options;
  makeFolders(dirname(log));
  const stream = createWriteStream(log);
  // A log that cannot be written is told of by the tools' own trouble with the same disk.
  stream.on('error', () => undefined);
  try {
    for (const command of plan.commands) {
      onProgress?.(command.title);
      stream.write(`$ ${shellCommand(command.tool, command.args)}\n`);
      const output: string[] = [];
      try {
        await runTool(programs.get(command.tool) ?? command.tool, command.args, {
          cwd: join(folder, command.folder),
          signal,
          onLine: (line) => {
            output.push(line);
            stream.write(`${line}\n`);
            if (line.trim() !== '') onProgress?.(`${command.title}: ${line.trim().slice(0, 160)}`);
          },
        });
      } catch (error) {
        if (!(error instanceof TilewrightError) || error.code !== 'TOOL_FAILED') throw error;
        const how = /(?:ended with exit code \d+|was killed by \w+|could not be run: .*)/.exec(
          error.message,
        );
        throw failed(command, how?.[0] ?? 'failed', output, folder, log, error);
      }
      if (!(await settleProduct(command, folder))) {
        throw failed(command, `ended well and left no ${command.makes}`, output, folder, log);
      }
    }
  } finally {
    await new Promise<void>((resolve) => stream.end(resolve));
  }
}
