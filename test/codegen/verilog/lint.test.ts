import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { compileKernel, resolveKernel, writeCompiled } from '../../../codegen/index.ts';
import { acceptedPrograms } from '../../fuzz/generate/accepted-programs.ts';
import { kernelOfPrograms } from '../../fuzz/generate/kernel-of-programs.ts';
import { randomProgram } from '../../fuzz/generate/random-program.ts';
import { withKernelFile } from '../../support/kernel-file.ts';

const root = mkdtempSync(join(tmpdir(), 'tilewright-lint-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function output(tool: string, args: readonly string[]): string {
  const { stdout, stderr, status, error } = spawnSync(tool, args, { encoding: 'utf8' });
  if (error !== undefined) throw error;
  return `${stdout}${stderr}${status === 0 ? '' : `exit status ${status}`}`.trim();
}

/** What Verilator, Icarus and Yosys say about a kernel's Verilog; nothing when it is as it should be. */
async function complaints(
  file: string,
  parameters: Readonly<Record<string, number>> = {},
): Promise<Record<string, string>> {
  const compiled = await compileKernel(file, parameters);
  const folder = mkdtempSync(join(root, 'kernel-'));
  writeCompiled(compiled, folder);
  const verilog = join(folder, 'verilog');
  const files = readdirSync(verilog)
    .sort()
    .map((name) => join(verilog, name));
  const top = compiled.manifest.kernel;
  const script = [
    `read_verilog ${files.join(' ')}`,
    `hierarchy -check -top ${top}`,
    'proc',
    // No latch, no signal with two drivers, no loop.
    'select -assert-none t:$dlatch t:$_DLATCH_*',
    'check -assert',
  ].join('; ');
  return {
    verilator: output('verilator', ['--lint-only', '-Wall', '--top-module', top, ...files]),
    icarus: output('iverilog', [
      '-g2005',
      '-Wall',
      '-s',
      top,
      '-o',
      join(folder, 'a.vvp'),
      ...files,
    ]),
    yosys: output('yosys', ['-q', '-p', script]),
  };
}

const clean = { verilator: '', icarus: '', yosys: '' };

describe('the Verilog of the kernels is clean in three tools', () => {
  test.each([
    ['neighbor_sample', {}],
    ['neighbor_sample', { replace: 1 }],
    ['neighbor_sample', { fanout: 1 }],
    ['neighbor_sample', { fanout: 33 }],
    ['mean_aggregate', {}],
    ['mean_aggregate', { elementBits: 8 }],
    ['mean_aggregate', { fanout: 1, rowBeats: 1 }],
    ['mean_aggregate', { fanout: 25, rowBeats: 3 }],
  ])('%s %o', async (name, parameters) => {
    expect(await complaints(resolveKernel(name), parameters)).toEqual(clean);
  });
});

test('the Verilog of random programs is clean in three tools', async () => {
  const drawn = Array.from({ length: 8 }, (_, at) => randomProgram(4001 + at));
  const { programs } = await acceptedPrograms(drawn);
  const { source } = kernelOfPrograms('programs', programs);
  expect(await withKernelFile('programs', source, (file) => complaints(file))).toEqual(clean);
});
