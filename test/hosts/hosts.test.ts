import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { writeMovieLensRuns } from '../../examples/hosts/movielens-runs.ts';
import { readRunFile, resultLine } from '../../examples/hosts/run-file.ts';
import { buildHwEmu } from '../../host/device/build-xclbin.ts';
import { openDevice } from '../../host/device/open-device.ts';
import { hostEnvironment, xrtPrefix } from '../../host/xrt/index.ts';
import { jitiCli } from '../support/jiti.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/**
 * Hosts that know nothing of tilewright run its xclbin from another folder, with environment variables and
 * nothing else, and print what Node prints and golden gives.
 */
const hosts = join(import.meta.dirname, '../../examples/hosts');
const { folder } = temporaryFolder();

/** What the shim itself prints on standard output stands between. */
const results = (stdout: string) => stdout.split('\n').filter((line) => line.includes(' fnv1a64 '));

it('C++, C and Node give the same samples and means on the MovieLens graph', async () => {
  const { kernels, runs } = await writeMovieLensRuns(join(folder, 'runs'));
  const built = await buildHwEmu(
    kernels.map((kernel) => ({ built: kernel })),
    { trace: false, quick: true },
  );
  const xclbin = join(folder, 'both.xclbin');
  copyFileSync(built.file, xclbin);

  const variables = hostEnvironment(await xrtPrefix(), 'hw_emu', { USER: process.env['USER'] });
  const printed: Record<string, string[]> = {};
  for (const file of ['xrt-host.cpp', 'opencl-host.c']) {
    // The line is the one that the source gives.
    const source = join(hosts, file);
    const line = /^\W*(g[+c]{2}) (.+)$/m.exec(readFileSync(source, 'utf8'));
    const words = (line?.[2] ?? '').split(' ').map((word) => (word === file ? source : word));
    await execa(line?.[1] ?? '', words, { cwd: folder });
    printed[file] = [];
    for (const run of runs) {
      const env = { PATH: process.env['PATH'], USER: process.env['USER'], ...variables };
      // A group of its own: XRT's emulation ends the whole of it when its host crashes.
      const all = { env, extendEnv: false, timeout: 60_000, cwd: folder, detached: true };
      const program = join(folder, file.replace(/\.\w+$/, ''));
      printed[file].push(...results((await execa(program, [xclbin, run], all)).stdout));
    }
  }

  const whole = readFileSync(xclbin);
  for (const end of [0, 7, 311, 700, Math.floor(whole.length / 2), whole.length - 1]) {
    const cut = join(folder, 'cut.xclbin');
    writeFileSync(cut, whole.subarray(0, end));
    for (const host of Object.keys(printed)) {
      const program = join(folder, host.replace(/\.\w+$/, ''));
      const { exitCode, stderr } = await execa(program, [cut, runs[0]], { reject: false });
      expect({ exitCode, stderr }).toEqual({
        exitCode: 1,
        stderr: `error: ${cut} is no xclbin, or was cut short`,
      });
    }
  }

  const golden: string[] = [];
  await using device = await openDevice('golden');
  for (const [at, run] of runs.entries()) {
    const { manifest } = kernels[at];
    const { arguments: given } = await readRunFile(run);
    const values = given.map((argument) => {
      if (argument.kind === 'scalar') return argument.value;
      const buffer = device.allocate(Math.ceil(argument.contents.length / 64) * 64);
      buffer.write(argument.contents);
      return buffer;
    });
    const args = manifest.arguments.map(({ name }, index) => [name, values[index]]);
    await (await device.load(kernels[at])).run(Object.fromEntries(args));
    for (const [index, value] of values.entries()) {
      const argument = given[index];
      if (typeof value === 'bigint' || argument.kind === 'scalar' || !argument.written) continue;
      value.read(argument.contents);
      golden.push(resultLine(manifest.kernel, index, argument.contents));
    }
  }
  expect(printed).toEqual({ 'xrt-host.cpp': golden, 'opencl-host.c': golden });
  expect(golden).toHaveLength(2);

  const node: string[] = [];
  // The package from source: tests need no build.
  const env = { JITI_ALIAS: JSON.stringify({ tilewright: join(hosts, '../../host/index.ts') }) };
  for (const run of runs) {
    const args = [jitiCli, join(hosts, 'node-host.ts'), xclbin, run];
    node.push(...results((await execa(process.execPath, args, { cwd: folder, env })).stdout));
  }
  expect(node).toEqual(golden);
});
