import { TilewrightError } from '../../support/errors.ts';
import type { UtilisationRow } from './hw-reports.ts';

/** `170364 [ 22.02%]` */
const cell = /^(\d+(?:\.\d+)?)\s*(?:\[\s*(\d+(?:\.\d+)?)%\])?$/;

/** The link's names for what HLS calls by others. */
const names: Readonly<Record<string, string>> = { REG: 'FF', Registers: 'FF' };

/**
 * `v++`'s `impl_1_kernel_util_routed.rpt`: what the platform, the kernels and their compute units take.
 * @throws TilewrightError `VITIS_REPORT` when there is no such table in it.
 */
export function parseUtilisation(text: string): readonly UtilisationRow[] {
  let titles: readonly string[] | undefined;
  const found: UtilisationRow[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (!line.trimStart().startsWith('|')) continue;
    const cells = line
      .split('|')
      .slice(1, -1)
      .map((part) => part.trim());
    if (titles === undefined) {
      if (cells[0] === 'Name' && cells.includes('LUT'))
        titles = cells.map((title) => names[title] ?? title);
      continue;
    }
    const used: Record<string, number> = {};
    const percent: Record<string, number> = {};
    for (const [index, title] of titles.entries()) {
      if (index === 0) continue;
      const [, count, share] = cell.exec(cells[index] ?? '') ?? [];
      if (count !== undefined) used[title] = Number(count);
      if (share !== undefined) percent[title] = Number(share);
    }
    if (Object.keys(used).length > 0) found.push({ name: cells[0] ?? '', used, percent });
  }
  if (found.length > 0) return found;
  throw new TilewrightError('there is no table of kernels and their resources in it', {
    code: 'VITIS_REPORT',
    hint: 'Look at the report itself.',
  });
}
