import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hlsCppBackend } from '../../codegen/backends/hls-cpp/index.ts';
import type { KernelIR } from '../../codegen/ir/ir.ts';
import { runKernelIr } from '../../codegen/ir/run-kernel-ir.ts';
import { buildManifest } from '../../codegen/package/build-manifest.ts';
import { artefactStore } from '../../codegen/support/store.ts';
import { uniform } from '../../host/dataset/uniform.ts';
import type { BuiltKernel } from '../../host/device/built-kernel.ts';
import type { Device, LoadedKernel } from '../../host/device/device.ts';
import { hlsDevice } from '../../host/device/hls/hls-device.ts';
import { copyKernel, mistakenKernel, mistakes, sumKernel } from './small-kernels.ts';

let folder: string;
let device: Device;
let sums: LoadedKernel;
const cacheBefore = process.env['TILEWRIGHT_CACHE'];

function built(kernel: KernelIR): BuiltKernel {
  const files = hlsCppBackend.emit(kernel, new Map());
  const to = mkdtempSync(join(folder, 'kernel-'));
  for (const [path, text] of files) {
    mkdirSync(dirname(join(to, path)), { recursive: true });
    writeFileSync(join(to, path), text);
  }
  return { manifest: buildManifest(kernel, '', files), folder: to, sourceFile: '' };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tilewright-hls-'));
  process.env['TILEWRIGHT_CACHE'] = join(folder, 'cache');
  device = hlsDevice();
  sums = await device.load(built(sumKernel(true)));
});

afterAll(async () => {
  await device.close();
  if (cacheBefore === undefined) delete process.env['TILEWRIGHT_CACHE'];
  else process.env['TILEWRIGHT_CACHE'] = cacheBefore;
  rmSync(folder, { recursive: true, force: true });
});

function workload(rows: number, seed: number) {
  const random = uniform(seed);
  const beats = Math.max(1, rows);
  const values = Uint8Array.from({ length: beats * 3 * 64 }, () => Math.floor(random() * 256));
  const given = device.allocate(values.length);
  given.write(values);
  const written = device.allocate(beats * 64);
  const args = { scalars: { rows }, memories: { values, sums: new Uint8Array(beats * 64) } };
  const expected = () => runKernelIr(sumKernel(true), args).outputs['sums'];
  const result = () => {
    const bytes = new Uint8Array(written.bytes);
    written.read(bytes);
    return bytes;
  };
  return { args: { values: given, sums: written, rows }, expected, result };
}

test('runs give what the IR means, also several that are started together', async () => {
  const runs = [5, 1, 0, 300, 17].map((rows, index) => workload(rows, index));
  const reports = await Promise.all(runs.map(({ args }) => sums.run(args)));
  for (const [index, { result, expected }] of runs.entries()) {
    expect(Buffer.compare(result(), expected())).toBe(0);
    expect(reports[index].hostMs).toBeGreaterThan(0);
  }
});

test('a run does not stop the event loop', async () => {
  const { args } = workload(20_000, 8);
  let turns = 0;
  let running = true;
  const turn = () => {
    turns++;
    if (running) setImmediate(turn);
  };
  setImmediate(turn);
  await sums.run(args);
  running = false;
  expect(turns).toBeGreaterThan(0);
});

test('a second load of the same kernel compiles nothing; without g++ a first one says so', async () => {
  const path = process.env['PATH'];
  const again = built(sumKernel(true));
  const empty = mkdtempSync(join(folder, 'empty-'));
  const before = (await artefactStore().list()).map(({ folder: one }) => one);
  await hlsDevice().load(again);
  expect((await artefactStore().list()).map(({ folder: one }) => one)).toEqual(before);
  process.env['PATH'] = empty;
  try {
    await expect(device.load(built(copyKernel()))).rejects.toMatchObject({ code: 'TOOL_MISSING' });
  } finally {
    process.env['PATH'] = path;
  }
});

test('a buffer that is too small is an error that names the memory and the beat', async () => {
  const { args } = workload(4, 10);
  const small = { ...args, sums: device.allocate(2 * 64) };
  await expect(sums.run(small)).rejects.toMatchObject({
    code: 'OUT_OF_RANGE',
    message: expect.stringMatching(/sum_rows: memory 'sums': write burst of 1 beats at beat 2/),
  });
  const short = { ...args, values: device.allocate(11 * 64) };
  await expect(sums.run(short)).rejects.toMatchObject({
    code: 'OUT_OF_RANGE',
    message: expect.stringMatching(/memory 'values': read burst of 3 beats at beat 9/),
  });
});

test('an error leaves the kernel usable', async () => {
  const { args, result, expected } = workload(6, 11);
  await expect(sums.run({ ...args, rows: 7 })).rejects.toMatchObject({ code: 'OUT_OF_RANGE' });
  await sums.run(args);
  expect(Buffer.compare(result(), expected())).toBe(0);
});

test('wrong arguments are refused before anything runs', async () => {
  const { args } = workload(2, 12);
  const refused = async (changed: object, message: RegExp) => {
    await expect(sums.run({ ...args, ...changed })).rejects.toMatchObject({
      code: 'KERNEL_ARGUMENT',
      message: expect.stringMatching(message),
    });
  };
  await refused({ rows: -1 }, /-1 does not fit into argument 'rows' \(u32\)/);
  await refused({ rows: 2 ** 32 }, /4294967296 does not fit/);
  await refused({ rows: 1.5 }, /'rows' must be an integer/);
  await refused({ rows: undefined }, /'rows' is missing/);
  await refused({ values: 3 }, /'values' must be a buffer/);
  await refused({ more: 3 }, /there is no argument 'more'/);
  const foreign = { ...device.allocate(64), bytes: 64 };
  await refused({ values: foreign }, /belongs to another device/);
});

test('an aborted signal keeps a run from starting', async () => {
  const { args, result } = workload(2, 13);
  const reason = AbortSignal.abort();
  await expect(sums.run(args, { signal: reason })).rejects.toMatchObject({ code: 'ABORTED' });
  expect(result().every((byte) => byte === 0)).toBe(true);
});

test('buffers know their bounds and their end', () => {
  const buffer = device.allocate(128);
  expect(() => buffer.write(new Uint8Array(65), 64)).toThrow(/65 bytes at 64 of a buffer of 128/);
  expect(() => buffer.read(new Uint8Array(1), -1)).toThrow(/buffer of 128/);
  buffer.release();
  expect(() => buffer.write(new Uint8Array(1))).toThrow(/after its release/);
  for (const bytes of [0, 63, 65, -64, 1.5]) {
    expect(() => device.allocate(bytes)).toThrow(/cannot have/);
  }
});

test('C++ that does not compile, or is not there, is told as such', async () => {
  const broken = built(sumKernel(true));
  appendFileSync(join(broken.folder, 'hls', 'sum_rows.cpp'), 'nonsense;\n');
  await expect(device.load(broken)).rejects.toMatchObject({
    code: 'NATIVE_COMPILE',
    message: expect.stringMatching(/nonsense/),
  });
  rmSync(join(broken.folder, 'hls'), { recursive: true });
  await expect(device.load(broken)).rejects.toMatchObject({ code: 'NATIVE_NO_SOURCE' });
});

test('what hardware would not survive is an error, the same in hls and in the IR', async () => {
  const kernel = mistakenKernel();
  const loaded = await device.load(built(kernel));
  const memories = { input: new Uint8Array(256), output: new Uint8Array(256) };
  const codeOf = (error: unknown) => (error as { code: string }).code;
  const found: Record<string, readonly [string, string]> = {};
  for (const [name, { scalars }] of Object.entries(mistakes)) {
    let inIr = '';
    try {
      runKernelIr(kernel, { scalars, memories });
    } catch (error) {
      inIr = codeOf(error);
    }
    const args = { input: device.allocate(256), output: device.allocate(256), ...scalars };
    found[name] = [inIr, await loaded.run(args).then(() => '', codeOf)];
  }
  const expected = Object.entries(mistakes).map(([name, { code }]) => [name, [code, code]]);
  expect(found).toEqual(Object.fromEntries(expected));
});
