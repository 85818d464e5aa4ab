import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { compileKernel, resolveKernel, writeCompiled } from '../../../codegen/index.ts';
import { acceptedStatements } from '../random/accepted-statements.ts';
import { writeKernel } from '../random/compare-models.ts';
import { controlKernel } from '../random/random-control.ts';
import { expressionKernel } from '../random/random-expressions.ts';

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

describe('the Verilog of random kernels is clean in three tools', () => {
  test('random expressions', { timeout: 300_000 }, async () => {
    const { statements } = await acceptedStatements(4, 50);
    const file = writeKernel('random_expressions', expressionKernel(4, statements));
    expect(await complaints(file)).toEqual(clean);
  });

  test('random control structure', async () => {
    const units = Array.from({ length: 8 }, (_, at) => ({ unit: at + 1, seed: 3 }));
    const file = writeKernel('random_control', controlKernel(units));
    expect(await complaints(file)).toEqual(clean);
  });
});
