import { basename } from 'node:path';
import { InteractionTable } from './interaction-table.ts';
import type { Dataset } from './interactions.ts';
import { readCsv } from './read-csv.ts';
import { numberOf, quoted, sourceError } from './source-error.ts';

export type EdgeColumn = 'user' | 'item' | 'rating' | 'timestamp' | 'title' | 'genres';

/** Names that a header may use, in lower case and without anything but letters and digits. */
const knownNames: Readonly<Record<EdgeColumn, readonly string[]>> = {
  user: ['user', 'userid', 'reviewerid', 'customerid'],
  item: ['item', 'itemid', 'movie', 'movieid', 'asin', 'productid', 'businessid', 'bookid'],
  rating: ['rating', 'stars', 'score', 'reviewscore', 'overall', 'weight'],
  timestamp: ['timestamp', 'time', 'unixtime', 'unixreviewtime', 'reviewtime'],
  title: ['title', 'name'],
  genres: ['genres', 'genre', 'category', 'categories', 'categorystring'],
};

const allColumns = Object.keys(knownNames) as EdgeColumn[];
type Layout = Readonly<Record<EdgeColumn, number>>;

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** The columns that the first record names, or undefined when it is data. */
function headerOf(
  fields: readonly string[],
  given: Partial<Record<EdgeColumn, string>>,
): Layout | undefined {
  const names = fields.map(plain);
  const layout = Object.fromEntries(
    allColumns.map((column) => {
      const wanted = given[column];
      const choices = wanted === undefined ? knownNames[column] : [plain(wanted)];
      const found = choices.map((name) => names.indexOf(name)).find((at) => at >= 0);
      return [column, found ?? -1];
    }),
  ) as Record<EdgeColumn, number>;
  return layout.user >= 0 || layout.item >= 0 ? layout : undefined;
}

const bare: Layout = { user: 0, item: 1, rating: 2, timestamp: 3, title: -1, genres: -1 };

/**
 * Loads a CSV edge list, one interaction a record (UTF-8, `.gz` too). With a header its columns may
 * stand in any order and others are ignored: user, item and optionally rating, timestamp (seconds),
 * title, genres; `columns` names them where the header's words are unusual. Without a header the order is
 * user, item, rating, timestamp, the last two optional. Ids are any text.
 * @throws TilewrightError with file and line for a record with missing fields, an empty id, a rating or
 * timestamp that is not a finite number, bad quoting, or text that is not UTF-8.
 */
export async function loadEdgeList(
  file: string,
  columns: Partial<Record<EdgeColumn, string>> = {},
): Promise<Dataset> {
  const table = new InteractionTable();
  let layout: Layout | undefined;
  let width = 0;

  await readCsv(file, (fields, line, last) => {
    if (layout === undefined) {
      width = fields.length;
      const header = headerOf(fields, columns);
      if (header !== undefined) {
        for (const column of ['user', 'item'] as const) {
          if (header[column] >= 0) continue;
          throw sourceError(
            file,
            line,
            `the header names no ${column} column: ${quoted(fields.join(','))}`,
            `Call that column ${knownNames[column].slice(0, 3).join(', ')}; or name it in \`columns\`.`,
            'DATASET_SYNTAX',
          );
        }
        layout = header;
        return;
      }
      if (Object.keys(columns).length > 0) {
        throw sourceError(
          file,
          line,
          `the header has no column named ${quoted(columns.user ?? columns.item ?? '')}`,
          `Its columns are: ${fields.join(', ')}.`,
          'DATASET_SYNTAX',
        );
      }
      if (fields.length < 2 || fields.length > 4) {
        throw sourceError(
          file,
          line,
          `${fields.length} field(s) where 2 to 4 are expected (user,item[,rating[,timestamp]])`,
          'A file with more columns needs a header that names a user and an item column.',
          'DATASET_SYNTAX',
        );
      }
      layout = bare;
    }
    if (fields.length !== width) {
      throw sourceError(
        file,
        line,
        `${fields.length} field(s) where the first line has ${width}`,
        last.ended ? 'Correct or remove the line.' : 'The file may be truncated: copy it again.',
        'DATASET_SYNTAX',
      );
    }
    const text = (column: EdgeColumn, from: Layout): string => fields[from[column]] ?? '';
    const at = layout;
    const id = (column: 'user' | 'item'): string => {
      const value = text(column, at).trim();
      if (value !== '') return value;
      throw sourceError(file, line, `the ${column} is empty`, 'Correct or remove the line.');
    };
    const value = (column: 'rating' | 'timestamp'): number | undefined => {
      if (at[column] < 0 || at[column] >= width) return undefined;
      const read = numberOf(text(column, at));
      if (Number.isFinite(read)) return read;
      throw sourceError(
        file,
        line,
        `the ${column} ${quoted(text(column, at))} is not a finite number`,
        at === bare && line === 1
          ? 'If this line is a header, call its columns user, item, rating, timestamp.'
          : 'Correct or remove the line.',
      );
    };
    const item = id('item');
    table.add(id('user'), item, value('rating'), value('timestamp'));
    table.describe(item, text('title', at).trim(), text('genres', at).trim());
  });
  return table.toDataset(
    basename(file)
      .replace(/\.gz$/, '')
      .replace(/\.[^.]+$/, ''),
    file,
  );
}
