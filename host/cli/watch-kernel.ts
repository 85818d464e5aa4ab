import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { sourceFiles } from '../../codegen/frontend/source-files.ts';
import { resolveKernel } from '../../codegen/index.ts';
import type { CommandContext, CommandResult } from './command.ts';
import { reportError } from './report-error.ts';

/** Editors write in several steps (a temporary file, a rename); they count as one change. */
const settleMs = 80;

/**
 * Runs `work` now and after every change of the kernel file or of a file that it imports, until the
 * context's signal is aborted. What goes wrong is told, and the watch goes on.
 */
export async function watchKernel(
  kernel: string,
  context: CommandContext,
  work: () => Promise<CommandResult>,
): Promise<CommandResult> {
  const { forgetSources } = await import('../../codegen/frontend/source-files.ts');
  const file = resolveKernel(kernel);
  let watchers: FSWatcher[] = [];
  let wake: (() => void) | undefined;
  let changed = false;
  let timer: NodeJS.Timeout | undefined;
  const wakeUp = () => {
    changed = true;
    wake?.();
  };
  const onChange = () => {
    clearTimeout(timer);
    timer = setTimeout(wakeUp, settleMs);
  };
  const close = () => {
    for (const one of watchers) one.close();
    watchers = [];
  };
  /** Folders rather than files: a file that an editor renames into place is another file. */
  const open = (files: readonly string[]) => {
    close();
    const names = new Map<string, Set<string>>();
    for (const one of files) {
      const folder = dirname(one);
      names.set(folder, (names.get(folder) ?? new Set()).add(basename(one)));
    }
    for (const [folder, known] of names) {
      watchers.push(
        watch(folder, (_event, name) => {
          if (name === null || known.has(name)) onChange();
        }),
      );
    }
  };
  context.signal.addEventListener('abort', wakeUp);
  let runs = 0;
  let failures = 0;
  let last: CommandResult | undefined;
  try {
    while (!context.signal.aborted) {
      changed = false;
      // Before the work, so that a change meanwhile is seen.
      const files = sourceFiles(file);
      open(files);
      runs += 1;
      try {
        last = await work();
        if (last.text !== '') context.print(last.text);
      } catch (error) {
        failures += 1;
        context.note(reportError(error).text);
      }
      if (context.signal.aborted) break;
      context.note(`Watching ${files.map((one) => basename(one)).join(', ')}; Ctrl-C ends it.`);
      while (!changed) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      await forgetSources(files);
    }
  } finally {
    context.signal.removeEventListener('abort', wakeUp);
    clearTimeout(timer);
    close();
  }
  return { json: { ...last?.json, runs, failures }, text: '' };
}
