import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { MappedMemory } from '../../host/ffi/mapped-memory.ts';
import { liveHandles } from '../../host/ffi/native-handle.ts';
import {
  chooseDevice,
  OpenclBuffer,
  OpenclContext,
  OpenclProgram,
  OpenclQueue,
  openclLibrary,
  openclPlatforms,
  statusName,
  wayToDevices,
} from '../../host/opencl/index.ts';
import { jitiCli } from '../support/jiti.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const { folder, write } = temporaryFolder();
const root = join(import.meta.dirname, '../..');

const source = `
kernel void add(global const uint *a, global uint *b, uint c) {
  const size_t i = get_global_id(0);
  b[i] = a[i] + c;
}
kernel void spin(global uint *a, ulong turns) {
  uint x = a[0];
  for (ulong i = 0; i < turns; ++i) x = x * 1664525u + 1013904223u;
  a[0] = x;
}`;

/** What an error says, that must be one of ours. */
async function errorOf(run: () => unknown): Promise<TilewrightError> {
  try {
    await run();
  } catch (error) {
    expect(error).toBeInstanceOf(TilewrightError);
    return error as TilewrightError;
  }
  throw new Error('nothing was thrown');
}

describe('platforms and devices', () => {
  test('are found and described, and chosen by number or by a part of a name', () => {
    const platforms = openclPlatforms();
    expect(platforms.length).toBeGreaterThan(0);
    for (const [at, platform] of platforms.entries()) {
      expect(platform.version).toMatch(/^OpenCL \d/);
      for (const [number, device] of platform.devices.entries()) {
        expect(device.computeUnits).toBeGreaterThan(0);
        expect(device.largestBuffer).toBeGreaterThan(2 ** 20);
        expect(chooseDevice(`${at}:${number}`).handle).toBe(device.handle);
        expect(chooseDevice(platform.name).platform.handle).toBe(platform.handle);
      }
    }
  });

  test('one that is not there is refused with the list of those that are', async () => {
    const error = await errorOf(() => chooseDevice('0:no such device'));
    expect(error).toMatchObject({ code: 'OPENCL_NO_DEVICE', exitCode: 2 });
    expect(error.hint).toContain(openclPlatforms()[0].devices[0].name);
  });

  test('no loader, and no driver, are refused with the command that installs them', async () => {
    const missing = await errorOf(() => openclLibrary(['libnothing-of-this-name.so']));
    expect(missing).toMatchObject({ code: 'OPENCL_MISSING' });
    const none = await errorOf(() => chooseDevice(undefined, []));
    expect(none).toMatchObject({ code: 'OPENCL_NO_DEVICE' });
    for (const { hint } of [missing, none]) {
      expect(hint).toContain('apt-get install pocl-opencl-icd ocl-icd-opencl-dev');
    }
  });

  test('in the shell of an emulated card it is said where the loader looks', () => {
    const vendors = '/usr/lib/x86_64-linux-gnu/libxilinxopencl.so.2';
    expect(wayToDevices({ OCL_ICD_VENDORS: vendors })).toContain(`${vendors} alone: unset it`);
    expect(wayToDevices({})).toMatch(/^Run: apt-get install /);
  });

  test('the command line says it in two lines', () => {
    const main = join(root, 'host/cli/main.ts');
    const words = ['build', 'mean_aggregate', '--target', 'opencl'];
    const env = { ...process.env, OCL_ICD_VENDORS: folder };
    let told = '';
    try {
      execFileSync(process.execPath, [jitiCli, main, ...words], { env, stdio: 'pipe' });
    } catch (error) {
      told = String((error as { stderr: Buffer }).stderr);
    }
    expect(told).toMatch(/error.*no driver is installed/);
    expect(told).toMatch(/hint: .*Run: apt-get install pocl-opencl-icd/);
    expect(told).not.toMatch(/^ +at /m);
  });
});

describe('programs', () => {
  test('what does not build shows the log of the compiler', async () => {
    using context = new OpenclContext(chooseDevice());
    const error = await errorOf(() =>
      OpenclProgram.fromSource(context, 'kernel void wrong(global int *x) { x[0] = nowhere; }'),
    );
    expect(error).toMatchObject({ code: 'OPENCL_BUILD' });
    expect(error.message).toContain('nowhere');
    expect(error.message).toContain('CL_BUILD_PROGRAM_FAILURE');
  });

  test('a binary gives the same program again; a damaged one is refused', async () => {
    using context = new OpenclContext(chooseDevice());
    const { binary } = await OpenclProgram.fromSource(context, source);
    const again = await OpenclProgram.fromBinary(context, binary);
    expect([...again.kernels].sort()).toEqual(['add', 'spin']);
    const damaged = await errorOf(() => OpenclProgram.fromBinary(context, new Uint8Array(100)));
    expect(damaged.message).toMatch(/CL_INVALID_(BINARY|VALUE)/);
  });

  test('a wrong name, number or type of arguments is an error with its name', async () => {
    using context = new OpenclContext(chooseDevice());
    using queue = new OpenclQueue(context);
    const program = await OpenclProgram.fromSource(context, source);
    expect((await errorOf(() => program.kernel('none'))).message).toContain(
      'CL_INVALID_KERNEL_NAME',
    );
    const kernel = program.kernel('add');
    expect(kernel.argumentCount).toBe(3);
    for (const [wrong, name] of [
      [() => kernel.setScalar(3, 'uint', 1), 'CL_INVALID_ARG_INDEX'],
      [() => kernel.setScalar(2, 'ulong', 1), 'CL_INVALID_ARG_SIZE'],
      [() => queue.run(kernel), 'CL_INVALID_KERNEL_ARGS'],
    ] as const) {
      expect((await errorOf(wrong)).message).toContain(name);
    }
  });

  test('status numbers have the names of the standard', () => {
    expect(statusName(-5)).toBe('OUT_OF_RESOURCES');
    expect(statusName(-1001)).toBe('PLATFORM_NOT_FOUND_KHR');
    expect(statusName(-7777)).toBe('UNKNOWN_7777');
  });
});

describe('queues and buffers', () => {
  test('commands out of order wait for their events alone', async () => {
    using context = new OpenclContext(chooseDevice());
    using queue = new OpenclQueue(context, { outOfOrder: true, profiling: true });
    const kernel = (await OpenclProgram.fromSource(context, source)).kernel('add');
    const input = Uint32Array.from({ length: 64 }, (_, at) => at);
    using a = new OpenclBuffer(context, 256, { access: 'read' });
    using b = new OpenclBuffer(context, 256, { access: 'write' });
    kernel.setBuffer(0, a);
    kernel.setBuffer(1, b);
    kernel.setScalar(2, 'uint', -1);
    const output = new Uint32Array(64);
    using written = queue.write(a, new Uint8Array(input.buffer));
    using run = queue.run(kernel, 64, [written]);
    using read = queue.read(b, new Uint8Array(output.buffer), 0, [run]);
    await read.done();
    expect([...output]).toEqual([...input].map((value) => (value - 1) >>> 0));
    expect(run.state).toBe('complete');
    expect(run.nanoseconds).toBeGreaterThanOrEqual(0);
    using all = queue.marker([read, written]);
    await all.done();
  });

  test('memory of this process is used in place and mapped without a copy', async () => {
    const device = chooseDevice();
    using context = new OpenclContext(device);
    using queue = new OpenclQueue(context);
    const kernel = (await OpenclProgram.fromSource(context, source)).kernel('add');
    using memory = MappedMemory.allocate(64 * 2 ** 20);
    memory.bytes[0] = 7;
    using b = new OpenclBuffer(context, memory.bytes.length, { host: memory.bytes });
    kernel.setBuffer(0, b);
    kernel.setBuffer(1, b);
    kernel.setScalar(2, 'uint', 300);
    using run = queue.run(kernel, 16);
    const mapped = queue.map(b, 'read', { bytes: 64 });
    await mapped.event.done();
    expect(run.state).toBe('complete');
    expect(mapped.bytes.buffer).toBe(memory.bytes.buffer);
    if (device.sharesMemory) expect(BigInt(mapped.address)).toBe(memory.address);
    expect([mapped.bytes[0], mapped.bytes[1]]).toEqual([307 & 255, 1]);
    using unmapped = queue.unmap(b, mapped);
    await unmapped.done();
    mapped.event.release();
  });

  test('memory of the device is seen where it lies', async () => {
    using context = new OpenclContext(chooseDevice());
    using queue = new OpenclQueue(context);
    using b = new OpenclBuffer(context, 4096, { mappable: true });
    const mapped = queue.map(b, 'write');
    await mapped.event.done();
    mapped.bytes.fill(5);
    await queue.unmap(b, mapped).done();
    const copy = new Uint8Array(4096);
    await queue.read(b, copy).done();
    expect(copy.every((byte) => byte === 5)).toBe(true);
  });

  test('waiting leaves the event loop free', async () => {
    using context = new OpenclContext(chooseDevice());
    using queue = new OpenclQueue(context);
    const kernel = (await OpenclProgram.fromSource(context, source)).kernel('spin');
    using a = new OpenclBuffer(context, 64);
    kernel.setBuffer(0, a);
    kernel.setScalar(1, 'ulong', 100_000_000);
    const event = queue.run(kernel);
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    await event.done();
    clearInterval(timer);
    event.release();
    expect(turns).toBeGreaterThan(0);
  });

  test('a buffer of no bytes, or of more than there are, is an error with its name', async () => {
    const device = chooseDevice();
    using context = new OpenclContext(device);
    expect((await errorOf(() => new OpenclBuffer(context, 0))).message).toContain(
      'CL_INVALID_BUFFER_SIZE',
    );
    const much = await errorOf(() => new OpenclBuffer(context, device.largestBuffer * 4));
    expect(much.message).toMatch(/CL_(INVALID_BUFFER_SIZE|MEM_OBJECT_ALLOCATION_FAILURE)/);
    expect(much.hint).toBeDefined();
  });

  test('a context takes everything with it, and what was released is not used', async () => {
    const before = liveHandles();
    const context = new OpenclContext(chooseDevice());
    const queue = new OpenclQueue(context);
    const program = await OpenclProgram.fromSource(context, source);
    const kernel = program.kernel('add');
    const buffer = new OpenclBuffer(context, 64);
    await queue.write(buffer, new Uint8Array(64)).done();
    expect(liveHandles()).toMatchObject({ 'OpenCL context': 1, 'OpenCL buffer': 1 });
    context.release();
    expect(liveHandles()).toEqual(before);
    for (const use of [() => kernel.setBuffer(0, buffer), () => queue.flush()]) {
      expect(await errorOf(use)).toMatchObject({ code: 'HANDLE_RELEASED' });
    }
  });
});

test('the host in C compiles without a warning, and says what is missing', () => {
  const host = join(folder, 'opencl-host');
  const file = join(root, 'examples/hosts/opencl-host.c');
  execFileSync('gcc', ['-std=c11', '-Wall', '-Wextra', '-Werror', '-o', host, file, '-lOpenCL']);
  // Nothing in it knows tilewright.
  expect(readFileSync(file, 'utf8')).not.toMatch(/tilewright/i);
  const run = write('run.txt', 'kernel none\nwrite 64\n');
  const failing = (words: readonly string[], env: NodeJS.ProcessEnv = process.env) => {
    try {
      execFileSync(host, words, { env, stdio: 'pipe' });
    } catch (error) {
      return String((error as { stderr: Buffer }).stderr);
    }
    throw new Error('it did not fail');
  };
  expect(failing([run])).toMatch(/^error: usage: /);
  expect(failing([run, join(folder, 'nowhere')])).toMatch(/^error: cannot read .*nowhere\n$/);
  expect(failing([run, write('bad.txt', 'kernel a\nscalar 1 3\n')])).toMatch(
    /bad\.txt:2: a scalar/,
  );
  expect(failing([run, run])).toMatch(/run\.txt is no xclbin, or was cut short\n$/);
  const header = Buffer.alloc(312);
  header.write('xclbin2\0');
  header.writeBigUInt64LE(312n, 304);
  const empty = join(folder, 'empty.xclbin');
  writeFileSync(empty, header);
  const none = { ...process.env, OCL_ICD_VENDORS: folder };
  expect(failing([empty, run], none)).toMatch(/^error: none of 0 OpenCL platforms has an accel/);
});
