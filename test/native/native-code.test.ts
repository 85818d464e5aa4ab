import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { loadKernelModule, seededRandom } from '../../codegen/index.ts';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { compareRuns, runOn } from '../../host/cosim/compare-runs.ts';
import { encodeWorkload } from '../../host/cosim/encode-workload.ts';
import { buildKernel } from '../../host/device/build-kernel.ts';
import type { BuiltKernel } from '../../host/device/built-kernel.ts';
import type { Device } from '../../host/device/device.ts';
import { compileKernel, kernelSource } from '../../host/device/library/kernel-source.ts';
import { LibraryDevice } from '../../host/device/library/library-device.ts';
import { openDevice } from '../../host/device/open-device.ts';

/** Kernels that make every target wait, fail and print. */
const kernels = join(import.meta.dirname, '../opencl/kernels');

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
  return (error as TilewrightError).code;
}

async function expectGolden(kernel: BuiltKernel, device: Device, sizes: readonly number[]) {
  await using golden = await openDevice('golden');
  for (const size of sizes) {
    const work = await workload(kernel, size, size);
    const runs = [await runOn(golden, kernel, work), await runOn(device, kernel, work)];
    expect(compareRuns(work, runs).firstDifferences).toEqual([]);
    expect(runs[1].report.log).toEqual(runs[0].report.log);
  }
}

/** The device `native` on a processor that has nothing beyond what every one of this kind has. */
function plainDevice(): LibraryDevice {
  const build = async (built: BuiltKernel) => {
    const { path, text } = await kernelSource(built, 'cpu', 'C++ for processors');
    return compileKernel(path, {
      name: 'native-plain',
      files: { [basename(path)]: text },
      flags: ['-Wno-psabi', '-Wno-unused-label'],
      optimisation: ['-O1'],
    });
  };
  return new LibraryDevice({ name: 'plain', threads: 1, inParts: false, build });
}

test('what a kernel prints is whole and in the order of golden; a fault leaves nothing behind', async () => {
  const kernel = await buildKernel(join(kernels, 'names.ts'));
  await using native = await openDevice('native', { quick: true });
  await expectGolden(kernel, native, [0, 1, 300]);
  const loaded = await native.load(kernel);
  using slices = native.allocate(128);
  using report = native.allocate(128);
  const args = { slices, report, item: 2, clamp: 3 };
  expect(await codeOf(loaded.run({ ...args, item: 3 }))).toBe('OUT_OF_RANGE');
  slices.write(new Uint8Array(new Uint32Array([1, 666]).buffer), 64);
  const failing = loaded.run(args);
  expect(await codeOf(failing)).toBe('ASSERTION');
  await expect(failing).rejects.toThrow('assertion failed: word 666 of beat 1');
  await expectGolden(kernel, native, [5]);
});

test('a deadlock ends with who waits for whom', async () => {
  const kernel = await buildKernel(join(kernels, 'crossed.ts'));
  await using native = await openDevice('native', { quick: true });
  const loaded = await native.load(kernel);
  using output = native.allocate(64);
  await loaded.run({ output, count: 16 });
  const total = new Uint32Array(16);
  output.read(new Uint8Array(total.buffer));
  expect(total[15]).toBe(240);
  const failing = loaded.run({ output, count: 5000 });
  expect(await codeOf(failing)).toBe('DEADLOCK');
  await expect(failing).rejects.toThrow(/produce waits for stream first, which is full/);
  await expect(failing).rejects.toThrow(/consume waits for stream second, which is empty/);
});

test('lanes in every form are the same with AVX2 and without', async () => {
  const kernel = await buildKernel(join(import.meta.dirname, 'kernels/lane-forms.ts'));
  await using native = await openDevice('native', { quick: true });
  await expectGolden(kernel, native, [0, 1, 150]);
  await using plain = plainDevice();
  await expectGolden(kernel, plain, [150]);
});

test('a processor without AVX2 gives the same', async () => {
  const kernel = await buildKernel('sample_aggregate', { fanout: 20, featurePorts: 2 });
  await using plain = plainDevice();
  await expectGolden(kernel, plain, [1, 17, 90]);
});

test('turns that are alike are done together, and give what each gives alone', async () => {
  const kernel = await buildKernel(join(import.meta.dirname, 'kernels', 'countdown.ts'));
  await using native = await openDevice('native', { quick: true });
  await expectGolden(kernel, native, [0, 1, 2, 3, 40, 150]);
  // A place outside the words, in the middle of a row.
  const work = await workload(kernel, 3);
  const lengths = work.buffers.get('lengths') as Uint8Array;
  new Uint32Array(lengths.buffer, lengths.byteOffset).set([60, 1, 1200]);
  await using golden = await openDevice('golden');
  for (const device of [golden, native]) {
    await expect(runOn(device, kernel, work)).rejects.toThrow(
      /request for 3 beats at beat 1299 leaves the buffer|1299/,
    );
  }
});
