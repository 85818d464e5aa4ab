import { describe, expect, it } from 'vitest';
import { loadDataset, splitLeaveLastOut, syntheticDataset } from '../../host/dataset/index.ts';

describe('splitLeaveLastOut', () => {
  it('holds out the last two by time, whatever the order of rows', () => {
    const split = splitLeaveLastOut({
      user: Uint32Array.of(1, 0, 0, 1, 0, 0, 1),
      item: Uint32Array.of(0, 5, 6, 1, 7, 8, 2),
      rating: new Float32Array(7),
      time: Float64Array.of(3, 40, 10, 1, 30, 20, 2),
    });
    expect(split.test).toEqual(Uint32Array.of(0, 1));
    expect(split.validation).toEqual(Uint32Array.of(4, 6));
    expect(split.train).toEqual(Uint32Array.of(2, 3, 5));
  });

  it('breaks ties of time by item, and leaves users with two interactions in training', () => {
    const split = splitLeaveLastOut({
      user: Uint32Array.of(0, 0, 0, 1, 1),
      item: Uint32Array.of(9, 2, 4, 1, 2),
      rating: new Float32Array(5),
      time: Float64Array.of(5, 5, 5, 1, 2),
    });
    expect(split.test).toEqual(Uint32Array.of(0));
    expect(split.validation).toEqual(Uint32Array.of(2));
    expect(split.train).toEqual(Uint32Array.of(1, 3, 4));
  });

  it('puts every row into exactly one part, and never an earlier one into test', async () => {
    const { interactions } = await loadDataset('synthetic:3');
    const { train, validation, test } = splitLeaveLastOut(interactions);
    const rows = [...train, ...validation, ...test].sort((a, b) => a - b);
    expect(rows).toEqual([...interactions.user.keys()]);
    const last = new Map(
      Array.from(test, (row) => [interactions.user[row], interactions.time[row]]),
    );
    for (const row of [...train, ...validation]) {
      const time = last.get(interactions.user[row]) ?? expect.unreachable('a user without test');
      expect(interactions.time[row]).toBeLessThanOrEqual(time);
    }
  });
});

describe('syntheticDataset', () => {
  it('is the same for the same seed and has the asked-for size, titles and genres', () => {
    const data = syntheticDataset({ seed: 5, users: 40, items: 30, meanPerUser: 8 });
    expect(syntheticDataset({ seed: 5, users: 40, items: 30, meanPerUser: 8 })).toEqual(data);
    expect(syntheticDataset({ seed: 6, users: 40, items: 30, meanPerUser: 8 })).not.toEqual(data);
    expect(data.userIds).toHaveLength(40);
    expect(data.titles.every((title) => /\(\d{4}\)$/.test(title))).toBe(true);
    expect(data.genres.every((genres) => genres !== '')).toBe(true);
    const counts = new Uint32Array(40);
    for (const user of data.interactions.user) counts[user]++;
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(3);
    expect(data.interactions.rating.every((rating) => rating >= 0.5 && rating <= 5)).toBe(true);
  });

  it('shows taste: users rate what they choose more often higher', () => {
    const { interactions, genres } = syntheticDataset({ seed: 2 });
    const perGenre = new Map<string, number>();
    for (const [row, user] of interactions.user.entries()) {
      const key = `${user} ${genres[interactions.item[row]].split('|')[0]}`;
      perGenre.set(key, (perGenre.get(key) ?? 0) + 1);
    }
    const sums = { often: 0, oftenRows: 0, seldom: 0, seldomRows: 0 };
    for (const [row, user] of interactions.user.entries()) {
      const key = `${user} ${genres[interactions.item[row]].split('|')[0]}`;
      const often = (perGenre.get(key) ?? 0) >= 6;
      sums[often ? 'often' : 'seldom'] += interactions.rating[row];
      sums[often ? 'oftenRows' : 'seldomRows'] += 1;
    }
    expect(sums.often / sums.oftenRows).toBeGreaterThan(sums.seldom / sums.seldomRows + 0.3);
  });
});
