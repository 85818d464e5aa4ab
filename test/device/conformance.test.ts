import { afterAll, describe, expect, it } from 'vitest';
import { loadKernelModule, seededRandom } from '../../codegen/index.ts';
import { runOn } from '../../host/cosim/compare-runs.ts';
import { type EncodedWorkload, encodeWorkload } from '../../host/cosim/encode-workload.ts';
import { buildKernel } from '../../host/device/build-kernel.ts';
import type { BuiltKernel } from '../../host/device/built-kernel.ts';
import type { Device } from '../../host/device/device.ts';
import { deviceNames, openDevice } from '../../host/device/open-device.ts';

/** What every back end of `Device` has to do, whatever it is made of. */
const kernelNames = ['mean_aggregate', 'neighbor_sample'];

async function workloadOf(kernel: BuiltKernel, seed: number, size: number) {
  const { definition } = await loadKernelModule(kernel.sourceFile);
  const drawn = definition.workload(kernel.manifest.parameters, seededRandom(seed), size);
  return encodeWorkload(kernel.manifest, drawn as Record<string, unknown>);
}

const kernels = new Map<string, BuiltKernel>();
async function kernelOf(name: string): Promise<BuiltKernel> {
  const kernel = kernels.get(name) ?? (await buildKernel(name));
  kernels.set(name, kernel);
  return kernel;
}

async function expected(kernel: BuiltKernel, workload: EncodedWorkload) {
  await using golden = await openDevice('golden');
  return (await runOn(golden, kernel, workload)).outputs;
}

describe.each(deviceNames)('the device %s', (name) => {
  let opened: Promise<Device> | undefined;
  const device = () => {
    opened ??= openDevice(name, { quick: true });
    return opened;
  };
  afterAll(async () => (await opened)?.close());

  it('has its name', async () => {
    expect((await device()).name).toBe(name);
  });

  it('gives what golden gives, for two kernels side by side and one run after another', async () => {
    const loaded = kernelNames.map(async (kernel) => (await device()).load(await kernelOf(kernel)));
    for (const seed of [1, 2, 3]) {
      for (const [at, kernelName] of kernelNames.entries()) {
        const kernel = await kernelOf(kernelName);
        const workload = await workloadOf(kernel, seed, 20 + 10 * seed);
        const { outputs } = await runOn(await device(), kernel, workload, {}, loaded[at]);
        expect(outputs).toEqual(await expected(kernel, workload));
      }
    }
  });

  it('keeps what a buffer held where a kernel writes nothing, and what was written in parts', async () => {
    const kernel = await kernelOf('mean_aggregate');
    const workload = await workloadOf(kernel, 4, 8);
    const loaded = await (await device()).load(kernel);
    const buffers = new Map(
      [...workload.buffers].map(([memory, bytes]) => [memory, { bytes, room: bytes.length + 256 }]),
    );
    const args = Object.fromEntries(
      await Promise.all(
        [...buffers].map(async ([memory, { bytes, room }]) => {
          const buffer = (await device()).allocate(room);
          buffer.write(new Uint8Array(room).fill(0xa5));
          for (let at = 0; at < bytes.length; at += 64) {
            buffer.write(bytes.subarray(at, at + 64), at);
          }
          return [memory, buffer] as const;
        }),
      ),
    );
    await loaded.run({ ...workload.scalars, ...args });
    const want = await expected(kernel, workload);
    for (const [memory, { bytes }] of buffers) {
      const now = new Uint8Array(bytes.length);
      args[memory].read(now);
      expect(now).toEqual(want.get(memory) ?? bytes);
      const behind = new Uint8Array(256);
      args[memory].read(behind, bytes.length);
      expect(behind).toEqual(new Uint8Array(256).fill(0xa5));
      args[memory].release();
    }
  });

  it('refuses a wrong count or kind of arguments, and goes on', async () => {
    const kernel = await kernelOf('mean_aggregate');
    const loaded = await (await device()).load(kernel);
    const workload = await workloadOf(kernel, 5, 8);
    using buffer = (await device()).allocate(64);
    await using other = await openDevice(name === 'golden' ? 'native' : 'golden');
    using foreign = other.allocate(64);
    const { memories, scalars } = {
      memories: Object.fromEntries([...workload.buffers.keys()].map((one) => [one, buffer])),
      scalars: workload.scalars,
    };
    const [memory = ''] = Object.keys(memories);
    const [scalar = ''] = Object.keys(scalars);
    const right = { ...memories, ...scalars };
    const wrong = {
      'none at all': {},
      'one too few': memories,
      'one too many': { ...right, surplus: 1 },
      'a number for a buffer': { ...right, [memory]: 7 },
      'a buffer for a number': { ...right, [scalar]: buffer },
      'a number that does not fit': { ...right, [scalar]: 2 ** 40 },
      "another device's buffer": { ...right, [memory]: foreign },
    };
    for (const [what, args] of Object.entries(wrong)) {
      await expect(loaded.run(args), what).rejects.toMatchObject({ name: 'TilewrightError' });
    }
    await expect(loaded.run({ ...right, [scalar]: 1.5 })).rejects.toThrow(
      /argument '\w+' must be an integer \(\w+\), and is 1.5/,
    );
    for (const name of [memory, scalar]) {
      const { [name]: _, ...others } = right;
      await expect(loaded.run(others)).rejects.toThrow(`argument '${name}' is missing`);
    }
    const { outputs } = await runOn(await device(), kernel, workload);
    expect(outputs).toEqual(await expected(kernel, workload));
  });

  it('refuses sizes, ranges and uses that a buffer cannot have', async () => {
    const one = await device();
    for (const bytes of [0, -64, 63, 1.5]) {
      expect(() => one.allocate(bytes)).toThrow(expect.objectContaining({ code: 'BUFFER_SIZE' }));
    }
    const buffer = one.allocate(128);
    expect(() => buffer.write(new Uint8Array(64), 65)).toThrow(/64 bytes at 65 of a buffer of 128/);
    // Their elements would become a byte each, or nothing at all.
    for (const [array, named] of [
      [new Int16Array(64), 'an Int16Array'],
      [new ArrayBuffer(64), 'an ArrayBuffer'],
      [[1, 2, 300], 'an Array'],
      ['text', 'a string'],
      [undefined, 'undefined'],
      [null, 'null'],
    ] as const) {
      const told = { code: 'BUFFER_BYTES', message: expect.stringContaining(`not ${named}`) };
      expect(() => buffer.write(array as never)).toThrow(expect.objectContaining(told));
      expect(() => buffer.read(array as never)).toThrow(expect.objectContaining(told));
    }
    expect(() => buffer.read(new Uint8Array(129))).toThrow(/of a buffer of 128 bytes/);
    buffer.release();
    buffer.release();
    expect(() => buffer.read(new Uint8Array(1))).toThrow(
      expect.objectContaining({ code: 'BUFFER_RELEASED' }),
    );
  });

  it('does not start a run whose signal is aborted', async () => {
    const kernel = await kernelOf('mean_aggregate');
    const workload = await workloadOf(kernel, 6, 8);
    const signal = AbortSignal.abort();
    await expect(runOn(await device(), kernel, workload, { signal })).rejects.toThrow();
  });

  it('refuses what is no object of arguments, what is no buffer, and all that comes after its end', async () => {
    const own = await openDevice(name, { quick: true });
    const kernel = await kernelOf('mean_aggregate');
    const loaded = await own.load(kernel);
    for (const nothing of [null, undefined, 7]) {
      await expect(loaded.run(nothing as never)).rejects.toMatchObject({
        code: 'KERNEL_ARGUMENT',
        message: 'mean_aggregate: its arguments must be an object, each by its name',
      });
    }
    const rest = { features: own.allocate(64), means: own.allocate(64), rows: 0 };
    for (const ids of [null, {}]) {
      await expect(loaded.run({ ...rest, ids } as never)).rejects.toMatchObject({
        code: 'KERNEL_ARGUMENT',
        message: "mean_aggregate: argument 'ids' must be a buffer",
      });
    }
    await own.close();
    const closed = { code: 'DEVICE_CLOSED', message: `the device ${name} is closed` };
    expect(() => own.allocate(64)).toThrow(expect.objectContaining(closed));
    await expect(own.load(kernel)).rejects.toMatchObject(closed);
    // Once more is no fault.
    await own.close();
  });
});
