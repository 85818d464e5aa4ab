import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { loadDataset, parseDatasetSource } from '../../host/dataset/index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const { folder, write } = temporaryFolder();
let files = 0;

function load(content: string | Uint8Array, columns?: Record<string, string>, suffix = '.csv') {
  const path = write(`edges-${files++}${suffix}`, content);
  return loadDataset({ kind: 'edges', path, ...(columns === undefined ? {} : { columns }) });
}

describe('edge list', () => {
  it('reads columns by their header in any order', async () => {
    const data = await load(
      'timestamp,note,rating,Item_ID,"user id"\n30,a,4.5,beta,u1\n20,b,-1,alpha,u1\n10,c,2,beta,u2\n',
    );
    expect(data.userIds).toEqual(['u1', 'u2']);
    expect(data.itemIds).toEqual(['alpha', 'beta']);
    expect(data.interactions).toEqual({
      user: Uint32Array.of(0, 0, 1),
      item: Uint32Array.of(0, 1, 1),
      rating: Float32Array.of(-1, 4.5, 2),
      time: Float64Array.of(20, 30, 10),
    });
  });

  it('reads two to four columns without a header', async () => {
    const data = await load('7,100\n7,20\n\n3,100\n');
    expect(data.userIds).toEqual(['3', '7']);
    expect(data.itemIds).toEqual(['20', '100']);
    expect(data.interactions.rating).toEqual(Float32Array.of(1, 1, 1));
    expect(data.interactions.time).toEqual(Float64Array.of(2, 0, 1));
    expect((await load('7,100,2.5,99\n')).interactions.time).toEqual(Float64Array.of(99));
  });

  it('keeps the last of a repeated pair by time, and the last row of equal times', async () => {
    const data = await load(
      'user,item,rating,time\na,x,1,20\na,x,2,30\na,x,3,10\nb,x,4,5\nb,x,5,5\n',
    );
    expect(data.interactions.rating).toEqual(Float32Array.of(2, 5));
    expect(data.interactions.time).toEqual(Float64Array.of(30, 5));
  });

  it('reads quoted fields with commas, quotes and newlines, titles and genres', async () => {
    const data = await load(
      '\ufeffuser,item,title,genres\r\na,x,"The ""Big"", \r\nlong one",Drama\r\na,y,,\r\nb,x,"other",""\r\n',
    );
    expect(data.titles).toEqual(['The "Big", \nlong one', '']);
    expect(data.genres).toEqual(['Drama', '']);
    expect(data.interactions.user).toEqual(Uint32Array.of(0, 0, 1));
  });

  it('takes tabs, gzip and columns named by the caller', async () => {
    const data = await load(
      gzipSync('who\twhat\tuser\nann\tx\t1\nbob\ty\t2\n'),
      { user: 'who', item: 'what' },
      '.tsv.gz',
    );
    expect(data.userIds).toEqual(['ann', 'bob']);
    expect(data.name).toBe(`edges-${files - 1}`);
  });

  it.each([
    [
      'a rating that is no number',
      'user,item,rating\na,x,1\na,y,good\n',
      ':3: the rating "good" is',
    ],
    ['NaN', 'user,item,rating\na,x,NaN\n', ':2: the rating "NaN" is not a finite number'],
    ['infinity', 'user,item,rating\na,x,Infinity\n', ':2: the rating "Infinity" is not'],
    ['an empty user', 'user,item\n ,x\n', ':2: the user is empty'],
    ['missing fields', 'user,item,rating\na,x,1\nb,y', ':3: 2 field(s) where the first line has 3'],
    ['a header without item', 'user,thing\na,x\n', ':1: the header names no item column'],
    ['one column', 'a\nb\n', ':1: 1 field(s) where 2 to 4 are expected'],
    [
      'an open quote',
      'user,item\na,"x\nb,y\n',
      ':2: a quote opens in this record and never closes',
    ],
    ['text after a quote', 'user,item\na,"x"y\n', ':2: a quoted field is followed by "y"'],
    ['an unknown header word', 'usr,item_no,rating\n1,2,3\n', ':1: the rating "rating" is not'],
  ])('refuses %s with its line', async (_name, content, message) => {
    await expect(load(content)).rejects.toThrow(message);
  });

  it('counts lines, not records, after a quoted newline', async () => {
    await expect(load('user,item,rating\na,"x\ny",1\na,z,oops\n')).rejects.toThrow(
      ':4: the rating',
    );
  });

  it('refuses other encodings with the line', async () => {
    const latin1 = Buffer.from('user,item\na,x\nb,Amélie\n', 'latin1');
    await expect(load(latin1)).rejects.toThrow(':3: this line is not valid UTF-8');
    const utf16 = Buffer.from('\ufeffuser,item\na,x\n', 'utf16le');
    await expect(load(utf16)).rejects.toThrow(':1: the file is UTF-16');
  });

  it('refuses empty, damaged and missing files and unknown sources', async () => {
    await expect(load('')).rejects.toThrow('holds no interaction');
    await expect(load('user,item\n')).rejects.toThrow('holds no interaction');
    await expect(
      load(gzipSync('a,b\n').subarray(0, 12), undefined, '.csv.gz'),
    ).rejects.toMatchObject({ name: 'TilewrightError', code: 'DATASET_UNREADABLE' });
    await expect(loadDataset(`edges:${folder}/none.csv`)).rejects.toThrow('there is no such file');
    await expect(loadDataset('netflix')).rejects.toMatchObject({
      code: 'DATASET_SOURCE',
      exitCode: 2,
    });
  });

  it('reads a source from one word', () => {
    const file = write('plain.csv', 'a,b\n');
    expect(parseDatasetSource(file)).toEqual({ kind: 'edges', path: file });
    expect(parseDatasetSource('movielens-dslabs')).toEqual({ kind: 'movielens-dslabs' });
    expect(parseDatasetSource('movielens-1m:/a:b')).toEqual({ kind: 'movielens-1m', path: '/a:b' });
    expect(parseDatasetSource('synthetic:7')).toEqual({ kind: 'synthetic', seed: 7 });
    expect(() => parseDatasetSource('synthetic:x')).toThrow('seed');
    expect(() => parseDatasetSource('edges')).toThrow('needs a path');
    expect(() => parseDatasetSource(folder)).toThrow('holds no ratings.dat');
  });
});
