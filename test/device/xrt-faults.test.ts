import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadKernelModule, seededRandom } from '../../codegen/index.ts';
import { parseConnectivity } from '../../codegen/package/connectivity.ts';
import { readXclbin } from '../../codegen/package/xclbin/read-xclbin.ts';
import { summariseXclbin } from '../../codegen/package/xclbin/summarise-xclbin.ts';
import { runOn } from '../../host/cosim/compare-runs.ts';
import { encodeWorkload } from '../../host/cosim/encode-workload.ts';
import { buildKernel } from '../../host/device/build-kernel.ts';
import { buildHwEmu } from '../../host/device/build-xclbin.ts';
import type { Device } from '../../host/device/device.ts';
import { openDevice } from '../../host/device/open-device.ts';
import { jitiCli } from '../support/jiti.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { eventually, leftovers } from './leftovers.ts';
import { slowMemory, startLongRun } from './slow-card.ts';

/** Whatever goes wrong: one clear error within ten seconds, the next run works, nothing is left behind. */
const descriptors = () => readdirSync('/proc/self/fd').length;
const mostMs = 10_000;

// Emulations of other tests, which run at the same time, are no leftovers of these.
const { folder, write } = temporaryFolder();
process.env['TMPDIR'] = folder;

async function workload(seed: number) {
  const kernel = await buildKernel('mean_aggregate');
  const { definition } = await loadKernelModule(kernel.sourceFile);
  const drawn = definition.workload(kernel.manifest.parameters, seededRandom(seed), 8);
  return { kernel, encoded: encodeWorkload(kernel.manifest, drawn as Record<string, unknown>) };
}

async function expectItWorks(device: Device): Promise<void> {
  const { kernel, encoded } = await workload(3);
  await using golden = await openDevice('golden');
  const want = await runOn(golden, kernel, encoded);
  expect((await runOn(device, kernel, encoded)).outputs).toEqual(want.outputs);
}

async function xclbin(): Promise<string> {
  return (await buildHwEmu([{ built: (await workload(1)).kernel }], { trace: false, quick: true }))
    .file;
}

/** Living processes of this emulation whose command line has the text. */
function pidsOf(text: string): readonly number[] {
  return leftovers()
    .filter((line) => /^\d+ /.test(line) && line.includes(text))
    .map((line) => Number.parseInt(line, 10));
}

async function failsSoon(work: Promise<unknown>): Promise<unknown> {
  const begin = performance.now();
  const error = await work.then(
    () => expect.unreachable(),
    (reason) => reason,
  );
  expect(performance.now() - begin).toBeLessThan(mostMs);
  return error;
}

afterEach(async () => {
  expect(await eventually(() => leftovers().length === 0)).toBe(true);
});

describe('the device xrt, when something dies', () => {
  it.each(['tilewright-emulator', 'emulation-child'])(
    '%s, killed during a run: one error, and the next run works',
    async (victim) => {
      const before = descriptors();
      await using device = await openDevice('xrt', { quick: true, memory: slowMemory });
      const run = await startLongRun(device);
      const pids = pidsOf(victim);
      expect(pids).toHaveLength(1);
      for (const pid of pids) process.kill(pid, 'SIGKILL');
      expect(await failsSoon(run.done)).toMatchObject({
        code: 'XRT_SIMULATOR',
        message: expect.stringMatching(/^the simulator of the emulated card ended/),
      });
      run.release();
      expect(leftovers()).toEqual([]);
      await expectItWorks(device);
      await device.close();
      expect(descriptors()).toBeLessThanOrEqual(before + 2);
    },
  );

  it('waits for its process on a machine that is busy', async () => {
    const now = performance.now.bind(performance);
    let passed = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + passed);
    // Twenty seconds go by before the process can have come up.
    setTimeout(() => {
      passed = 20_000;
    }, 100);
    try {
      await using device = await openDevice('xrt', { xclbin: await xclbin() });
      await expectItWorks(device);
    } finally {
      clock.mockRestore();
    }
  });

  it('a signal ends a run, and the next run works', async () => {
    await using device = await openDevice('xrt', { quick: true, memory: slowMemory });
    const stop = new AbortController();
    const run = await startLongRun(device, stop.signal);
    stop.abort();
    expect(await failsSoon(run.done)).toMatchObject({ code: 'ABORTED' });
    run.release();
    expect(leftovers()).toEqual([]);
    await expectItWorks(device);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
    '%s to the host leaves nothing',
    async (name) => {
      const script = join(import.meta.dirname, 'long-run.ts');
      const host: ChildProcess = spawn(process.execPath, [jitiCli, script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const exited = once(host, 'exit');
      const [text] = await once(host.stdout as NodeJS.ReadableStream, 'data');
      expect(String(text)).toBe('running\n');
      expect(pidsOf('tilewright-emulator')).toHaveLength(1);
      const begin = performance.now();
      host.kill(name);
      const [code, signal] = await exited;
      expect(performance.now() - begin).toBeLessThan(mostMs);
      const codes = { SIGINT: 130, SIGTERM: 143, SIGKILL: null };
      expect([code, signal]).toEqual([codes[name], name === 'SIGKILL' ? 'SIGKILL' : null]);
      expect(await eventually(() => leftovers().length === 0)).toBe(true);
    },
  );
});

describe('the device xrt and xclbins', () => {
  it('names the kernels of one that is for another kernel', async () => {
    const other = await buildKernel('neighbor_sample');
    await using device = await openDevice('xrt', { xclbin: await xclbin() });
    await expect(device.load(other)).rejects.toMatchObject({
      code: 'XCLBIN_KERNEL',
      message: expect.stringMatching(/does not have neighbor_sample; it has mean_aggregate$/),
    });
  });

  it('refuses one cut off at a section or anywhere, before XRT sees it', async () => {
    const file = await xclbin();
    const bytes = readFileSync(file);
    const { sections } = summariseXclbin(readXclbin(file, bytes));
    const random = seededRandom(11);
    const ends = [
      ...sections.flatMap(({ offset, bytes: length }) => [offset, offset + length - 1]),
      ...Array.from({ length: 200 }, () => Number(random.integer(0, bytes.length - 1))),
    ];
    for (const end of ends) {
      const path = write('cut.xclbin', bytes.subarray(0, end));
      await expect(openDevice('xrt', { xclbin: path }), `cut at ${end}`).rejects.toMatchObject({
        code: expect.stringMatching(/^XCLBIN_(FORMAT|CORRUPT)$/),
      });
    }
  });

  it('says what is missing before anything is started', async () => {
    const { kernel, encoded } = await workload(1);
    const wanting = async (variable: string, value: string) => {
      await using device = await openDevice('xrt', { xclbin: await xclbin() });
      const before = process.env[variable];
      process.env[variable] = value;
      const error = await failsSoon(runOn(device, kernel, encoded));
      process.env[variable] = before;
      return error;
    };
    // The compiler of the prefix, and no unzip.
    symlinkSync('/usr/bin/g++', join(folder, 'g++'));
    expect(await wanting('PATH', folder)).toMatchObject({
      code: 'XRT_EMULATION',
      message: expect.stringContaining('unzip was not found'),
    });
    expect(await wanting('TMPDIR', '/nowhere')).toMatchObject({
      code: 'FILE_UNWRITABLE',
      hint: expect.stringContaining('TMPDIR'),
    });
  });

  it('takes a path from the folder of the host', async () => {
    const path = relative(process.cwd(), await xclbin());
    await using device = await openDevice('xrt', { xclbin: path });
    await expectItWorks(device);
  });

  it('refuses one that is not there', async () => {
    await expect(openDevice('xrt', { xclbin: '/nowhere.xclbin' })).rejects.toMatchObject({
      code: 'XCLBIN_FILE',
    });
  });

  it('whose simulator does not start: one error that says so', async () => {
    const file = await xclbin();
    const bytes = Buffer.from(readFileSync(file));
    // Under another name there is nothing to start.
    const script = 'xsim/launch_hw_emu.sh';
    expect(bytes.indexOf(script)).toBeGreaterThan(0);
    for (let at = bytes.indexOf(script); at >= 0; at = bytes.indexOf(script, at + 1)) {
      bytes.write('xsim/launch_nothing.x', at);
    }
    const path = write('mute.xclbin', bytes);
    const { kernel, encoded } = await workload(1);
    await using device = await openDevice('xrt', { xclbin: path });
    const error = await failsSoon(runOn(device, kernel, encoded));
    expect(error).toMatchObject({ name: 'TilewrightError' });
  });
});

describe('the device xrt and memory', () => {
  it('says which bank is full', async () => {
    const { kernel, encoded } = await workload(1);
    const text = '[connectivity]\nsp=mean_aggregate_1.features:HBM[0]\n';
    const connectivity = parseConnectivity(text, 'banks.cfg');
    const built = { trace: false, quick: true, connectivity };
    const { file } = await buildHwEmu([{ built: kernel }], built);
    await using device = await openDevice('xrt', { xclbin: file });
    const loaded = await device.load(kernel);
    const args = Object.fromEntries(
      [...encoded.buffers].map(([name, bytes]) => {
        // A bank of a U280's HBM has 256 MiB.
        const buffer = device.allocate(name === 'features' ? 320 << 20 : bytes.length);
        buffer.write(bytes);
        return [name, buffer];
      }),
    );
    const error = await failsSoon(loaded.run({ ...encoded.scalars, ...args }));
    expect(error).toMatchObject({ code: 'XRT_STATUS', details: { status: expect.any(String) } });
    expect(String(error)).toMatch(/allocating 335544320 bytes in memory bank 0/);
    for (const buffer of Object.values(args)) buffer.release();
    await expectItWorks(device);
  });

  it('gives every buffer back', async () => {
    await using device = await openDevice('xrt', { quick: true });
    await expectItWorks(device);
    const before = descriptors();
    for (let turn = 0; turn < 20; turn++) await expectItWorks(device);
    expect(descriptors()).toBe(before);
  });
});

describe('two hosts at once', () => {
  it('each have a card of their own', async () => {
    await using one = await openDevice('xrt', { quick: true });
    await using two = await openDevice('xrt', { quick: true });
    await Promise.all([one, two, one, two].map(expectItWorks));
    expect(pidsOf('tilewright-emulator')).toHaveLength(2);
  });
});
