import { expect } from 'vitest';

/** How likely a right sampler is to look like what was drawn, or stranger. */
export interface Evidence {
  readonly name: string;
  /** 0 for what a right sampler never does. */
  readonly p: number;
}

/**
 * The chance that a right sampler would have failed any test of this folder, for keys drawn at random. (They
 * are fixed, so a verdict does not change from run to run.)
 */
export const familyWise = 1e-4;

/** The tests in which the folder's files share the error, each its part: Bonferroni's correction. */
const shares = {
  neighbor_sample: 490,
  weighted_sample: 80,
  temporal_sample: 170,
  sample_aggregate: 30,
} as const;
const tests = Object.values(shares).reduce((sum, share) => sum + share, 0);

/** What a single test must go below to count against a sampler: 1.3e-7. */
export const level = familyWise / tests;

/** The evidence against a sampler. */
export function against(evidence: readonly Evidence[]): readonly Evidence[] {
  return evidence.filter(({ p }) => !(p >= level));
}

/** Expects that nothing speaks against a sampler, and that the file keeps to its share of the error. */
export function expectRight(kernel: keyof typeof shares, evidence: readonly Evidence[]): void {
  expect(against(evidence)).toEqual([]);
  expect(evidence.length).toBeGreaterThan(0);
  expect(evidence.length).toBeLessThanOrEqual(shares[kernel]);
  expect(new Set(evidence.map(({ name }) => name)).size).toBe(evidence.length);
}

/** Evidence of what is never so with a right sampler, whatever it draws. */
export function never(name: string, happened: boolean): Evidence {
  return { name, p: happened ? 0 : 1 };
}
