import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Manifest } from '../../codegen/package/manifest.ts';
import { packageRoot } from '../../codegen/support/package-root.ts';
import { runTool } from '../../codegen/support/run-tool.ts';
import { call, onlyJson } from '../cli/call.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { platform } from './gain-kernel.ts';

/**
 * The driver around AMD's tools, which are not here: scripts of the same names stand in for them. These tests
 * show what is run, read, refused and cleaned up, and nothing of what Vitis makes of it.
 */
const { folder, write } = temporaryFolder();
const gain = join(packageRoot(), 'test/codegen/golden/gain.ts');
const store = join(folder, 'store');
const calls = join(folder, 'calls');

beforeEach(() => {
  const tools = join(import.meta.dirname, 'tools');
  vi.stubEnv('TILEWRIGHT_CACHE', store);
  vi.stubEnv('PATH', `${tools}${delimiter}${process.env['PATH']}`);
  vi.stubEnv('FAKE_CALLS', calls);
});

afterEach(() => vi.unstubAllEnvs());

/** Builds, with a frequency of its own so that nothing is taken from the store. */
let megahertz = 100;
function build(...words: readonly string[]) {
  megahertz += 1;
  const own = words.includes('--frequency') ? [] : ['--frequency', String(megahertz)];
  return call(['build', gain, '--target', 'hw', '--platform', platform, ...own, ...words]);
}

/** What a build leaves in the store beside the kernel that was compiled. */
const left = () =>
  readdirSync(store).filter((name) => name.startsWith('hw-') || name.startsWith('.building'));

interface Answer {
  readonly hw: {
    readonly xclbin: string;
    readonly folder: string;
    readonly cached: boolean;
    readonly log: string;
    readonly commands?: readonly { readonly tool: string; readonly shell: string }[];
    readonly files?: Readonly<Record<string, string>>;
    readonly vitis: string;
    readonly vitisVersion?: string;
    readonly reports: Readonly<Record<string, NonNullable<Manifest['reports']>>>;
  };
}

const answer = (stdout: string) => (onlyJson(stdout) as unknown as Answer).hw;

test('from the Verilog: packaged, linked, reports in the manifest; then from the store', async () => {
  const words = ['--frequency', '300', '--cu', 'gain:2', '--json'];
  const first = await build(...words);
  expect(first.stderr).not.toContain('warning');
  expect(first.code).toBe(0);
  const hw = answer(first.stdout);
  expect(readFileSync(hw.xclbin, 'utf8')).toBe('xclbin2\n');
  expect(hw).toMatchObject({ cached: false, vitis: '2024.2' });
  expect(hw.reports['gain']).toMatchObject({
    vitis: '2024.2',
    from: 'rtl',
    platform,
    frequencyMhz: 300,
    timing: { setupNs: -0.12, met: false },
    warnings: [],
  });
  expect(hw.reports['gain']).not.toHaveProperty('hls');
  const manifest = JSON.parse(readFileSync(join(hw.folder, 'gain/manifest.json'), 'utf8'));
  expect(manifest).toMatchObject({ kernel: 'gain', reports: hw.reports['gain'] });
  // What only the tools need is gone, and their output is kept.
  expect(existsSync(join(hw.folder, '_x'))).toBe(false);
  expect(existsSync(join(hw.folder, 'gain/project'))).toBe(false);
  const log = readFileSync(hw.log, 'utf8');
  expect(log).toMatch(/^\$ vivado .*package_kernel\.tcl$/m);
  expect(log).toMatch(/^\$ v\+\+ --link .*--kernel_frequency 300 .*gain\.xclbin gain\/gain\.xo$/m);
  expect(readFileSync(join(hw.folder, 'connectivity.cfg'), 'utf8')).toContain('nk=gain:2\n');

  const made = statSync(hw.xclbin).mtimeMs;
  const ran = readFileSync(calls, 'utf8');
  const second = answer((await build(...words)).stdout);
  expect(second).toMatchObject({ cached: true, folder: hw.folder, reports: hw.reports });
  expect(statSync(second.xclbin).mtimeMs).toBe(made);
  expect(readFileSync(calls, 'utf8')).toBe(ran);
});

test.each([
  ['2024.2', ['v++ -c --mode hls', 'vitis-run --mode hls --package', 'v++ --link']],
  [
    '2022.1',
    ['Vitis HLS - High-Level Synthesis from C, C++ and OpenCL -f run_hls.tcl', 'v++ --link'],
  ],
])(
  'from the HLS C++ by Vitis %s: the flow of that release, and its report',
  async (release, tools) => {
    vi.stubEnv('FAKE_RELEASE', release);
    const before = existsSync(calls) ? readFileSync(calls, 'utf8') : '';
    const { code, stdout } = await build('--from', 'hls', '--json');
    expect(code).toBe(0);
    const ran = readFileSync(calls, 'utf8').slice(before.length).trim().split('\n');
    expect(ran).toHaveLength(tools.length);
    for (const [index, start] of tools.entries()) expect(ran[index]?.startsWith(start)).toBe(true);
    const { reports, vitis } = answer(stdout);
    expect(vitis).toBe(release);
    expect(reports['gain']?.hls).toMatchObject({ top: 'gain', used: { LUT: 17890 } });
  },
);

test('a person reads the reports as text', async () => {
  const { stdout, code } = await build(
    '--from',
    'hls',
    '--output',
    join(folder, 'card/gain.xclbin'),
  );
  expect(code).toBe(0);
  expect(stdout).toContain(`The binary is ${join(folder, 'card/gain.xclbin')}`);
  expect(stdout).toContain('interval 71 to 4294967373');
  expect(stdout).toContain('estimated clock 2.433 ns of 3.33 ns');
  expect(stdout).toMatch(/multiply\/VITIS_LOOP_88_1\s+1\s+5\s+1 to 4294967300/);
  expect(stdout).toContain(
    'timing is missed at 4 endpoints: setup slack -0.12 ns, hold slack 0.01 ns',
  );
  expect(stdout).toContain('clocks that miss it: clk_kernel_00_unbuffered');
  expect(stdout).toMatch(/gain_1\s+17364 \(1.53 %\)/);
  expect(readFileSync(join(folder, 'card/gain.xclbin'), 'utf8')).toBe('xclbin2\n');
});

test.each([
  ['noreports', 'there is no report of timing', 'there is no report of utilisation'],
  ['cutreports', 'the report of timing, was not understood', 'the report of utilisation, was not'],
])('reports that are %s are warned of, and the binary is there', async (fault, ...warnings) => {
  vi.stubEnv('FAKE_VITIS', fault);
  const { code, stderr, stdout } = await build('--json');
  expect(code).toBe(0);
  for (const warning of warnings) expect(stderr).toContain(warning);
  expect(existsSync(answer(stdout).xclbin)).toBe(true);
});

test.each([
  [
    'platform',
    ['rtl'],
    /\[v\+\+ 60-1299\] The specified platform is not supported/,
    'PLATFORM_REPO_PATHS',
  ],
  ['nested', ['rtl'], /ERROR: \[Place 30-640\] .* more LUT cells/, 'log'],
  ['nothing', ['rtl'], /v\+\+ ended well and left no gain\.xclbin/, 'log'],
  ['licence', ['hls', '2022.1'], /A valid license was not found/, 'XILINXD_LICENSE_FILE'],
])(
  'a tool that fails, %s: its own error, its log, a way out, and nothing else left',
  async (fault, [from, release], message, hint) => {
    vi.stubEnv('FAKE_VITIS', fault);
    if (release !== undefined) vi.stubEnv('FAKE_RELEASE', release);
    const before = left();
    const { code, stdout } = await build('--from', String(from), '--json');
    expect(code).toBe(1);
    const { error } = onlyJson(stdout) as {
      error: { code: string; message: string; hint: string; log: string; lines: readonly string[] };
    };
    expect(error.code).toBe('VITIS_FAILED');
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('Failed to finish linking');
    expect(error.message.split('\n').length).toBeLessThan(12);
    expect(error.hint).toContain(hint);
    expect(error.message).toContain(`log: ${error.log}`);
    expect(readFileSync(error.log, 'utf8')).toMatch(/^\$ /);
    expect(left()).toEqual(before);
  },
);

test('the logs that an error points to outlive the build', async () => {
  vi.stubEnv('FAKE_VITIS', 'nested');
  const { stdout } = await build('--json');
  const { error } = onlyJson(stdout) as { error: { log: string } };
  const kept = readdirSync(join(error.log, '..'));
  expect(kept).toContain('_x-link-runme.log');
});

test('Ctrl-C ends the tool and what it started, and leaves nothing', async () => {
  const pid = join(folder, 'pid');
  vi.stubEnv('FAKE_VITIS', 'slow');
  vi.stubEnv('FAKE_PID', pid);
  const before = left();
  const stop = new AbortController();
  const building = call(
    ['build', gain, '--target', 'hw', '--platform', platform, '--frequency', '99', '--json'],
    { signal: stop.signal },
  );
  await vi.waitUntil(() => existsSync(pid) && readFileSync(pid, 'utf8').endsWith('\n'), {
    timeout: 60_000,
  });
  stop.abort();
  const { code, stdout } = await building;
  expect(code).toBe(1);
  expect(onlyJson(stdout)).toMatchObject({ error: { code: 'ABORTED' } });
  expect(left()).toEqual(before);
  const child = Number(readFileSync(pid, 'utf8'));
  // Killed processes are reaped by their parent in their own time; a zombie runs no more.
  const runs = () => {
    try {
      return !/^State:\s+Z/m.test(readFileSync(`/proc/${child}/status`, 'utf8'));
    } catch {
      return false;
    }
  };
  for (let turn = 0; turn < 100 && runs(); turn += 1) await setTimeout(50);
  expect(runs()).toBe(false);
});

test('without Vitis: a refusal that says what to install and what works without it', async () => {
  const bare = join(folder, 'bare');
  mkdirSync(bare, { recursive: true });
  vi.stubEnv('PATH', bare);
  const { code, stderr } = await build();
  expect(code).toBe(1);
  expect(stderr).toContain("error: v++ was not found: a binary for a card takes AMD's Vitis");
  expect(stderr).toContain('source settings64.sh');
  for (const word of ['--dry-run', 'native', 'sim', 'hw_emu', 'opencl']) {
    expect(stderr).toContain(word);
  }
  const named = await build('--vitis-version', '2024.2');
  expect(named.stderr).toContain('vivado and v++ were not found');
});

test('a dry run tells commands and files without Vitis, and --out makes them a folder that runs', async () => {
  vi.stubEnv('PATH', (process.env['PATH'] ?? '').split(delimiter).slice(1).join(delimiter));
  const out = join(folder, 'dry');
  const { code, stdout } = await build('--dry-run', '--from', 'hls', '--out', out, '--json');
  expect(code).toBe(0);
  const hw = answer(stdout);
  expect(hw).toMatchObject({ vitis: '2024.2', vitisVersion: 'assumed' });
  expect(hw.commands?.map(({ tool }) => tool)).toEqual(['v++', 'vitis-run', 'v++']);
  for (const [path, text] of Object.entries(hw.files ?? {})) {
    expect(readFileSync(join(out, path), 'utf8')).toBe(text);
  }
  expect(existsSync(join(out, 'gain/gain.cpp'))).toBe(true);
  const text = (await build('--dry-run', '--vitis-version', '2021.2', '--from', 'hls')).stdout;
  expect(text).toContain('Nothing was run. For Vitis 2021.2 (asked for)');
  expect(text).toContain('(cd gain && vitis_hls -f run_hls.tcl)');
  expect(text).toContain('── gain/run_hls.tcl\n');
  // The script that a dry run writes builds the same binary, with the tools on PATH.
  vi.stubEnv('PATH', `${join(import.meta.dirname, 'tools')}${delimiter}${process.env['PATH']}`);
  const rtl = join(folder, 'dry-rtl');
  expect((await build('--dry-run', '--out', rtl)).code).toBe(0);
  await runTool(join(rtl, 'build.sh'), []);
  expect(readFileSync(join(rtl, 'gain.xclbin'), 'utf8')).toBe('xclbin2\n');
});

test.each([
  [['--target', 'hw'], '--target hw needs a platform'],
  [['--target', 'hw', '--platform', platform, '--part', 'x'], '--part is for --from hls'],
  [['--target', 'hw', '--platform', platform, '--out', 'x'], '--out is for a --dry-run'],
  [
    ['--target', 'hw', '--platform', platform, '--dry-run', '--output', 'x'],
    '--output is for a build',
  ],
  [['--target', 'hw', '--platform', platform, '--vitis-version', '19'], 'no version of Vitis'],
  [
    ['--target', 'hw', '--platform', platform, '--vitis-version', '2023.2'],
    'is 2024.2, not 2023.2',
  ],
  [['--target', 'hw', '--platform', platform, '--cu', 'gain:0'], '--cu gain:0 names no compute'],
  [['--target', 'hw', '--platform', platform, '--frequency', '5'], 'outside its range'],
  [['--target', 'sim', '--platform', platform], '--platform does nothing for --target sim'],
  [['--dry-run'], '--dry-run does nothing for --target native and sim'],
])('%j is a wrong call', async (words, message) => {
  const { code, stderr } = await call(['build', gain, ...words]);
  expect(stderr).toContain(message);
  expect(stderr).toContain('hint: ');
  expect(code).toBe(2);
});

test('connectivity that does not fit the kernel is refused at its line, before anything runs', async () => {
  const file = write('card.cfg', '[connectivity]\nsp=gain_1.input:DDR[0]\nsp=oops\n');
  const wrong = await build('--connectivity', file);
  expect(wrong.stderr).toContain(`${file}:3: 'oops' joins no argument to a bank`);
  const missing = await build('--connectivity', join(folder, 'none.cfg'));
  expect(missing.stderr).toMatch(/^error: cannot read .*none\.cfg/m);
  const right = write('right.cfg', '[connectivity]\nsp=gain_1.input:DDR[1]\n');
  const { stdout } = await build('--connectivity', right, '--dry-run', '--json');
  expect(answer(stdout).files?.['connectivity.cfg']).toContain('sp=gain_1.input:DDR[1]\n');
});
