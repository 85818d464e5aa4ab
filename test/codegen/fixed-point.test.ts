import { describe, expect, test } from 'vitest';
import { compileKernelModule } from '../../codegen/frontend/compile-kernel.ts';
import { loadKernelModule } from '../../codegen/frontend/load-module.ts';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { compareModels, writeKernel } from './random/compare-models.ts';
import { type FixedProgram, randomFixed } from './random/random-fixed.ts';

// TypeScript defines the meaning; the IR, the C++ and the Verilog must give the same words.

/** The statements that the front end accepts: it must have a reason about values to refuse one. */
async function accepted({ statements, source }: FixedProgram): Promise<readonly string[]> {
  let kept = statements;
  for (let round = 0; round < 4; round++) {
    const text = source(kept);
    try {
      compileKernelModule(await loadKernelModule(writeKernel('random_fixed', text)), {});
      return kept;
    } catch (error) {
      if (!(error instanceof TilewrightError)) throw error;
      const lines = text.split('\n');
      const wrong = new Set<string>();
      for (const [all, line, code] of error.message.matchAll(/:(\d+):\d+: error (\w+):.*/g)) {
        expect(code, all).toMatch(/^(TW2002|TW2101|TS2367)$/);
        wrong.add(lines[Number(line) - 1].trim());
      }
      const left = kept.filter((one) => !wrong.has(one));
      // Something else is wrong than a statement: that is for a person to see.
      if (left.length === kept.length) throw error;
      kept = left;
    }
  }
  throw new Error('no end of refused statements');
}

async function differences(seed: number, count: number, devices: readonly string[]) {
  const program = randomFixed(seed, count);
  const kept = await accepted(program);
  expect(kept.length).toBeGreaterThan(count / 2);
  const file = writeKernel('random_fixed', program.source(kept));
  const rowWords = Math.ceil(kept.length / 8) * 16;
  const runs = [
    { seed: 1, size: 60 },
    { seed: 2, size: 12, stall: 0.2, latency: 7 },
  ];
  const found = await compareModels(file, runs, devices);
  return found.slice(0, 5).map((line) => {
    const word = Number(/output\[(\d+)\]/.exec(line)?.[1] ?? 0);
    return `${line}: ${kept[Math.floor((word % rowWords) / 2)]}`;
  });
}

describe('random fixed point means the same everywhere', () => {
  test.each([1, 2, 3, 4])('golden and IR, seed %i', { timeout: 300_000 }, async (seed) => {
    expect(await differences(seed, 120, [])).toEqual([]);
  });

  test('golden, IR, C++, Verilator and Icarus', { timeout: 600_000 }, async () => {
    expect(await differences(5, 64, ['native', 'sim', 'icarus'])).toEqual([]);
  });
});
