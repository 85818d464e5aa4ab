import { type ProcessReport, reason } from '../../codegen/index.ts';
import { renderTable, type TableColumn } from '../../codegen/support/table.ts';

const columns: readonly TableColumn[] = [
  { title: 'process' },
  { title: 'loop' },
  { title: 'II asked', align: 'right' },
  { title: 'II got', align: 'right' },
  { title: 'stages', align: 'right' },
  { title: 'stage ns', align: 'right' },
  { title: 'limited by' },
];

/** Per process and loop what the schedule came to: `generate --explain`. */
export function explainTable(reports: readonly ProcessReport[]): string {
  const rows = reports.flatMap(({ process, stages, budget, stretch, loops }) => {
    const clock = stretch > 0 ? `${budget.toFixed(2)} (+${stretch.toFixed(2)})` : budget.toFixed(2);
    if (loops.length === 0) return [[process, 'none', '', '', stages, clock, '']];
    return loops.map(({ span, asked, got, limit }, at) => {
      const line = limit !== undefined && 'line' in limit ? ` (line ${limit.line})` : '';
      const lines = limit?.kind === 'access' ? ` (lines ${limit.lines.join(', ')})` : '';
      return [
        at === 0 ? process : '',
        `line ${span.line}`,
        asked ?? '–',
        got ?? '–',
        at === 0 ? stages : '',
        at === 0 ? clock : '',
        limit === undefined ? '' : `${reason(limit)}${line}${lines}`,
      ];
    });
  });
  return renderTable(columns, rows);
}
