import { renderTable } from '../../codegen/support/table.ts';
import { coverageCells, coverageTable } from './coverage.ts';
import type { Crash } from './fuzz-group.ts';
import type { FuzzReport } from './run-fuzz.ts';

const byCount = (a: readonly [string, number], b: readonly [string, number]) => b[1] - a[1];

function time(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes > 0 ? `${minutes} min ${Math.round(seconds % 60)} s` : `${seconds.toFixed(1)} s`;
}

/** One line while it runs. `rate`: programs an hour in the last minutes. */
export function progressLine(
  { programs, crashes }: Pick<FuzzReport, 'programs' | 'crashes'>,
  asked: number,
  rate: number,
): string {
  const parts = [`${programs} of ${asked} programs`, `${Math.round(rate)} an hour`];
  parts.push(`${crashes.length} failing`);
  // Before the first group is done nobody knows.
  if (rate > 0) parts.push(`${Math.ceil((Math.max(0, asked - programs) / rate) * 60)} min left`);
  return parts.join(', ');
}

function table(title: string, counts: ReadonlyMap<string, number>): string {
  const rows = [...counts].sort(byCount);
  return renderTable([{ title }, { title: 'times', align: 'right' }], rows);
}

/** One line for what failed: the first finding, with the pass that is wrong or the error's code. */
export function crashLine({ seeds, findings }: Pick<Crash, 'seeds' | 'findings'>): string {
  const [{ target, kind, where, text }] = findings;
  const what = `${target} ${kind}${where === undefined ? '' : ` (${where})`}`;
  return `program ${seeds.join(', ')}: ${what}: ${text.split('\n', 1)[0]}`;
}

/** The report of a soak, for a person. `folders`: of each failure, empty where none could be written. */
export function renderReport(report: FuzzReport, folders: readonly string[]): string {
  const { programs, groups, crashes, refused, features, coverage, seconds, wall } = report;
  const { hit, of } = coverageCells(coverage);
  const turned = [...refused.values()].reduce((sum, count) => sum + count, 0);
  const rate = wall > 0 ? Math.round((programs / wall) * 3600) : 0;
  const spent = [...seconds].sort(byCount).map(([step, time]) => `${step} ${time.toFixed(0)} s`);
  const parts = [
    `coverage: operator × width, under how many of the 5 directives (straight, loop, II=1, II>1, unrolled)`,
    coverageTable(coverage),
    `${hit} of ${of} cells of operator × width × directive occurred`,
    ...(features.size > 0 ? [table('language', features)] : []),
    ...(refused.size > 0 ? [table('refused for', refused)] : []),
    `${programs} programs in ${groups} ${groups === 1 ? 'kernel' : 'kernels'}, ${time(wall)}, ${rate} an hour; ${turned} refused`,
    `time of all processes: ${spent.join(', ')}`,
  ];
  if (crashes.length === 0) parts.push('no difference found');
  for (const [at, crash] of crashes.entries()) {
    parts.push(`${crashLine(crash)}\n  ${folders[at] ?? ''}`.trimEnd());
  }
  return parts.join('\n\n');
}

/** The same for a program. */
export function reportJson(report: FuzzReport, folders: readonly string[]): object {
  const { crashes, refused, features, coverage, seconds, ...rest } = report;
  return {
    ...rest,
    refused: Object.fromEntries(refused),
    features: Object.fromEntries(features),
    seconds: Object.fromEntries(seconds),
    coverage: Object.fromEntries(coverage),
    crashes: crashes.map(({ seeds, findings }, at) => ({
      seeds,
      findings,
      folder: folders[at] ?? '',
    })),
  };
}
