import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { printKernel } from '../../../codegen/index.ts';
import { parseKernel } from '../../../codegen/ir/parse.ts';
import { verifyKernel } from '../../../codegen/ir/verify.ts';
import { TilewrightError } from '../../../codegen/support/errors.ts';
import { productKernels, randomKernels } from './sample-kernels.ts';
import { withoutSpans } from './without-spans.ts';

const kernels = [...(await productKernels()), ...(await randomKernels([11, 12, 13]))];

describe('the text of the IR reads back', () => {
  test.each(kernels)('$name', ({ ir }) => {
    const text = printKernel(ir);
    const read = parseKernel(text, 'text.ir');
    verifyKernel(read);
    expect(withoutSpans(read)).toEqual(withoutSpans(ir));
    // Text written from what was read is the same but for the places of processes.
    const places = / \/\/ .*/g;
    expect(printKernel(read).replaceAll(places, '')).toBe(text.replaceAll(places, ''));
  });
});

test('a text by hand with one of each is printed as it was written', () => {
  const text = readFileSync(join(import.meta.dirname, 'everything.ir'), 'utf8');
  const ir = parseKernel(text, 'everything.ir');
  verifyKernel(ir);
  const plain = (one: string) => one.replaceAll(/ \/\/ .*/g, '').replaceAll(/\n\n/g, '\n');
  expect(plain(printKernel(ir))).toBe(plain(text));
  expect(ir.processes[0].body[0]).toMatchObject({ kind: 'loop', span: { line: 16, column: 5 } });
});

// The message of each wrong text stands beside it; UPDATE_GOLDEN=1 writes it anew.
const folder = join(import.meta.dirname, 'errors');
describe('what a wrong text is told', () => {
  test.each(readdirSync(folder).filter((name) => name.endsWith('.ir')))('%s', (name) => {
    let told = '';
    try {
      parseKernel(readFileSync(join(folder, name), 'utf8'), name);
    } catch (error) {
      if (!(error instanceof TilewrightError)) throw error;
      told = `${error.message}\n  ${error.hint}\n`;
      expect(error.code).toBe('IR_TEXT');
      expect(error.location?.file).toBe(name);
    }
    const expected = join(folder, name.replace(/\.ir$/, '.txt'));
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(expected, told);
    expect(told).not.toBe('');
    expect(told).toBe(readFileSync(expected, 'utf8'));
  });
});
