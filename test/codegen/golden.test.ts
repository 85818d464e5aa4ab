import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compileKernel, printKernel } from '../../codegen/index.ts';

/**
 * The emitted text of one small kernel, for a person to read. `UPDATE_GOLDEN=1 npx vitest run …` writes
 * it anew; read the difference before committing it.
 */
const folder = join(import.meta.dirname, 'golden');
const compiled = await compileKernel(join(folder, 'gain.ts'));

const manifest = JSON.stringify(compiled.manifest, undefined, 2)
  // Hashes change with every word of any back end, and are tested where they are made.
  .replaceAll(/[0-9a-f]{64}/g, '<sha256>');

/** The functions of the processes: what stands around them is the same in every file. */
function processes(text: string): string {
  return text.slice(text.search(/\/\/ \S+:\d+\nstatic int /), text.indexOf('static int (*const'));
}

const texts = new Map<string, string>([
  ['gain.ir', `${printKernel(compiled.ir).trimEnd()}\n`],
  ['manifest.json', `${manifest}\n`],
  ...['gain', 'gain_multiply', 'gain_send'].map((module): [string, string] => [
    `${module}.v`,
    compiled.files.get(`verilog/${module}.v`) ?? '',
  ]),
  ['gain.cl', compiled.files.get('opencl/gain.cl') ?? ''],
  ['gain.cpp', processes(compiled.files.get('cpu/gain.cpp') ?? '')],
]);

describe('the emitted text', () => {
  test.each([...texts.keys()])('%s', (name) => {
    const file = join(folder, 'gain', `${name}.golden`);
    const text = texts.get(name) ?? '';
    expect(text).not.toBe('');
    if (process.env['UPDATE_GOLDEN'] === '1') {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    expect(text).toBe(readFileSync(file, 'utf8'));
  });
});

test('the same source gives the same bytes', async () => {
  const again = await compileKernel(join(folder, 'gain.ts'));
  expect([...again.files]).toEqual([...compiled.files]);
  expect(again.manifest).toEqual(compiled.manifest);
  for (const text of again.files.values()) {
    expect(text).not.toContain(process.cwd());
    expect(text.endsWith('\n')).toBe(true);
  }
});
