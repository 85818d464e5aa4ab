import { describe, expect, test } from 'vitest';
import { acceptedStatements } from './random/accepted-statements.ts';
import { compareModels, writeKernel } from './random/compare-models.ts';
import { expressionKernel } from './random/random-expressions.ts';

// TypeScript defines the meaning; the IR, the C++ and the Verilog must give the same words.
const plain = { seed: 1, size: 40 };
const stalled = { seed: 2, size: 10, stall: 0.2, latency: 7 };

/** Differences as lines that name the statement. */
async function differences(seed: number, count: number, devices: readonly string[]) {
  const { statements, refused } = await acceptedStatements(seed, count);
  // Most are legal, and an illegal one is refused with a reason about its values.
  expect(statements.length).toBeGreaterThan(count / 2);
  for (const code of refused.keys()) expect(code).toMatch(/^(TW1001|TW2\d{3}|TS28\d\d)$/);
  const file = writeKernel('random_expressions', expressionKernel(seed, statements));
  const found = await compareModels(file, [plain, stalled], devices);
  const results = statements.flatMap((one) => one.results.map(() => one.text));
  const rowWords = Math.ceil((results.length * 2) / 16) * 16;
  return found.slice(0, 5).map((line) => {
    const word = Number(/output\[(\d+)\]/.exec(line)?.[1] ?? 0);
    return `${line}: ${results[Math.floor((word % rowWords) / 2)]}`;
  });
}

describe('random expressions mean the same everywhere', () => {
  test('golden, IR, C++ and Verilog', { timeout: 300_000 }, async () => {
    expect(await differences(1, 100, ['native', 'sim'])).toEqual([]);
  });

  test('golden and IR', { timeout: 300_000 }, async () => {
    expect(await differences(2, 150, [])).toEqual([]);
  });
});
