import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { compileKernel, loadKernelModule, seededRandom } from '../../codegen/index.ts';
import type { Expr, KernelIR } from '../../codegen/ir/ir.ts';
import { mapKernelExpressions } from '../../codegen/ir/rewrite.ts';
import { encodeWorkload } from '../../host/cosim/encode-workload.ts';
import { checkPasses, type GoldenRun, interpret, type Step } from './check-passes.ts';

const gain = join(import.meta.dirname, '../codegen/golden/gain.ts');
const steps: Step[] = [];
const golden: GoldenRun[] = [];

beforeAll(async () => {
  const { manifest } = await compileKernel(
    gain,
    {},
    { onPass: (name, ir) => steps.push({ name, ir }) },
  );
  const { definition } = await loadKernelModule(gain);
  for (const seed of [1, 2]) {
    const run = { seed, size: 4, latency: 1, stall: 0, outstanding: 1 };
    const workload = encodeWorkload(manifest, definition.workload({}, seededRandom(seed), 4));
    golden.push({ run, workload, results: interpret(steps[0].ir, workload) });
  }
});

/** As if the pass of this name, and with it all behind it, had this fault. */
function planted(name: string, fault: (kernel: KernelIR) => KernelIR): Step[] {
  const at = steps.findIndex((step) => step.name === name);
  expect(at).toBeGreaterThan(0);
  return steps.map((step, index) => (index < at ? step : { ...step, ir: fault(step.ir) }));
}

const swapped = (kernel: KernelIR) =>
  mapKernelExpressions(kernel, (expr: Expr) =>
    expr.op === 'saturate' ? { ...expr, op: 'cast' } : expr,
  );

test('the passes of the compiler agree', () => {
  expect(checkPasses(steps, golden)).toEqual([]);
});

test.each(['unroll-loops', 'narrow-widths', 'split-reductions'])(
  'a fault of %s is found',
  (name) => {
    const [finding] = checkPasses(planted(name, swapped), golden);
    expect(finding).toMatchObject({ target: 'passes', kind: 'mismatch', where: name });
    expect(finding.text).toMatch(/^output\[\d+\] is -?\d+, golden -?\d+$/);
  },
);

test('a fault that shows in a later run only is found, with the pass that made it', () => {
  const [first, second] = golden;
  // The first run's input is all zeros: no product overflows.
  const bytes = new Uint8Array(first.workload.buffers.get('input')?.length ?? 0);
  const workload = {
    ...first.workload,
    buffers: new Map([...first.workload.buffers, ['input', bytes]]),
  };
  const harmless = { ...first, workload, results: interpret(steps[0].ir, workload) };
  const wrong = planted('strength-reduction', swapped);
  expect(checkPasses(wrong, [harmless])).toEqual([]);
  expect(checkPasses(wrong, [harmless, second])).toMatchObject([
    { where: 'strength-reduction', run: second.run },
  ]);
});

test('a kernel that the verifier does not take is the fault of the pass before', () => {
  const nameless = (kernel: KernelIR) => ({ ...kernel, streams: [] });
  expect(checkPasses(planted('dead-code', nameless), golden)).toMatchObject([
    { target: 'passes', kind: 'error', where: 'dead-code' },
  ]);
});
