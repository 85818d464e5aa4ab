import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileKernel, loadKernelModule, seededRandom } from '../../codegen/index.ts';
import { runKernelIr } from '../../codegen/ir/run-kernel-ir.ts';
import { runOn } from '../../host/cosim/compare-runs.ts';
import { encodeWorkload } from '../../host/cosim/encode-workload.ts';
import { buildKernel } from '../../host/device/build-kernel.ts';
import { openDevice } from '../../host/device/open-device.ts';
import { expectEqualEverywhere, randomRuns } from './random-runs.ts';

/**
 * The example kernels: every file in examples/kernels is found here, and is the same on all four targets
 * over 200 random workloads. They and the built-in kernels reach the initiation intervals that their
 * loops ask for, in the schedule and on the clock.
 */
const root = join(import.meta.dirname, '../..');
const filesOf = (folder: string) =>
  readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${folder}/${file}`);
const examples = filesOf('examples/kernels');
const workloads = 200;
/** Cycles of a run that are no iteration: the memory's round trips (latency 20), pipelines, the host. */
const overhead = 300;
/** Iterations of a run long enough that a second cycle an iteration would stand out. */
const longRun = 1500;

describe.each(examples)('%s', (path) => {
  const file = join(root, path);
  it(`golden = hls = native = Verilator = Icarus, ${workloads} random workloads`, async () => {
    const kernel = await buildKernel(file);
    // Mostly a few beats, so that the slowest simulator runs as many workloads as the others.
    const small = await randomRuns(kernel, {
      count: workloads - 10,
      firstSeed: 1,
      size: 34,
      latency: 20,
    });
    const large = await randomRuns(kernel, { count: 10, firstSeed: 1001, size: 150, latency: 90 });
    await expectEqualEverywhere(kernel, [...small, ...large]);
  }, 600_000);
});

describe.each([...examples, ...filesOf('kernels')])('%s', (path) => {
  const file = join(root, path);

  it('every pipelined loop reaches the II that it asks for', async () => {
    const { schedule } = await compileKernel(file);
    const loops = [...schedule].flatMap(([process, { blocks, ii }]) =>
      blocks.blocks.flatMap((block, at) =>
        block.ii === undefined
          ? []
          : [{ process, line: block.span.line, asked: block.ii, got: ii[at] }],
      ),
    );
    expect(loops.length).toBeGreaterThan(0);
    for (const loop of loops) expect(loop).toEqual({ ...loop, asked: 1, got: 1 });
  });

  it('a long run takes one cycle an iteration', async () => {
    const kernel = await buildKernel(file);
    const { ir } = await compileKernel(file);
    const { definition } = await loadKernelModule(file);
    for (let size = 64; ; size *= 2) {
      const drawn = definition.workload(kernel.manifest.parameters, seededRandom(7), size);
      const workload = encodeWorkload(kernel.manifest, drawn as Record<string, unknown>);
      const { loops } = runKernelIr(ir, {
        scalars: workload.scalars,
        memories: Object.fromEntries(workload.buffers),
      });
      const busy = new Map<string, number>();
      for (const { process, iterations } of loops) {
        busy.set(process, (busy.get(process) ?? 0) + iterations);
      }
      const iterations = Math.max(...busy.values());
      if (iterations < longRun) continue;
      await using sim = await openDevice('sim', {
        quick: true,
        memory: { latency: 20, outstanding: 64, stall: 0, seed: 1 },
      });
      const { report } = await runOn(sim, kernel, workload);
      expect(report.cycles).toBeGreaterThanOrEqual(iterations);
      expect(report.cycles).toBeLessThanOrEqual(iterations + overhead);
      return;
    }
  }, 600_000);
});
