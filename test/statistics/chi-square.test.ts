import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../codegen/index.ts';
import {
  chiSquareP,
  goodnessOfFit,
  inclusionP,
  overlapChances,
  pairInclusionP,
} from './chi-square.ts';

/** The arithmetic under the samplers' tests, on tables and on samples that are right or wrong by construction. */
describe('chi-square', () => {
  it.each([
    // Upper points of printed tables.
    [3.841, 1, 0.05],
    [18.307, 10, 0.05],
    [23.209, 10, 0.01],
    [149.449, 100, 0.001],
  ])('%d of %d degrees of freedom', (statistic, freedom, upper) => {
    expect(chiSquareP(statistic, freedom)).toBeCloseTo(2 * upper, 4);
  });

  it('counts that agree too well are no better than counts that do not agree', () => {
    const chances = Array.from({ length: 100 }, () => 1 / 100);
    const even = new Float64Array(100).fill(50);
    expect(goodnessOfFit(even, chances)).toBeLessThan(1e-12);
    const random = seededRandom(1);
    const drawn = new Float64Array(100);
    for (let draw = 0; draw < 5000; draw++) drawn[random.integer(0, 99)] += 1;
    expect(goodnessOfFit(drawn, chances)).toBeGreaterThan(0.01);
  });

  it('rare cells are pooled, none is lost', () => {
    // 6 of 1000 draws are in five cells of one expected draw each: nothing strange.
    const chances = [0.995, 0.001, 0.001, 0.001, 0.001, 0.001];
    expect(goodnessOfFit([994, 6, 0, 0, 0, 0], chances)).toBeGreaterThan(0.5);
    expect(goodnessOfFit([970, 6, 6, 6, 6, 6], chances)).toBeLessThan(1e-12);
    expect(() => goodnessOfFit([3, 4], [0.5, 0.5])).toThrow(RangeError);
  });
});

/** Samples of `fanout` out of `degree` by shuffling, with a generator that is none of the samplers'. */
function shuffled(fanout: number, degree: number, rows: number, seed: number): number[][] {
  const random = seededRandom(seed);
  return Array.from({ length: rows }, () => {
    const left = Array.from({ length: degree }, (_, at) => at);
    return Array.from(
      { length: fanout },
      () => left.splice(random.integer(0, left.length - 1), 1)[0],
    );
  });
}

/** Mean and variance of p-values, which are even between 0 and 1 where a statistic has the right variance. */
function expectEven(values: readonly number[]): void {
  const mean = values.reduce((sum, p) => sum + p, 0) / values.length;
  const variance = values.reduce((sum, p) => sum + (p - mean) ** 2, 0) / values.length;
  const error = Math.sqrt(1 / 12 / values.length);
  expect(Math.abs(mean - 0.5)).toBeLessThan(4 * error);
  expect(Math.abs(variance - 1 / 12)).toBeLessThan(0.02);
}

describe('samples without replacement', () => {
  const rounds = Array.from({ length: 200 }, (_, round) => shuffled(5, 9, 150, round));

  it('inclusion has the stated variance', () => {
    const p = rounds.map((samples) => {
      const counts = new Float64Array(9);
      for (const at of samples.flat()) counts[at] += 1;
      return inclusionP(counts, new Float64Array(9).fill(1), 5);
    });
    expectEven(p);
  });

  it('pairs have the stated variance', () => {
    expectEven(rounds.map((samples) => pairInclusionP(samples, 5, 9)));
  });

  it('pairs are found out that come together although each neighbour comes as often', () => {
    // Neighbours 0 and 1, 2 and 3, … in the same sample half as often again as they should be.
    const samples = shuffled(5, 10, 400, 3).map((sample, row) =>
      row % 4 === 0 ? [0, 1, 2, 3, 4].map((at) => (at + 2 * (row % 5)) % 10) : sample,
    );
    expect(pairInclusionP(samples, 5, 10)).toBeLessThan(1e-9);
  });

  it('the chances of an overlap add up', () => {
    const chances = overlapChances(16, 64);
    expect(chances.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 10);
    expect(chances.reduce((sum, chance, common) => sum + common * chance, 0)).toBeCloseTo(4, 10);
  });
});
