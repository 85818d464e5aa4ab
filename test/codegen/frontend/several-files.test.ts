import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compileKernel, printKernel } from '../../../codegen/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'tilewright-several-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function kernelFile(name: string, body: string): string {
  const file = join(folder, name);
  writeFileSync(file, body);
  return file;
}

const shared = `
import { pipeline, type ReadPort, type u32, vec, type WritePort, u32 as word } from 'tilewright/language';
const offset = 5;
export const factor = 3;
function shift(x: u32): number { return x + offset; }
export function scale(beats: u32, input: ReadPort<u32>, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    const row = input.receive();
    output.send(vec(word, 16, (l) => shift(row[l]) * factor));
  }
}
`;
const main = `
import { kernel, pipeline, type ReadPort, readMemory, scalar, u32, type WritePort, writeMemory } from 'tilewright/language';
import { factor, scale as multiply } from './shared.ts';
function request(beats: u32, input: ReadPort<u32>, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    input.request(beat, 1);
    output.request(beat, 1);
  }
}
function confirm(beats: u32, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    output.response();
  }
}
export default kernel({
  name: 'two_files',
  summary: 'a kernel of two files, factor ' + factor,
  parameters: {},
  arguments: () => ({ input: readMemory(u32), output: writeMemory(u32), beats: scalar(u32) }),
  dataflow(_p, { input, output, beats }) {
    request(beats, input, output);
    multiply(beats, input, output);
    confirm(beats, output);
  },
  workload: (_p, _random, size) => ({ input: new Uint32Array(16 * size), output: 16 * size, beats: size }),
});
`;

describe('a kernel of several files', () => {
  it('takes functions and constants of a file beside it, and what those use', async () => {
    kernelFile('shared.ts', shared);
    const { ir } = await compileKernel(kernelFile('two-files.ts', main));
    expect(ir.processes.map(({ name }) => name)).toEqual(['request', 'scale', 'confirm']);
    expect(ir.summary).toBe('a kernel of two files, factor 3');
    expect(ir.processes[1].span.file).toBe('shared.ts');
    const text = printKernel(ir);
    expect(text).toMatch(/\b5\b/);
    expect(text).toMatch(/\b3\b/);
  });

  it('may lie in an installed package, as the built-in ones do', async () => {
    mkdirSync(join(folder, 'node_modules/kernels'), { recursive: true });
    kernelFile('node_modules/kernels/shared.ts', shared);
    const { ir } = await compileKernel(kernelFile('node_modules/kernels/two-files.ts', main));
    expect(ir.processes.map(({ name }) => name)).toEqual(['request', 'scale', 'confirm']);
  });

  it('names the file that an error is in', async () => {
    kernelFile('shared.ts', shared.replace('x + offset', 'x / 3'));
    await expect(compileKernel(kernelFile('two-files.ts', `${main}\n`))).rejects.toMatchObject({
      message: expect.stringMatching(
        /^shared\.ts:5:\d+: error TW2009: [^\n]*\n {2}function shift\(x: u32\): number { return x \/ 3; }\n {10,}\^/,
      ),
      location: { file: join(folder, 'shared.ts'), line: 5 },
    });
  });
});

describe('what stands on the top level of a file', () => {
  it.each([
    'const narrow = unsigned(3); const wide = unsigned(8);',
    'const narrow = unsigned(3), wide = unsigned(8);',
    'const narrow = unsigned(3),\n  wide: IntegerType<Int> = unsigned(8);',
    'type narrow = u32; const wide = unsigned(8);',
    '/*\nlet for each lane; function if any\n*/ const wide = unsigned(8);',
    'const wide = unsigned(8);',
  ])('is there wherever it stands on its line: %s', async (text) => {
    const own = main
      .replace('kernel, pipeline', 'unsigned, type Int, type IntegerType, kernel, pipeline')
      .replace('function request', `${text}\nfunction request`)
      .replace('input.request(beat, 1)', 'input.request(wide(beat), 1)');
    kernelFile('shared.ts', shared);
    const { ir } = await compileKernel(kernelFile('one_line.ts', own));
    expect(printKernel(ir)).toContain('request');
  });
});
