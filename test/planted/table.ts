import type { Catch, Mutation, Room } from './mutation.ts';

/** What became of one mutation. */
export interface Planted {
  readonly mutation: Mutation;
  /** What the sample of its hint, or its bench, showed. */
  readonly written: Catch | undefined;
  /** What random programs showed; undefined where they were not asked. */
  readonly random:
    | {
        readonly found: Catch | undefined;
        /** Programs that were run, those that showed it included. */
        readonly programs: number;
      }
    | undefined;
}

/** Where the table stands in docs/testing.md. */
const start = '<!-- planted bugs: npm run planted, with UPDATE_DOCS=1 -->';
const end = '<!-- end of planted bugs -->';

/** Cells of a row: the fault, what caught it in the tests, what of random programs, after how many of them. */
export type Row = readonly [string, string, string, string];

function caughtBy(found: Catch | undefined): string {
  if (found === undefined) return 'nothing';
  const { check, where, sample } = found;
  if (check === 'bench') return `bench \`${sample}\``;
  return where === 'mismatch' ? check : `${check}: ${where}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '&#124;').replaceAll('<', '&lt;');
}

/** The row of a mutation; what was not measured now is as in the row before. */
export function rowOf({ mutation, written, random }: Planted, before: Row | undefined): Row {
  const { found, programs } = random ?? {};
  const last: readonly [string, string] =
    random === undefined
      ? [before?.[2] ?? '', before?.[3] ?? '']
      : [caughtBy(found), `${found === undefined ? '> ' : ''}${programs}`];
  return [mutation.what, caughtBy(written), ...last].map(cell) as unknown as Row;
}

/** The rows of a document's table, by fault. */
export function rowsIn(document: string): ReadonlyMap<string, Row> {
  const table = document.split(start)[1]?.split(end)[0] ?? '';
  const lines = table.split('\n').filter((line) => /^\| (?!fault |---)/.test(line));
  const rows = lines.map((line) => line.slice(2, -2).split(' | ') as unknown as Row);
  return new Map(
    rows.map((row) => [row[0].trim(), row.map((one) => one.trim()) as unknown as Row]),
  );
}

/** What stands for a fault in the first column. */
export function nameInTable({ what }: Mutation): string {
  return cell(what);
}

/** The document with these rows, a table a room. */
export function withRows(
  document: string,
  rooms: readonly Room[],
  rows: ReadonlyMap<string, Row>,
): string {
  const [head, rest] = document.split(start);
  const tail = rest?.split(end)[1];
  if (tail === undefined) throw new Error(`the document lacks ${start} and ${end}`);
  const tables = rooms.map(({ name, mutations }) =>
    [
      `**${name}**`,
      '',
      '| fault | caught in the tests by | by random programs | programs |',
      '| --- | --- | --- | ---: |',
      ...mutations.map((one) => {
        const row = rows.get(nameInTable(one)) ?? [nameInTable(one), '', '', ''];
        return `| ${row.join(' | ')} |`;
      }),
    ].join('\n'),
  );
  return `${head}${start}\n\n${tables.join('\n\n')}\n\n${end}${tail}`;
}
