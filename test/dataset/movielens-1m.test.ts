import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDataset } from '../../host/dataset/index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const { folder, write } = temporaryFolder();
const movies = Buffer.from('2::Amélie (2001)::Comedy|Romance\n10::Léon (1994)::Crime\n', 'latin1');
const good = '10::2::4::978300760\n9::10::3.5::978300761\n9::2::5::978300762\n';

function dataFolder(name: string, ratings: string | Uint8Array, titles: string | Uint8Array) {
  write(join(name, 'ratings.dat'), ratings);
  write(join(name, 'movies.dat'), titles);
  return join(folder, name);
}

/** Loads a folder with these ratings and returns the error. */
async function refusal(name: string, ratings: string | Uint8Array, titles = movies) {
  return loadDataset({ kind: 'movielens-1m', path: dataFolder(name, ratings, titles) }).then(
    () => expect.unreachable('the ratings were accepted'),
    (error: unknown) => error as Error & { code: string; hint: string },
  );
}

describe('movielens-1m', () => {
  it('maps ids in numeric order and keeps Latin-1 titles', async () => {
    const data = await loadDataset(dataFolder('good', good, movies));
    expect(data.userIds).toEqual(['9', '10']);
    expect(data.itemIds).toEqual(['2', '10']);
    expect(data.titles).toEqual(['Amélie (2001)', 'Léon (1994)']);
    expect(data.genres).toEqual(['Comedy|Romance', 'Crime']);
    expect(data.interactions).toEqual({
      user: Uint32Array.of(0, 0, 1),
      item: Uint32Array.of(1, 0, 0),
      rating: Float32Array.of(3.5, 5, 4),
      time: Float64Array.of(978300761, 978300762, 978300760),
    });
  });

  it('takes Windows line ends, no newline at the end, and movies.dat in UTF-8', async () => {
    const plain = await loadDataset(dataFolder('plain', good, movies));
    const other = dataFolder(
      'crlf',
      good.replaceAll('\n', '\r\n').trimEnd(),
      movies.toString('latin1'),
    );
    expect(await loadDataset(other)).toEqual(plain);
  });

  it('names file and line of a truncated last line', async () => {
    const error = await refusal('cut', good.slice(0, good.lastIndexOf('::')));
    expect(error.message).toContain(`${join('cut', 'ratings.dat')}:3: 3 fields where 4`);
    expect(error.message).toContain('the file ends inside this line');
    expect(error.hint).toContain('truncated');
  });

  it('notices a timestamp that is cut off', async () => {
    const error = await refusal('cut-time', good.slice(0, -4));
    expect(error.message).toContain('ratings.dat:3: the file ends inside this line');
  });

  it.each([
    ['user id', 'abc::2::4::978300760', 'user id is not a number: "abc"'],
    ['negative user id', '-3::2::4::978300760', 'user id is not a number: "-3"'],
    ['movie id', '3::::4::978300760', 'movie id is not a number: ""'],
    ['rating too high', '3::2::6::978300760', 'rating "6" is not a number from 0.5 to 5'],
    ['rating of zero', '3::2::0::978300760', 'rating "0" is not'],
    ['NaN', '3::2::NaN::978300760', 'rating "NaN" is not'],
    ['timestamp', '3::2::4::yesterday', 'timestamp "yesterday" is not'],
    ['too many fields', '3::2::4::978300760::1', '5 fields where 4 are expected'],
  ])('refuses a bad %s with its line', async (name, line, message) => {
    const error = await refusal(name, `${good}${line}\n${good}`);
    expect(error.message).toContain(`ratings.dat:4: ${message}`);
    expect(error.hint).not.toBe('');
  });

  it('refuses empty and missing files', async () => {
    expect((await refusal('empty', '')).message).toContain('ratings.dat holds no interaction');
    expect((await refusal('no-movies', good, Buffer.alloc(0))).message).toContain(
      'movies.dat holds no movie',
    );
    await expect(loadDataset(`movielens-1m:${folder}/nowhere`)).rejects.toThrow(
      /nowhere\/ratings\.dat: there is no such file/,
    );
    write('lonely/ratings.dat', good);
    await expect(loadDataset(`${folder}/lonely`)).rejects.toThrow(/movies\.dat: there is no such/);
  });

  it('refuses UTF-16 and binary files', async () => {
    const utf16 = Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from(good, 'utf16le')]);
    expect((await refusal('utf16', utf16)).message).toContain('ratings.dat:1: the file is UTF-16');
    const binary = Buffer.concat([Buffer.from(good), Buffer.of(0, 1, 2)]);
    const error = await refusal('binary', binary);
    expect(error.message).toContain('ratings.dat:4: a zero byte');
    expect(error.code).toBe('DATASET_ENCODING');
  });

  it('counts lines across the blocks of a large file', async () => {
    const lines = Array.from({ length: 120_000 }, (_, row) => `${row}::2::4::978300760\n`);
    lines[100_000] = 'x::2::4::978300760\n';
    expect((await refusal('large', lines.join(''))).message).toContain('ratings.dat:100001: user');
  });
});
