import { expect, test } from 'vitest';
import { RecentRate } from './recent-rate.ts';
import { progressLine } from './report.ts';

test('the rate is that of the last minutes', () => {
  const recent = new RecentRate();
  expect(recent.perHour()).toBe(0);
  recent.add(60, 100);
  expect(recent.perHour()).toBeCloseTo(6000);
  // Ten slow minutes, and the quick one is forgotten.
  for (let seconds = 120; seconds <= 660; seconds += 60) {
    recent.add(seconds, 100 + (seconds - 60) / 6);
  }
  expect(recent.perHour()).toBeCloseTo(600);
});

test('a line of progress tells what is done, how fast, what fails and what is left', () => {
  const line = progressLine({ programs: 0, crashes: [] }, 100, 0);
  expect(line).toBe('0 of 100 programs, 0 an hour, 0 failing');
  const later = progressLine({ programs: 40, crashes: [] }, 100, 1200);
  expect(later).toBe('40 of 100 programs, 1200 an hour, 0 failing, 3 min left');
});
