import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../host/dataset/index.ts';
import { historiesOf } from '../../host/recommender/histories.ts';
import { popularityScorer, ranksOf } from '../../host/recommender/index.ts';
import { latencyOf } from '../../host/recommender/latency.ts';
import {
  gainAt,
  meanAndError,
  midRank,
  pairedGain,
  rankingFigures,
  topItems,
} from '../../host/recommender/ranking.ts';

describe('midRank', () => {
  it('counts from 0 among what is unseen', () => {
    const scores = [0.9, 0.1, 0.5, 0.7];
    expect(midRank(scores, 0, [])).toBe(0);
    expect(midRank(scores, 2, [])).toBe(2);
    expect(midRank(scores, 2, [0])).toBe(1);
    expect(midRank(scores, 2, [0, 3, 0, 3])).toBe(0);
  });

  it('puts a tied block in the middle of its places', () => {
    expect(midRank([1, 1, 1, 1, 1], 3, [])).toBe(2);
    expect(midRank([2, 1, 1, 0], 1, [])).toBe(1.5);
    expect(midRank([2, 1, 1, 0], 1, [2])).toBe(1);
    // Everything alike wins nothing: with 9,066 items the middle is far from the first ten.
    expect(gainAt(midRank(new Float64Array(9066), 0, []))).toBe(0);
  });
});

describe('NDCG@10 and HR@10', () => {
  it('are as computed by hand', () => {
    expect(gainAt(0)).toBe(1);
    expect(gainAt(2)).toBe(0.5);
    expect(gainAt(9)).toBeCloseTo(0.2890648, 7);
    expect(gainAt(10)).toBe(0);
    expect(gainAt(9.5)).toBeCloseTo(1 / Math.log2(11.5), 12);
    const figures = rankingFigures([0, 2, 9, 10]);
    expect(figures.users).toBe(4);
    expect(figures.ndcg).toBeCloseTo((1 + 0.5 + 0.2890648263) / 4, 9);
    expect(figures.hitRate).toBe(0.75);
    // Deviation of 1, 1, 1, 0 is 0.5; over the root of 4 users.
    expect(figures.hitRateError).toBeCloseTo(0.25, 12);
    expect(rankingFigures([]).ndcg).toBe(0);
    expect(meanAndError([3]).error).toBe(0);
  });

  it('are compared in pairs', () => {
    const { mean, error } = pairedGain([0, 0, 2], [2, 2, 20]);
    expect(mean).toBe(0.5);
    expect(error).toBe(0);
    expect(() => pairedGain([1], [])).toThrow(RangeError);
  });
});

describe('topItems', () => {
  it('gives equal scores by the smaller index, and no seen item', () => {
    expect(topItems([1, 3, 3, 2, 3], [], 3)).toEqual([1, 2, 4]);
    expect(topItems([1, 3, 3, 2, 3], [2], 3)).toEqual([1, 4, 3]);
    expect(topItems([1, 2], [0], 10)).toEqual([1]);
    expect(topItems([1, 2], [], 0)).toEqual([]);
  });

  it('equals sorting everything', () => {
    const score = fc.integer({ min: -3, max: 3 });
    fc.assert(
      fc.property(
        fc.array(score, { maxLength: 40 }),
        fc.array(fc.nat(39), { maxLength: 10 }),
        fc.nat(12),
        (scores, seen, k) => {
          const sorted = scores
            .map((_, item) => item)
            .filter((item) => !seen.includes(item))
            .sort((a, b) => scores[b] - scores[a] || a - b)
            .slice(0, k);
          expect(topItems(scores, seen, k)).toEqual(sorted);
        },
      ),
      { seed: 11, numRuns: 300 },
    );
  });
});

describe('ranksOf', () => {
  const dataset: Dataset = {
    name: 'hand',
    userIds: ['7', '8'],
    itemIds: ['a', 'b', 'c', 'd'],
    titles: ['', '', '', ''],
    genres: ['', '', '', ''],
    interactions: {
      user: Uint32Array.of(0, 0, 1, 1),
      item: Uint32Array.of(0, 1, 1, 2),
      rating: new Float32Array(4).fill(1),
      time: Float64Array.of(1, 2, 3, 4),
    },
  };
  // Training: user 0 met item 0, user 1 met item 1; held out: 1 and 2.
  const histories = historiesOf(
    { nodes: 2, rowPtr: Uint32Array.of(0, 1, 2), colIdx: Uint32Array.of(0, 1) },
    4,
  );
  const test = Uint32Array.of(1, 3);

  it('ranks held-out items among unseen ones', async () => {
    const scores = [
      [9, 2, 3, 1],
      [5, 9, 4, 6],
    ];
    expect(await ranksOf((user) => scores[user], histories, dataset, test)).toEqual([1, 2]);
    // By popularity items 0 and 1 have one user each. For user 0: item 1 is the best unseen one;
    // for user 1: item 2 ties with item 3 behind item 0.
    expect(await ranksOf(popularityScorer(histories), histories, dataset, test)).toEqual([0, 1.5]);
  });

  it('refuses a NaN, which would rank first', async () => {
    const scorer = (user: number) => [0, 0, user === 1 ? Number.NaN : 0, 0];
    await expect(ranksOf(scorer, histories, dataset, test)).rejects.toThrow(
      'the score of item c for user 8 is NaN',
    );
  });
});

describe('latencyOf', () => {
  it('takes percentiles by the nearest rank', () => {
    const values = Array.from({ length: 200 }, (_, at) => 200 - at);
    expect(latencyOf(values)).toEqual({ requests: 200, p50: 100, p95: 190, p99: 198 });
    expect(latencyOf([5])).toEqual({ requests: 1, p50: 5, p95: 5, p99: 5 });
  });
});
