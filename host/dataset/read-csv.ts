import { TilewrightError } from '../../codegen/support/errors.ts';
import { readLines } from './read-lines.ts';

/** The separator of a CSV file, from its first line: a tab or a semicolon where there is no comma. */
function separatorOf(line: string): string {
  if (line.includes(',')) return ',';
  if (line.includes('\t')) return '\t';
  return line.includes(';') ? ';' : ',';
}

/**
 * Reads CSV (RFC 4180: quoted fields may hold separators, doubled quotes and newlines; UTF-8) and calls
 * `onRecord` with the fields and the number of the line the record starts on. Blank lines are skipped.
 * Separator: comma, or tab or semicolon where the first line has no comma.
 * @throws TilewrightError with file and line, as `readLines`, and for a quote that never closes.
 */
export async function readCsv(
  file: string,
  onRecord: (fields: string[], line: number, last: { readonly ended: boolean }) => void,
): Promise<void> {
  let separator: string | undefined;
  let fields: string[] = [];
  // The quoted field that is still open at the end of a line, and where its record began.
  let open: string | undefined;
  let start = 0;

  await readLines(file, 'utf-8', (line) => {
    const { text } = line;
    separator ??= separatorOf(text);
    if (open === undefined) {
      if (text === '') return;
      if (!text.includes('"')) {
        onRecord(text.split(separator), line.number, line);
        return;
      }
      fields = [];
      start = line.number;
    }
    let at = 0;
    for (;;) {
      if (open !== undefined || text[at] === '"') {
        if (open === undefined) {
          open = '';
          at++;
        }
        const quote = text.indexOf('"', at);
        if (quote < 0) {
          open += `${text.slice(at)}\n`;
          return;
        }
        open += text.slice(at, quote);
        at = quote + 1;
        if (text[at] === '"') {
          open += '"';
          at++;
          continue;
        }
        if (at < text.length && text[at] !== separator) {
          throw syntaxError(file, line.number, `a quoted field is followed by "${text[at]}"`);
        }
        fields.push(open);
        open = undefined;
      } else {
        const end = text.indexOf(separator, at);
        const to = end < 0 ? text.length : end;
        fields.push(text.slice(at, to));
        at = to;
      }
      if (at >= text.length) break;
      at++;
      if (at === text.length) {
        fields.push('');
        break;
      }
    }
    onRecord(fields, start, line);
  });
  if (open !== undefined) {
    throw syntaxError(file, start, 'a quote opens in this record and never closes');
  }
}

function syntaxError(file: string, line: number, what: string): TilewrightError {
  return new TilewrightError(`${file}:${line}: ${what}`, {
    code: 'DATASET_SYNTAX',
    hint: 'Quote a field as a whole and double the quotes inside it; the file may also be cut off.',
    location: { file, line },
  });
}
