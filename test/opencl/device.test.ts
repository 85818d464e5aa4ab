import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadKernelModule, seededRandom } from '../../codegen/index.ts';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { compareRuns, runOn } from '../../host/cosim/compare-runs.ts';
import { encodeWorkload } from '../../host/cosim/encode-workload.ts';
import { buildKernel } from '../../host/device/build-kernel.ts';
import type { BuiltKernel } from '../../host/device/built-kernel.ts';
import { openDevice } from '../../host/device/open-device.ts';
import { rowSlices } from '../../host/device/opencl/row-slices.ts';
import { liveHandles } from '../../host/ffi/native-handle.ts';

const names = join(import.meta.dirname, 'kernels/names.ts');

async function workload(kernel: BuiltKernel, size: number, seed = 1) {
  const { definition } = await loadKernelModule(kernel.sourceFile);
  const drawn = definition.workload(kernel.manifest.parameters, seededRandom(seed), size);
  return encodeWorkload(kernel.manifest, drawn as Record<string, unknown>);
}

async function codeOf(run: Promise<unknown>): Promise<string> {
  const error = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(TilewrightError);
  expect((error as TilewrightError).hint).toBeDefined();
  return (error as TilewrightError).code;
}

test("a kernel may use OpenCL's names; a long log is whole and in golden's order", async () => {
  const kernel = await buildKernel(names);
  await using golden = await openDevice('golden');
  await using opencl = await openDevice('opencl', { quick: true });
  for (const size of [0, 1, 300]) {
    const work = await workload(kernel, size);
    const runs = [await runOn(golden, kernel, work), await runOn(opencl, kernel, work)];
    expect(compareRuns(work, runs).firstDifferences).toEqual([]);
    expect(runs[1].report.log).toEqual(runs[0].report.log);
    expect(runs[1].report.log).toHaveLength(2 * size);
  }
});

describe('faults', () => {
  test('are errors with a code and a way out, and the next run is right', async () => {
    const kernel = await buildKernel(names);
    const before = liveHandles();
    await using golden = await openDevice('golden');
    {
      await using opencl = await openDevice('opencl', { quick: true });
      const loaded = await opencl.load(kernel);
      using slices = opencl.allocate(128);
      using report = opencl.allocate(128);
      using foreign = golden.allocate(128);
      const args = { slices, report, item: 2, clamp: 3 };
      expect(await codeOf(loaded.run({ ...args, item: 3 }))).toBe('OUT_OF_RANGE');
      slices.write(new Uint8Array(new Uint32Array([1, 666]).buffer), 64);
      const failing = loaded.run(args);
      expect(await codeOf(failing)).toBe('ASSERTION');
      await expect(failing).rejects.toThrow('assertion failed: word 666 of beat 1');
      slices.write(new Uint8Array(64), 64);
      expect(await codeOf(loaded.run({ ...args, slices: foreign }))).toBe('KERNEL_ARGUMENT');
      expect(await codeOf(loaded.run({ ...args, clamp: 256 }))).toBe('KERNEL_ARGUMENT');
      expect(await codeOf(loaded.run({ ...args, item: 0.5 }))).toBe('KERNEL_ARGUMENT');
      expect(await codeOf(loaded.run({ ...args, more: 1 }))).toBe('KERNEL_ARGUMENT');
      expect(await codeOf(loaded.run({ slices, report, item: 2 }))).toBe('KERNEL_ARGUMENT');
      const signal = AbortSignal.abort();
      expect(await codeOf(loaded.run(args, { signal }))).toBe('ABORTED');
      expect(() => opencl.allocate(2 ** 46)).toThrow(/no memory for a buffer/);
      expect(() => opencl.allocate(100)).toThrow(/cannot have 100 bytes/);
      const work = await workload(kernel, 5, 9);
      const runs = [await runOn(golden, kernel, work), await runOn(opencl, kernel, work)];
      expect(compareRuns(work, runs).firstDifferences).toEqual([]);
    }
    expect(liveHandles()).toEqual(before);
  });

  test('a deadlock ends with who waits for whom', async () => {
    const kernel = await buildKernel(join(import.meta.dirname, 'kernels/crossed.ts'));
    await using opencl = await openDevice('opencl', { quick: true });
    const loaded = await opencl.load(kernel);
    using output = opencl.allocate(64);
    await loaded.run({ output, count: 16 });
    const total = new Uint32Array(16);
    output.read(new Uint8Array(total.buffer));
    expect(total[15]).toBe(240);
    const failing = loaded.run({ output, count: 5000 });
    expect(await codeOf(failing)).toBe('DEADLOCK');
    await expect(failing).rejects.toThrow(/produce waits for stream first, which is full/);
    await expect(failing).rejects.toThrow(/consume waits for stream second, which is empty/);
  });

  test('a device that is not there', async () => {
    expect(await codeOf(openDevice('opencl', { openclDevice: 'no such platform' }))).toBe(
      'OPENCL_NO_DEVICE',
    );
  });
});

describe('rows that are independent', () => {
  test.each([
    ['sample_aggregate', { fanout: 20, partial: 1, featurePorts: 2 }],
    ['temporal_sample', { fanout: 20 }],
    ['gcn_aggregate', { fanout: 10 }],
    ['tile_sample', {}],
  ] as const)('%s: seven work-items give what one does', async (name, parameters) => {
    const kernel = await buildKernel(name, parameters);
    expect(kernel.manifest.rows).toBeDefined();
    await using golden = await openDevice('golden');
    await using opencl = await openDevice('opencl', { quick: true, openclItems: 7 });
    for (const size of [1, 17, 150]) {
      const work = await workload(kernel, size, size);
      const runs = [await runOn(golden, kernel, work), await runOn(opencl, kernel, work)];
      expect(compareRuns(work, runs).firstDifferences).toEqual([]);
    }
  });

  test('are cut at whole beats of every memory', async () => {
    const { manifest } = await buildKernel('neighbor_sample');
    const values = manifest.arguments.map((one) =>
      one.kind === 'memory' ? { beats: 1000 } : one.name === 'count' ? 40n : 5n,
    );
    // 16 seeds a beat: 40 rows are three parts of 16, 16 and 8.
    const slices = rowSlices(manifest, values, 8);
    expect(slices?.items).toBe(3);
    const words = (slices?.words.length ?? 0) / 3;
    const part = (item: number) =>
      [...(slices?.words ?? [])].slice(item * words, (item + 1) * words);
    expect(part(2).slice(0, 4)).toEqual([128n, 998n, 0n, 1000n]);
    expect(part(2).slice(8)).toEqual([8n, 5n, 5n]);
    expect(rowSlices(manifest, values, 1)).toBeUndefined();
    const { rows: _, ...dependent } = manifest;
    expect(rowSlices(dependent, values, 8)).toBeUndefined();
  });
});
