import { join } from 'node:path';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { InteractionTable } from './interaction-table.ts';
import type { Dataset } from './interactions.ts';
import type { Line } from './read-lines.ts';
import { readLines } from './read-lines.ts';
import { numberOf, quoted, sourceError } from './source-error.ts';

/** The scale of every MovieLens release; 1M itself has whole stars, 10M half ones. */
export const movieLensRatings = { least: 0.5, most: 5 };

const wholeNumber = /^\d+$/;
/** 1973: earlier than any rating, and what a timestamp looks like once a digit or two are cut off. */
const earliest = 1e8;

function fieldsOf(file: string, line: Line, names: readonly string[]): string[] {
  const fields = line.text.split('::');
  if (fields.length === names.length) return fields;
  const cut = line.ended ? '' : ', and the file ends inside this line';
  throw sourceError(
    file,
    line.number,
    `${fields.length} fields where ${names.length} are expected (${names.join('::')})${cut}`,
    line.ended ? 'Correct or remove the line.' : 'The file is truncated: copy or unpack it again.',
    'DATASET_SYNTAX',
  );
}

function idOf(file: string, line: Line, what: string, text: string): string {
  if (wholeNumber.test(text)) return String(Number(text));
  throw sourceError(
    file,
    line.number,
    `${what} is not a number: ${quoted(text)}`,
    'In this layout ids are whole numbers; for other ids use an edge list (CSV).',
  );
}

async function readRatings(file: string, table: InteractionTable): Promise<void> {
  const names = ['UserID', 'MovieID', 'Rating', 'Timestamp'];
  await readLines(file, 'latin1-or-utf8', (line) => {
    if (line.text === '') return;
    const [user, item, ratingText, timeText] = fieldsOf(file, line, names);
    const rating = numberOf(ratingText);
    if (!(rating >= movieLensRatings.least && rating <= movieLensRatings.most)) {
      throw sourceError(
        file,
        line.number,
        `rating ${quoted(ratingText)} is not a number from ` +
          `${movieLensRatings.least} to ${movieLensRatings.most}`,
        'Correct or remove the line; other scales load as an edge list (CSV).',
      );
    }
    const time = numberOf(timeText);
    if (!(time >= 0)) {
      throw sourceError(
        file,
        line.number,
        `timestamp ${quoted(timeText)} is not a number of seconds`,
        'Correct or remove the line.',
      );
    }
    if (!line.ended && time < earliest) {
      throw sourceError(
        file,
        line.number,
        `the file ends inside this line: its timestamp ${quoted(timeText)} is cut off`,
        'The file is truncated: copy or unpack it again.',
        'DATASET_SYNTAX',
      );
    }
    table.add(idOf(file, line, 'user id', user), idOf(file, line, 'movie id', item), rating, time);
  });
}

async function readMovies(file: string, table: InteractionTable): Promise<void> {
  let movies = 0;
  await readLines(file, 'latin1-or-utf8', (line) => {
    if (line.text === '') return;
    const [id, title, genres] = fieldsOf(file, line, ['MovieID', 'Title', 'Genres']);
    table.describe(idOf(file, line, 'movie id', id), title, genres);
    movies++;
  });
  if (movies === 0) {
    throw new TilewrightError(`${file} holds no movie`, {
      code: 'DATASET_EMPTY',
      hint: 'Copy or unpack the file again.',
    });
  }
}

/**
 * Loads a folder in MovieLens 1M's layout: `ratings.dat` (`UserID::MovieID::Rating::Timestamp`) and
 * `movies.dat` (`MovieID::Title::Genres`, Latin-1; a copy in UTF-8 is recognised). `users.dat` is not
 * needed: what it says of the users is not used. Only movies with a rating become items.
 * @throws TilewrightError with file and line for whatever is missing, cut off or out of range.
 */
export async function loadMovieLens1m(folder: string): Promise<Dataset> {
  const table = new InteractionTable();
  const ratings = join(folder, 'ratings.dat');
  await readRatings(ratings, table);
  await readMovies(join(folder, 'movies.dat'), table);
  return table.toDataset('movielens-1m', ratings);
}
