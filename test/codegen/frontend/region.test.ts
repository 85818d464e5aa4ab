import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileKernel } from '../../../codegen/index.ts';
import { checkKernel } from '../../fuzz/check-kernel.ts';

/** Arrays of streams, memories and processes: `fixtures/lanes.ts` uses each of them. */
const file = join(import.meta.dirname, '..', 'fixtures', 'lanes.ts');
const names = (list: readonly { readonly name: string }[]) => list.map((one) => one.name);

describe('a dataflow region with arrays', () => {
  it('names streams and processes after the source and the turn of the loop', async () => {
    const { ir } = await compileKernel(file, { lanes: 2, stages: 2 });
    expect(names(ir.streams)).toEqual(
      'sums_0 sums_1 lanes_0_results lanes_1_results repeated_0 stages_0_0 stages_0_1 repeated_1 stages_1_0 stages_1_1'.split(
        ' ',
      ),
    );
    expect(names(ir.processes)).toEqual(
      'ask_0 halve_0 ask_1 halve_1 addOne_0_0 addOne_0_1 twice_0 addOne_1_0 addOne_1_1 twice_1 others put_0 confirm_0 put_1 confirm_1'.split(
        ' ',
      ),
    );
  });

  it('gives each of several memories a port and a register of its own', async () => {
    const { manifest } = await compileKernel(file, { lanes: 2 });
    expect(names(manifest.arguments)).toEqual([
      'inputs_0',
      'inputs_1',
      'outputs_0',
      'outputs_1',
      'beats',
    ]);
    const one = await compileKernel(file, { lanes: 1 });
    expect(names(one.manifest.arguments)).toEqual(['inputs_0', 'outputs_0', 'beats']);
  });

  it('is refused where the kernel refuses the combination of its parameters', async () => {
    await expect(compileKernel(file, { lanes: 1, stages: 3 })).rejects.toMatchObject({
      code: 'PARAMETER_COMBINATION',
      message: 'lanes is not built with these parameters: one lane has no room for 3 stages',
    });
  });

  it('means the same everywhere', { timeout: 300_000 }, async () => {
    const runs = [
      { seed: 1, size: 9, stall: 0, latency: 64, outstanding: 64 },
      { seed: 2, size: 30, stall: 0.4, latency: 3, outstanding: 64 },
      { seed: 3, size: 0, stall: 0, latency: 64, outstanding: 64 },
    ];
    const targets = ['passes', 'hls', 'verilator', 'icarus'] as const;
    expect(await checkKernel(file, runs, targets, { slowRuns: 3 })).toEqual([]);
  });
});
