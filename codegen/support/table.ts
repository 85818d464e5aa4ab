import Table from 'cli-table3';

export interface TableColumn {
  readonly title: string;
  /** Numbers read better at the right. */
  readonly align?: 'left' | 'right';
}

const plainLines = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/**
 * A table as lines of text without borders or colours: it reads the same on a terminal, in a log and
 * through `grep`. Every row has as many cells as there are columns. No newline at the end.
 */
export function renderTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const table = new Table({
    chars: plainLines,
    colAligns: columns.map((column) => column.align ?? 'left'),
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
  });
  table.push(columns.map((column) => column.title));
  for (const row of rows) table.push(row.map((cell) => String(cell)));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
