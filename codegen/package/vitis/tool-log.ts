import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';

const shownErrors = 5;
const shownLines = 8;

/** `ERROR: [v++ 60-1299] …`, and the same behind the `#` or the spaces of a tool that quotes another. */
const errorLine = /^[\s#]*(?:ERROR|FATAL_ERROR|FATAL):\s*\S/;
/** What follows from an error before it: `Failed to finish linking`. */
const aftermath = /\[(?:v\+\+|VPL) 60-(?:626|661|702|703|704|773|806|1328|599)\]|\[HLS 200-1715\]/;
const pointsTo = /log file '?([^'\s]+\.log)/;

function errorsIn(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => errorLine.test(line)).map((line) => line.trim());
}

/**
 * The lines of a tool's output that say why it failed: the first errors, those of a log that they point
 * to before them; the last lines where no line is an error.
 * @param folder that the log must lie in to be read.
 */
export function failureLines(output: readonly string[], folder: string): readonly string[] {
  const errors = errorsIn(output);
  const deeper = errors.flatMap((line) => {
    const log = pointsTo.exec(line)?.[1];
    if (log === undefined || !isAbsolute(log) || relative(folder, log).startsWith('..')) return [];
    return existsSync(log) ? errorsIn(readFileSync(log, 'utf8').split('\n')) : [];
  });
  const all = [...new Set([...deeper, ...errors])];
  const causes = all.filter((line) => !aftermath.test(line));
  const told = causes.length > 0 ? causes : all;
  if (told.length > 0) return told.slice(0, shownErrors);
  return output.filter((line) => line.trim() !== '').slice(-shownLines);
}

const hints: readonly (readonly [RegExp, string])[] = [
  [
    /licen[sc]e/i,
    'Get a licence for the part, and name its server or file in XILINXD_LICENSE_FILE.',
  ],
  [
    /part '?\S+'? is not installed|no parts? match|invalid (?:part|device)/i,
    "Add the part with AMD's installer (Add Design Tools or Devices), or name another with --part.",
  ],
  [
    /platform/i,
    'Install the platform and name its folder in PLATFORM_REPO_PATHS, or give --platform the path of its .xpfm; a release supports platforms of its own year and the one before.',
  ],
  [/timing (?:constraints|closure|violation)|routing.*timing/i, 'Ask for a lower --frequency.'],
];

/** The way out of the failures that are known; the log otherwise. */
export function failureHint(lines: readonly string[]): string {
  const known = hints.find(([pattern]) => lines.some((line) => pattern.test(line)));
  return known?.[1] ?? 'The log has all of it.';
}
