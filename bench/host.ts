// What a host's own part of a run costs: XRT's noop mode, hardware emulation beside a host in C++ of the same
// run, OpenCL on PoCL, and a large buffer read in place.
//
//   npm run bench:host [-- --json] [-- --runs N]

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { renderTable } from '../codegen/support/table.ts';
import { buildKernel } from '../host/device/build-kernel.ts';
import { buildHwEmu } from '../host/device/build-xclbin.ts';
import { openDevice } from '../host/device/open-device.ts';
import {
  chooseDevice,
  OpenclBuffer,
  OpenclContext,
  OpenclProgram,
  OpenclQueue,
} from '../host/opencl/index.ts';
import { type XrtMode, xrtEnvironment, xrtPrefix } from '../host/xrt/index.ts';
import { describeMachine, machineLine } from './machine.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    runs: { type: 'string', default: '500' },
  },
});
const here = import.meta.dirname;
const prefix = await xrtPrefix();
const built = await buildKernel('examples/kernels/vector-add.ts');
const { file: xclbin } = await buildHwEmu([{ built }], { trace: false });

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

interface NodeFigures {
  readonly medianUs: number;
  readonly viewMs: number;
  readonly grownMiB: number;
}

/** In a folder of its own: XRT's emulation leaves its run folder beside its host. */
async function inFolder<T>(
  mode: XrtMode,
  work: (options: { readonly cwd: string; readonly env: Record<string, string> }) => Promise<T>,
): Promise<T> {
  const cwd = mkdtempSync(join(tmpdir(), 'tilewright-bench-'));
  try {
    const environment = { ...process.env, XCL_EMULATION_MODE: '', USER: 'tilewright-bench' };
    const variables = { ...xrtEnvironment(prefix, mode, environment), USER: 'tilewright-bench' };
    return await work({ cwd, env: { ...variables, SDACCEL_EM_RUN_DIR: cwd, EMCONFIG_PATH: cwd } });
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

async function inNode(mode: XrtMode, runs: string): Promise<NodeFigures> {
  const jiti = join(here, '..', 'node_modules', 'jiti', 'lib', 'jiti-cli.mjs');
  const script = join(here, 'host', 'start-wait.ts');
  return inFolder(mode, async (options) => {
    const args = [jiti, script, mode, xclbin, runs];
    const { stderr } = await execa(process.execPath, args, options);
    return JSON.parse(stderr.trim().split('\n').at(-1) ?? '') as NodeFigures;
  });
}

interface CppFigures {
  readonly startWaitUs: number;
  /** With the output read from the card. */
  readonly readUs: number;
}

async function inCpp(runs: string): Promise<CppFigures> {
  return inFolder('hw_emu', async (options) => {
    const program = join(options.cwd, 'start-wait');
    const source = join(here, 'host', 'start-wait.cpp');
    const flags = ['-std=c++17', '-O2', '-I/usr/include/xrt', source, '-o', program];
    await execa('g++', [...flags, '-lxrt_coreutil', '-lpthread']);
    const { stderr } = await execa(program, [xclbin, runs], options);
    const figure = (name: string) => Number(new RegExp(`${name} ([\\d.]+)`).exec(stderr)?.[1]);
    return { startWaitUs: figure('median'), readUs: figure('read') };
  });
}

/** A whole run of the device `xrt`, whose XRT is in another process: the median, microseconds. */
async function onDevice(runs: number): Promise<number> {
  await using device = await openDevice('xrt', { xclbin });
  const kernel = await device.load(built);
  const [a, b, c] = [4096, 4096, 4096].map((bytes) => device.allocate(bytes));
  const times: number[] = [];
  for (let turn = -50; turn < runs; turn++) {
    const from = performance.now();
    await kernel.run({ a, b, c, length: 16 });
    if (turn >= 0) times.push((performance.now() - from) * 1000);
  }
  return median(times);
}

/** One launch of sixteen work-items and the read of what they made. */
async function inOpencl(runs: number): Promise<number> {
  const context = new OpenclContext(chooseDevice());
  const source = 'kernel void grow(global uint* all) { all[get_global_id(0)] += 1; }';
  const program = await OpenclProgram.fromSource(context, source);
  const kernel = program.kernel('grow');
  const queue = new OpenclQueue(context);
  const buffer = new OpenclBuffer(context, 64);
  kernel.setBuffer(0, buffer);
  const target = new Uint8Array(64);
  const times: number[] = [];
  for (let turn = -50; turn < runs; turn++) {
    const from = performance.now();
    const launched = queue.run(kernel, 16);
    const read = queue.read(buffer, target, 0, [launched]);
    await read.done();
    if (turn >= 0) times.push((performance.now() - from) * 1000);
    launched.release();
    read.release();
  }
  context.release();
  return median(times);
}

const noop = await inNode('noop', '100');
// One before and one after, so that a machine that is busy for a while is seen.
const cppBefore = await inCpp(values.runs);
const emulation = await inNode('hw_emu', values.runs);
const device = await onDevice(Number(values.runs));
const cppAfter = await inCpp(values.runs);
const cpp = Math.min(cppBefore.startWaitUs, cppAfter.startWaitUs);
const cppRead = Math.min(cppBefore.readUs, cppAfter.readUs);
const opencl = await inOpencl(Number(values.runs));
const machine = await describeMachine({ 'g++': '--version' });
const result = {
  machine,
  noopStartWaitUs: noop.medianUs,
  emulationStartWaitUs: emulation.medianUs,
  emulationStartWaitCppUs: cpp,
  emulationRatio: emulation.medianUs / cpp,
  deviceRunUs: device,
  startWaitReadCppUs: cppRead,
  deviceRatio: device / cppRead,
  openclLaunchReadUs: opencl,
  largeBuffer: { mebibytes: 64, viewMs: noop.viewMs, grownMiB: noop.grownMiB },
};
if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
else {
  const rows = [
    ['XRT noop, start and wait from Node', `${noop.medianUs.toFixed(2)} µs`, '≤ 1 µs'],
    ['XRT hw_emu, start and wait, C++', `${cpp.toFixed(0)} µs`, ''],
    ['XRT hw_emu, start and wait, Node', `${emulation.medianUs.toFixed(0)} µs`, '≤ 1.5 × C++'],
    ['XRT hw_emu, start, wait and read, C++', `${cppRead.toFixed(0)} µs`, ''],
    ['device xrt, a whole run', `${device.toFixed(0)} µs`, '≤ 1.5 × C++'],
    ['OpenCL, launch and read from Node', `${opencl.toFixed(0)} µs`, '≤ 100 µs'],
    [
      '64 MiB buffer as a typed array',
      `${noop.viewMs.toFixed(3)} ms, ${noop.grownMiB.toFixed(1)} MiB more memory`,
      'no copy',
    ],
  ];
  const columns = ['what (medians)', 'here', 'goal'].map((title) => ({ title }));
  process.stdout.write(`${machineLine(machine)}\n\n${renderTable(columns, rows)}\n`);
}
