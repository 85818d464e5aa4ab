import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import type { KernelArguments } from '../../host/device/device.ts';
import type { LibraryDevice } from '../../host/device/library/library-device.ts';
import { partRows } from '../../host/device/library/part-rows.ts';
import { openDevice } from '../../host/device/open-device.ts';
import { liveHandles } from '../../host/ffi/native-handle.ts';
import { jitiCli } from '../support/jiti.ts';
import { countedRows, countingDevice, mode, sumWords, valueWords } from './counted-rows.ts';

const rows = 3000;

/** Buffers of rows whose words differ; some rows do something besides. */
function workload(device: LibraryDevice, modes: Readonly<Record<number, number>> = {}) {
  const words = Uint32Array.from({ length: rows * valueWords }, (_, at) =>
    at % valueWords === 0 ? 0 : (at * 2654435761) >>> 3,
  );
  for (const [row, what] of Object.entries(modes)) words[Number(row) * valueWords] = what;
  const values = device.allocate(words.byteLength);
  values.write(new Uint8Array(words.buffer));
  const sums = device.allocate(4 * rows * sumWords);
  const found = () => {
    const out = new Uint32Array(rows * sumWords);
    sums.read(new Uint8Array(out.buffer));
    return out;
  };
  return { args: { values, sums, rows } satisfies KernelArguments, found };
}

function everyRow(step: number, what: number): Record<number, number> {
  return Object.fromEntries(
    Array.from({ length: Math.ceil(rows / step) }, (_, at) => [at * step, what]),
  );
}

async function withThreads<T>(
  threads: number,
  work: (device: LibraryDevice, kernel: Awaited<ReturnType<LibraryDevice['load']>>) => Promise<T>,
): Promise<T> {
  const before = liveHandles();
  try {
    await using device = countingDevice(threads);
    return await work(device, await device.load(countedRows));
  } finally {
    expect(liveHandles()).toEqual(before);
  }
}

test.each([1, 2, 3])(
  '%i threads: the same words, lines in order, the error of the lowest row',
  async (threads) => {
    await withThreads(threads, async (device, kernel) => {
      const { args, found } = workload(device);
      await kernel.run(args);
      const asynchronous = found();
      args.sums.write(new Uint8Array(args.sums.bytes));
      kernel.runSync(args);
      expect(found()).toEqual(asynchronous);
      const whole = Uint32Array.from(
        { length: 2 },
        (_, at) => asynchronous[(rows - 1) * sumWords + at],
      );
      const given = new Uint32Array(valueWords);
      args.values.read(new Uint8Array(given.buffer), (rows - 1) * 4 * valueWords);
      const total = given.subarray(1).reduce((sum, word) => (sum + word) >>> 0, 0);
      expect([...whole]).toEqual([total, total + 1].map((word) => word >>> 0));

      const lines = workload(device, { 2900: mode.print, 5: mode.print, 700: mode.print });
      const log = ['row 5', 'row 700', 'row 2900'];
      expect((await kernel.run(lines.args)).log).toEqual(log);
      expect(kernel.runSync(lines.args).log).toEqual(log);

      const faults = workload(device, { 2900: mode.fail, 1300: mode.fail, 700: mode.print });
      const error = { code: 'ASSERTION', message: 'sum_rows: row 1300 fails' };
      await expect(kernel.run(faults.args)).rejects.toMatchObject(error);
      expect(() => kernel.runSync(faults.args)).toThrow(expect.objectContaining(error));
      const short = { ...args, sums: device.allocate(64 * 1500) };
      await expect(kernel.run(short)).rejects.toMatchObject({
        ...{ code: 'OUT_OF_RANGE', message: 'sum_rows: row 1500 is outside' },
      });
      expect((await kernel.run({ ...args, rows: 0 })).log).toEqual([]);
      kernel.runSync(args);
      expect(found()).toEqual(asynchronous);
    });
  },
);

test('each of three threads has its part of the rows', async () => {
  const told = async (threads: number) =>
    withThreads(threads, async (device, kernel) => {
      const { args, found } = workload(device, everyRow(250, mode.tellThread));
      await kernel.run(args);
      return new Set(found().filter((_, at) => at % (250 * sumWords) === 0)).size;
    });
  expect(await told(1)).toBe(1);
  expect(await told(3)).toBeGreaterThan(1);
  expect(await told(3)).toBeLessThan(4);
});

test('a signal ends a run between two parts', async () => {
  await withThreads(2, async (device, kernel) => {
    const { args, found } = workload(device, everyRow(10, mode.sleep));
    const controller = new AbortController();
    const running = kernel.run(args, { signal: controller.signal });
    setImmediate(() => controller.abort(new Error('enough')));
    await expect(running).rejects.toMatchObject({
      code: 'ABORTED',
      message: 'sum_rows was stopped before it was done',
      cause: { message: 'enough' },
    });
    expect(found().at(-1)).toBe(0);
    const next = workload(device);
    await kernel.run(next.args);
    expect(next.found().at(-1)).not.toBe(0);
  });
});

test('a run in this thread is refused while another is under way, and after the end', async () => {
  await withThreads(2, async (device, kernel) => {
    const { args, found } = workload(device, { 0: mode.sleep });
    const running = kernel.run(args);
    expect(() => kernel.runSync(args)).toThrow(expect.objectContaining({ code: 'DEVICE_BUSY' }));
    await running;
    kernel.runSync(args);
    expect(() => kernel.runSync({ ...args, rows: 2 ** 32 })).toThrow(/does not fit/);
    expect(() => kernel.runSync({ ...args, more: 1 })).toThrow(/there is no argument 'more'/);
    expect(() => kernel.runSync({ sums: args.sums, rows })).toThrow(/'values' is missing/);
    expect(() => kernel.runSync(Object.create(args))).toThrow(/'values' is missing/);
    kernel.runSync({ ...args, sums: device.allocate(4 * rows * sumWords) });
    args.values.release();
    expect(() => kernel.runSync(args)).toThrow(
      expect.objectContaining({ code: 'BUFFER_RELEASED' }),
    );
    await expect(kernel.run(args)).rejects.toMatchObject({ code: 'BUFFER_RELEASED' });
    const other = workload(device);
    await device.close();
    expect(() => kernel.runSync(other.args)).toThrow(
      expect.objectContaining({ code: 'HANDLE_RELEASED' }),
    );
    await expect(kernel.run(other.args)).rejects.toMatchObject({ code: 'HANDLE_RELEASED' });
    expect(found().at(-1)).not.toBe(0);
  });
});

test('a buffer that is read and written keeps a run in one part', () => {
  const { manifest } = countedRows;
  const [values, sums] = [{ bytes: 64 }, { bytes: 64 }] as never[];
  const parts = (...given: (number | never)[]) => partRows(manifest, 2)(given);
  const places = manifest.arguments.map(({ name }) => name);
  expect(places).toEqual(['values', 'sums', 'rows']);
  expect(parts(values, values, 100_000)).toBe(0);
  expect(parts(values, sums, 100_000)).toBe(2048);
  expect(parts(values, sums, 10_000)).toBe(640);
  expect(parts(values, sums, 10)).toBe(512);
  const { rows: _, ...dependent } = manifest;
  expect(partRows(dependent, 2)([values, sums, 100_000])).toBe(0);
});

test.each([0, 1.5, 257, -1])('%d threads are refused', async (threads) => {
  await expect(openDevice('native', { threads })).rejects.toMatchObject({ code: 'DEVICE_OPTION' });
});

test('a process ends with a device open, and a run under way', async () => {
  const script = join(import.meta.dirname, 'counted-rows-unclosed.ts');
  for (const [word, exitCode] of [
    ['end', 0],
    ['exit', 7],
  ] as const) {
    const run = await execa(process.execPath, [jitiCli, script, word], { reject: false });
    expect(run).toMatchObject({ exitCode, stderr: '' });
  }
});
