import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeXclbin } from '../../../codegen/package/xclbin/write-xclbin.ts';
import { packageRoot } from '../../../codegen/support/package-root.ts';
import { xrtPrefix } from '../../../host/xrt/prefix.ts';
import { buildEmulator } from '../../../sim/emulation/build-emulator.ts';
import { fault, writeBeatCopy } from '../fixture/beat-copy.ts';
import { platformOf } from './platform.ts';

const scratch = mkdtempSync(join(tmpdir(), 'tilewright-xrt-host-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const host = join(scratch, 'host');
const xclbin = join(scratch, 'beat_copy.xclbin');
let prefix: string;

beforeAll(async () => {
  const platform = platformOf(writeBeatCopy(join(scratch, 'beat_copy')), [
    { source: 0, target: 1 },
    { source: 1, target: 0 },
  ]);
  const { folder } = await buildEmulator(platform, { quick: true });
  const files = readdirSync(folder).map((name) => {
    const bytes = new Uint8Array(readFileSync(join(folder, name)));
    return [`behav_waveform/xsim/${name}`, bytes] as const;
  });
  writeFileSync(xclbin, writeXclbin(platform, new Map(files)));
  const program = join(packageRoot(), 'test/sim/emulation/beat-copy-host.cpp');
  const libraries = ['-lxrt_coreutil', '-luuid', '-lpthread'];
  await execa('g++', ['-std=c++17', '-I/usr/include/xrt', program, '-o', host, ...libraries]);
  prefix = (await xrtPrefix()).folder;
});

/** Starts the host in a folder of its own, with nothing but XRT's environment and `env`. */
function start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const cwd = mkdtempSync(join(scratch, 'run-'));
  const child = execa(host, [xclbin, ...args], {
    cwd,
    extendEnv: false,
    env: {
      PATH: process.env['PATH'],
      USER: 'tilewright',
      XILINX_XRT: prefix,
      XCL_EMULATION_MODE: 'hw_emu',
      ...env,
    },
    detached: true,
    reject: false,
    timeout: 120_000,
  });
  return { child, cwd };
}

function processes(log: string): { readonly device: number; readonly host: number } {
  const [, device, own] = /^device process (\d+) of host (\d+)$/m.exec(log) ?? [];
  return { device: Number(device), host: Number(own) };
}

function endGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

function isZombie(pid: number): boolean {
  try {
    return /^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return true;
  }
}

async function expectGone(pid: number): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (isZombie(pid)) return;
    await delay(10);
  }
  throw new Error(`process ${pid} is still there`);
}

test('an XRT host runs both compute units in stalling memory; files lie where the host runs', async () => {
  const { child, cwd } = start(['3'], {
    TILEWRIGHT_MEMORY: 'latency=12,outstanding=3,stall=0.3,seed=9',
    TILEWRIGHT_LOG: 'emulation.log',
    TILEWRIGHT_TRACE: 'wave.fst',
  });
  const { stdout, exitCode } = await child;
  expect(exitCode).toBe(0);
  expect(stdout).toContain('beat_copy:{beat_copy_2} at 0x400001000 and 0x1000\n0 bytes are wrong');
  const log = readFileSync(join(cwd, 'emulation.log'), 'utf8').trimEnd().split('\n');
  expect(log.filter((line) => / run 3 took /.test(line))).toHaveLength(2);
  expect(log.at(-1)).toBe('the host closed the device');
  expect(log.join('\n')).not.toContain('not freed');
  for (const unit of ['beat_copy_1', 'beat_copy_2']) {
    expect(existsSync(join(cwd, `wave.${unit}.fst`))).toBe(true);
  }
  await expectGone(processes(log.join('\n')).device);
});

test('a kernel that breaks a rule: the reason on standard error, and nothing is left', async () => {
  const { child, cwd } = start(['1', String(fault.cross4k)], { TILEWRIGHT_LOG: 'emulation.log' });
  const reason = /error AXI_RULE: beat_copy_1: port m_axi_source, cycle \d+, rule within-4k: /;
  let said = '';
  const heard = new Promise<void>((resolve) => {
    child.stderr.on('data', (text) => {
      said += text;
      if (reason.test(said)) resolve();
    });
  });
  await Promise.race([heard, child]);
  expect(said).toMatch(reason);
  const log = readFileSync(join(cwd, 'emulation.log'), 'utf8');
  expect(log.trimEnd().split('\n').at(-1)).toMatch(reason);
  const { device, host: own } = processes(log);
  // XRT 2.13 waits for an answer until it is ended.
  endGroup(own);
  await child;
  await expectGone(device);
  const names = [`device0_0_${own}`, `D2X_unix_sock_device0_0_${own}`];
  expect(names.filter((name) => existsSync(join('/tmp/tilewright', name)))).toEqual([]);
});

test('a host that crashes is not taken for a crash of the device process', async () => {
  const { child, cwd } = start(['1000000'], { TILEWRIGHT_LOG: 'emulation.log' });
  const file = join(cwd, 'emulation.log');
  const log = () => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  while (!log().includes(' run 1 took ')) await delay(10);
  const { device, host: own } = processes(log());
  process.kill(own, 'SIGSEGV');
  await expectGone(device);
  endGroup(own);
  await child;
  const last = log().trimEnd().split('\n').at(-1);
  expect(last).toMatch(/^(stopped by signal 11|the host (ended|went away) .*)$/);
});
