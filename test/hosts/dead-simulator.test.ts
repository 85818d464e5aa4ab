import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, expect, it } from 'vitest';
import { writeRunFile } from '../../examples/hosts/run-file.ts';
import { buildKernel } from '../../host/device/build-kernel.ts';
import { buildHwEmu } from '../../host/device/build-xclbin.ts';
import { hostEnvironment, xrtPrefix } from '../../host/xrt/index.ts';
import { eventually } from '../device/leftovers.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const { folder } = temporaryFolder();
const user = `tilewright-test-${process.pid}`;
afterAll(() => rmSync(join('/tmp', user), { recursive: true, force: true }));

function childOf(parent: number): number | undefined {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .find((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        return (
          stat.includes(`(tilewright-emul) `) && stat.split(') ')[1].split(' ')[1] === `${parent}`
        );
      } catch {
        return false;
      }
    });
}

it('a host in C++ whose simulator is killed ends at once, with a line that says so', async () => {
  const kernel = await buildKernel('mean_aggregate');
  const { file } = await buildHwEmu([{ built: kernel }], { trace: false, quick: true });
  const rows = 8192;
  const run = await writeRunFile(folder, 'long', kernel.manifest, {
    ids: new Uint8Array(rows * 64),
    features: new Uint8Array(4096),
    means: rows * 128,
    rows,
  });
  const program = join(folder, 'host');
  const source = join(import.meta.dirname, '../../examples/hosts/xrt-host.cpp');
  const flags = ['-std=c++17', '-I/usr/include/xrt', source, '-o', program];
  await execa('g++', [...flags, '-lxrt_coreutil', '-lpthread']);
  const env = {
    ...hostEnvironment(await xrtPrefix(), 'hw_emu'),
    USER: user,
    SDACCEL_EM_RUN_DIR: folder,
    TILEWRIGHT_MEMORY: 'latency=2000,outstanding=1',
  };
  // A group of its own: XRT's emulation ends the whole of it when something fails.
  const options = { env, cwd: folder, detached: true, reject: false } as const;
  const host = execa(program, [file, run], options);
  const simulator = () => childOf(host.pid ?? 0);
  expect(await eventually(() => simulator() !== undefined)).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const begin = performance.now();
  const pid = simulator();
  if (pid === undefined) throw new Error('the simulator has ended by itself');
  process.kill(pid, 'SIGKILL');
  const { stderr, exitCode } = await host;
  expect(performance.now() - begin).toBeLessThan(10_000);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^error: the simulator of the emulated card has ended$/m);
  const sockets = join('/tmp', user);
  expect(existsSync(sockets) ? readdirSync(sockets) : []).toEqual([]);
});
