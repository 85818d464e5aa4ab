import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildKernel } from '../../host/device/build-kernel.ts';
import { buildHwEmu } from '../../host/device/build-xclbin.ts';
import { openDevice } from '../../host/device/open-device.ts';
import { liveHandles, loadXrt, XrtDevice, type XrtLibrary } from '../../host/xrt/index.ts';

/** XRT in this process, in the mode that loads and runs everything and computes nothing. */
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

let library: XrtLibrary;
let xclbin: string;
let device: XrtDevice;

beforeAll(async () => {
  const built = await buildKernel('mean_aggregate');
  xclbin = (await buildHwEmu([{ built }], { trace: false, quick: true })).file;
  library = await loadXrt('noop');
  device = XrtDevice.open(library);
  await device.load(xclbin);
});

afterAll(() => {
  device.release();
  expect(liveHandles()).toEqual({});
});

describe('XRT from Node', () => {
  it('has one mode a process', async () => {
    expect(library.mode).toBe('noop');
    await expect(loadXrt('hw_emu')).rejects.toMatchObject({ code: 'XRT_MODE' });
  });

  it('knows the xclbin, its kernels, and the banks and registers of arguments', () => {
    expect(device.uuid).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
    using kernel = device.kernel('mean_aggregate', { exclusive: true });
    expect([0, 1, 2, 3].map((index) => kernel.offset(index))).toEqual([16, 28, 40, 52]);
    expect([0, 1, 2].map((index) => kernel.group(index))).toEqual([0, 0, 0]);
  });

  it('says what XRT says, with the name of its status', async () => {
    using kernel = device.kernel('mean_aggregate');
    using run = kernel.run();
    expect(() => device.kernel('other')).toThrow(
      expect.objectContaining({
        code: 'XRT_STATUS',
        message: expect.stringMatching(/^XRT: opening the kernel 'other': No such kernel.*EINVAL/),
      }),
    );
    expect(() => kernel.group(3)).toThrow(/memory bank of argument 3/);
    expect(() => run.setScalar(99, 1, 4)).toThrow(/setting argument 99/);
    await expect(device.load('/nowhere.xclbin')).rejects.toThrow(/Failed to open file/);
  });

  it('gives a buffer as memory in place: the host sees what native code sees', async () => {
    const size = 64 << 20;
    using kernel = device.kernel('mean_aggregate');
    using buffer = device.allocate(size, kernel.group(0));
    const before = process.memoryUsage().rss;
    const words = new Uint32Array(buffer.bytes.buffer, 0, size / 4);
    buffer.bytes[size - 1] = 0x80;
    expect(words[size / 4 - 1]).toBe(0x8000_0000);
    using part = buffer.part(size - 4096, 4096);
    expect(part.bytes[4095]).toBe(0x80);
    expect(part.address - buffer.address).toBe(BigInt(size - 4096));
    expect(process.memoryUsage().rss - before).toBeLessThan(size / 2);
    await buffer.toDevice(4096, 4096);
    await buffer.fromDevice(0, 64);
    await expect(async () => buffer.toDevice(size, 1)).rejects.toMatchObject({
      code: 'BUFFER_RANGE',
    });
  });

  it('runs again and again, and lets the event loop go on', async () => {
    using kernel = device.kernel('mean_aggregate');
    using run = kernel.run();
    using buffer = device.allocate(4096, kernel.group(0));
    for (const index of [0, 1, 2]) run.setBuffer(index, buffer);
    run.setScalar(3, 1, 4);
    expect(run.state).toBe('ERT_CMD_STATE_NEW');
    let turns = 0;
    const ticking = setInterval(() => turns++, 0);
    for (let turn = 0; turn < 500; turn++) {
      run.start();
      await run.wait({ timeoutMs: 5000 });
      if (turn % 50 === 0) await buffer.toDevice();
    }
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(0);
    expect(run.state).toBe('ERT_CMD_STATE_COMPLETED');
    run.start();
    expect(run.waitHere(5000)).toBe(true);
  });

  it('releases what nobody holds, and nothing that a call still uses', async () => {
    const before = liveHandles();
    const forget = () => {
      const kernel = device.kernel('mean_aggregate');
      for (let at = 0; at < 20; at++) device.allocate(4096, kernel.group(0));
      kernel.run();
    };
    forget();
    expect(liveHandles()).not.toEqual(before);
    for (let turn = 0; turn < 100; turn++) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (JSON.stringify(liveHandles()) === JSON.stringify(before)) break;
    }
    expect(liveHandles()).toEqual(before);

    const other = XrtDevice.open(library);
    const buffer = other.allocate(1 << 20, 0);
    const carried = buffer.toDevice();
    other.release();
    expect(() => buffer.address).toThrow(/used after its release/);
    await carried;
    expect(liveHandles()).toEqual(before);
  });

  it('is the device xrt in this process, too', async () => {
    const before = liveHandles();
    process.env['XCL_EMULATION_MODE'] = 'noop';
    const kernel = await buildKernel('mean_aggregate');
    const noop = await openDevice('xrt', { xclbin });
    const loaded = await noop.load(kernel);
    const args = ['ids', 'features', 'means'].map((name) => [name, noop.allocate(64)] as const);
    await loaded.run({ ...Object.fromEntries(args), rows: 1 });
    expect(liveHandles()['XRT buffer']).toBe((before['XRT buffer'] ?? 0) + 3);
    args[0][1].release();
    expect(liveHandles()['XRT buffer']).toBe((before['XRT buffer'] ?? 0) + 2);
    await noop.close();
    expect(liveHandles()).toEqual(before);
  });
});
