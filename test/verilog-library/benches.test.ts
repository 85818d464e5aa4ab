import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bench, RunBench } from './library.ts';
import { buildIcarus, buildVerilator, filesUnderTest } from './library.ts';

const folder = mkdtempSync(join(tmpdir(), 'tilewright-library-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const benches: readonly Bench[] = ['fifo', 'ram', 'read', 'write', 'control'];
let icarus: RunBench;
let verilator: RunBench;

beforeAll(async () => {
  const files = await filesUnderTest();
  icarus = await buildIcarus(join(folder, 'icarus'), files);
  verilator = await buildVerilator(join(folder, 'verilator'), files);
});

describe('random traffic', () => {
  for (const bench of benches) {
    test(`${bench}: ten seeds in Verilator, from random initial values`, async () => {
      for (let seed = 1; seed <= 10; seed++) {
        expect(await verilator(bench, seed), `seed ${seed}`).toMatch(/^PASS/);
      }
    });

    test(`${bench}: Icarus ends with the same counts as Verilator`, async () => {
      const verdict = await icarus(bench, 1);
      expect(verdict).toMatch(/^PASS/);
      expect(verdict).toBe(await verilator(bench, 1));
    });
  }
});
