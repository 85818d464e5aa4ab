import { describe, expect, test } from 'vitest';
import { beatsNeeded, bound, judge, median } from '../../bench/rtl/figures.ts';

const twoBeats = { beats: 60_000, bursts: 30_000 };

describe('bound, by hand', () => {
  test.each([
    // 16 × 2 / (64 + 2), and so on.
    { latency: 64, outstanding: 16, expected: 32 / 66 },
    { latency: 200, outstanding: 16, expected: 32 / 202 },
    { latency: 200, outstanding: 128, expected: 1 },
    { latency: 120, outstanding: 61, expected: 1 },
    { latency: 120, outstanding: 60, expected: 120 / 122 },
  ])('L $latency, OUT $outstanding', ({ latency, outstanding, expected }) => {
    expect(bound({ latency, outstanding, stall: 0 }, twoBeats)).toBeCloseTo(expected, 12);
  });

  test('single beats, and bursts of different lengths', () => {
    const cell = { latency: 63, outstanding: 16, stall: 0 };
    expect(bound(cell, { beats: 1000, bursts: 1000 })).toBe(0.25);
    // 1.5 beats a burst: 16 × 1.5 / 64.5
    expect(bound(cell, { beats: 1500, bursts: 1000 })).toBeCloseTo(24 / 64.5, 12);
  });

  test('a kernel that reads nothing is bound by nothing', () => {
    expect(bound({ latency: 64, outstanding: 1, stall: 0 }, { beats: 0, bursts: 0 })).toBe(1);
  });
});

describe('good', () => {
  test('without stalls: beats / (0.95 × bound) + 4 L + 100, to the cycle', () => {
    const work = { beats: 19_000, bursts: 9_500 };
    // Bound 1: 19,000 / 0.95 + 356 = 20,356.
    const free = { latency: 64, outstanding: 64, stall: 0 };
    expect(judge(free, work, 20_356)).toBe('yes');
    expect(judge(free, work, 20_357)).toBe('no');
    // Bound 32 / 66: 19,000 × 66 / (0.95 × 32) + 356 = 41,606.
    const bound = { latency: 64, outstanding: 16, stall: 0 };
    expect(judge(bound, work, 41_606)).toBe('yes');
    expect(judge(bound, work, 41_607)).toBe('no');
  });

  test('a run below 20 × (4 L + 100) cycles says nothing', () => {
    const cell = { latency: 64, outstanding: 64, stall: 0 };
    const work = { beats: 7_100, bursts: 3_550 };
    expect(judge(cell, work, 7_119)).toBe('short');
    expect(judge(cell, work, 7_120)).toBe('yes');
    expect(beatsNeeded([32, 64])).toBe(7_120);
    expect(beatsNeeded([200, 32])).toBe(18_000);
  });

  test('with stalls: 0.85 where latency does not bind, nothing added', () => {
    const cell = { latency: 32, outstanding: 64, stall: 0.1 };
    const work = { beats: 17_000, bursts: 8_500 };
    expect(judge(cell, work, 19_999)).toBe('yes');
    expect(judge(cell, work, 20_001)).toBe('no');
  });

  test('with stalls where latency binds: the inequality, never above 0.85', () => {
    const work = { beats: 17_000, bursts: 8_500 };
    // Bound 64 / 66 = 0.97, of which 95 % are 0.92: 17,000 / 0.85 + 356.
    const nearly = { latency: 64, outstanding: 32, stall: 0.1 };
    expect(judge(nearly, work, 20_356)).toBe('yes');
    expect(judge(nearly, work, 20_357)).toBe('no');
    // Bound 32 / 66: 17,000 × 66 / (0.95 × 32) + 356 = 37,263.9.
    const bound = { latency: 64, outstanding: 16, stall: 0.1 };
    expect(judge(bound, work, 37_263)).toBe('yes');
    expect(judge(bound, work, 37_264)).toBe('no');
  });
});

test('medians', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2);
  expect(median([7])).toBe(7);
});
