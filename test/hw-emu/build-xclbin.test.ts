import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseConnectivity } from '../../codegen/package/connectivity.ts';
import { packageRoot } from '../../codegen/support/package-root.ts';
import { contentHash } from '../../codegen/support/store.ts';
import { buildKernel } from '../../host/device/build-kernel.ts';
import { buildHwEmu } from '../../host/device/build-xclbin.ts';
import type { BuiltKernel } from '../../host/device/built-kernel.ts';
import { xrtPrefix } from '../../host/xrt/prefix.ts';

const scratch = mkdtempSync(join(tmpdir(), 'tilewright-hw-emu-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const quick = { quick: true, trace: false };
const host = join(scratch, 'host');
let prefix: string;
let add: BuiltKernel;
let subtract: BuiltKernel;

beforeAll(async () => {
  const source = join(packageRoot(), 'examples/kernels/vector-add.ts');
  add = await buildKernel(source);
  const other = readFileSync(source, 'utf8')
    .replace("name: 'vector_add'", "name: 'vector_subtract'")
    .replace('x[l] + y[l]', 'x[l] - y[l]');
  writeFileSync(join(scratch, 'vector-subtract.ts'), other);
  subtract = await buildKernel(join(scratch, 'vector-subtract.ts'));
  const program = join(packageRoot(), 'test/hw-emu/vector-host.cpp');
  const libraries = ['-lxrt_coreutil', '-luuid', '-lpthread'];
  await execa('g++', ['-std=c++17', '-I/usr/include/xrt', program, '-o', host, ...libraries]);
  prefix = (await xrtPrefix()).folder;
});

/** Runs the host in a folder of its own, with nothing but XRT's environment; its lines that are ours. */
async function run(xclbin: string, kernels: readonly string[]): Promise<readonly string[]> {
  const cwd = mkdtempSync(join(scratch, 'run-'));
  const { stdout } = await execa(host, [xclbin, ...kernels], {
    cwd,
    extendEnv: false,
    env: {
      PATH: process.env['PATH'],
      USER: 'tilewright',
      XILINX_XRT: prefix,
      XCL_EMULATION_MODE: 'hw_emu',
    },
    // XRT's emulation ends its whole process group.
    detached: true,
    timeout: 120_000,
  });
  return stdout.split('\n').filter((line) => line.startsWith('vector_'));
}

const sum = '1002 108802 sum 5278450';
const difference = '998 89198 sum 4621550';

test('several kernels and compute units in one xclbin, for a host that is written for a card', async () => {
  const connectivity = parseConnectivity(
    `[connectivity]
nk=vector_add:2:left,right
sp=left.a:DDR[1]
sp=left.m_axi_b:DDR[2]
sp=right.c:DDR[3]
`,
    'card.cfg',
  );
  const built = await buildHwEmu([{ built: add }, { built: subtract }], { ...quick, connectivity });
  const kernels = ['vector_add:{left}', 'vector_subtract', 'vector_add:{right}'];
  expect(await run(built.file, kernels)).toEqual([
    `vector_add:{left} banks 1 2 0: ${sum}`,
    `vector_subtract banks 0 0 0: ${difference}`,
    `vector_add:{right} banks 0 0 3: ${sum}`,
  ]);
  const again = await buildHwEmu([{ built: add }, { built: subtract }], { ...quick, connectivity });
  expect(again).toMatchObject({ file: built.file, cached: true });
});

test('it is the Verilog that runs: one operator of it turned, and the results are others', async () => {
  const folder = join(scratch, 'turned');
  mkdirSync(folder);
  cpSync(add.folder, folder, { recursive: true });
  const path = 'verilog/vector_add_add.v';
  const file = join(folder, path);
  const verilog = readFileSync(file, 'utf8');
  const turned = verilog.replace(/(s0_a\[.*?\]) \+ (s0_b\[.*?\])/, '$1 - $2');
  expect(turned).not.toBe(verilog);
  writeFileSync(file, turned);
  // The manifest's hash is what would refuse a file that was changed by accident.
  const artefacts = add.manifest.artefacts.map((artefact) =>
    artefact.path === path ? { ...artefact, sha256: contentHash(turned) } : artefact,
  );
  const built = { ...add, folder, manifest: { ...add.manifest, artefacts } };
  const { file: xclbin } = await buildHwEmu([{ built }], quick);
  expect(await run(xclbin, ['vector_add'])).toEqual([`vector_add banks 0 0 0: ${difference}`]);
});
