import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { findProgram, isOlder, type ToolStatus, tools } from '../../codegen/support/tool-table.ts';
import { call, onlyJson } from './call.ts';

const folders: string[] = [];

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tilewright-doctor-'));
  folders.push(folder);
  return folder;
}

/** A program that prints `output`, whatever it is asked. */
function fakeProgram(folder: string, name: string, output: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\necho '${output}'\n`, { mode: 0o755 });
}

async function doctor(): Promise<{ code: number; ok: boolean; tools: Map<string, ToolStatus> }> {
  const { code, stdout } = await call(['doctor', '--json']);
  const { ok, tools: statuses } = onlyJson(stdout) as { ok: boolean; tools: ToolStatus[] };
  return { code, ok, tools: new Map(statuses.map((status) => [status.name, status])) };
}

afterEach(() => {
  vi.unstubAllEnvs();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

test('with an empty PATH only node is found, and doctor fails', async () => {
  vi.stubEnv('PATH', '');
  const { code, stdout, stderr } = await call(['doctor']);
  expect(code).toBe(1);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^node\s+found\s+\d+\.\d+/m);
  for (const name of ['g\\+\\+', 'make', 'verilator']) {
    expect(stdout).toMatch(new RegExp(`^${name}\\s+MISSING`, 'm'));
  }
  expect(stdout).toMatch(/^iverilog\s+missing/m);
  expect(stdout).toContain('apt-get install verilator');
  expect(stdout).toContain('brew install verilator');
  expect(stdout).toContain('The main job needs: g++, make, verilator.');
});

test('what the main job does not need may be missing', async () => {
  const folder = temporaryFolder();
  fakeProgram(folder, 'g++', 'g++ (Debian) 12.2.0');
  fakeProgram(folder, 'make', 'GNU Make 4.3');
  fakeProgram(folder, 'verilator', 'Verilator 5.020 2024-01-01 rev v5.020');
  // The fake programs are shell scripts, and `echo` is built into the shell.
  vi.stubEnv('PATH', folder);
  const { code, ok, tools: found } = await doctor();
  expect(code).toBe(0);
  expect(ok).toBe(true);
  expect(found.get('verilator')).toMatchObject({ found: true, version: '5.020', usable: true });
  expect(found.get('iverilog')).toMatchObject({ found: false, usable: false, required: false });
});

test('a tool that is too old does not count', async () => {
  const folder = temporaryFolder();
  fakeProgram(folder, 'g++', 'g++ 12.2.0');
  fakeProgram(folder, 'make', 'GNU Make 4.3');
  fakeProgram(folder, 'verilator', 'Verilator 4.038 2020-07-11');
  vi.stubEnv('PATH', folder);
  const { code, tools: found } = await doctor();
  expect(code).toBe(1);
  expect(found.get('verilator')).toMatchObject({ found: true, usable: false, minimum: '5.006' });
});

test('XRT is looked for where XILINX_XRT says, Vitis where XILINX_VITIS says', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'lib'));
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'lib', 'libxrt_core.so.2.99.1'), '');
  symlinkSync('libxrt_core.so.2.99.1', join(folder, 'lib', 'libxrt_core.so.2'));
  fakeProgram(join(folder, 'bin'), 'v++', '****** v++ v2024.2 (64-bit)');
  vi.stubEnv('XILINX_XRT', folder);
  vi.stubEnv('XILINX_VITIS', folder);
  const { tools: found } = await doctor();
  expect(found.get('XRT')).toMatchObject({ found: true, version: '2.99.1' });
  expect(found.get('v++')).toMatchObject({ found: true, version: '2024.2' });
});

test('every tool says what it is needed for and how to get it everywhere', () => {
  for (const tool of tools) {
    expect(tool.neededFor, tool.name).not.toBe('');
    for (const way of Object.values(tool.get)) expect(way, tool.name).not.toBe('');
  }
});

test('a program is a file that may be executed', () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'g++'));
  writeFileSync(join(folder, 'make'), '', { mode: 0o644 });
  vi.stubEnv('PATH', folder);
  expect(findProgram('g++')).toBeUndefined();
  expect(findProgram('make')).toBeUndefined();
});

test.each([
  ['5.006', '5.006', false],
  ['5.020', '5.006', false],
  ['4.228', '5.006', true],
  ['20.9.0', '20.19', true],
  ['20.19', '20.19.0', false],
  ['22', '20.19', false],
])('%s is older than %s: %s', (version, minimum, older) => {
  expect(isOlder(version, minimum)).toBe(older);
});
