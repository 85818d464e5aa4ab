import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { printKernel } from '../../../codegen/index.ts';
import { parseKernel } from '../../../codegen/ir/parse.ts';
import { verifyKernel } from '../../../codegen/ir/verify.ts';
import { hardwarePasses, passes as shared } from '../../../codegen/passes/pass-list.ts';

/**
 * `PASS/NAME.ir` is a small kernel, `PASS/NAME.out` what the pass makes of it. UPDATE_GOLDEN=1 writes
 * what it makes; read the difference before committing it.
 */
const passes = [...shared, ...hardwarePasses];
const folders = readdirSync(import.meta.dirname).filter((name) =>
  statSync(join(import.meta.dirname, name)).isDirectory(),
);

test('each pass has small programs of its own', () => {
  expect(folders.sort()).toEqual([...new Set(passes.map(({ name }) => name))].sort());
});

describe.each(folders)('%s', (folder) => {
  const pass = passes.find(({ name }) => name === folder);
  const path = (name: string) => join(import.meta.dirname, folder, name);
  const programs = readdirSync(path('')).filter((name) => name.endsWith('.ir'));
  test.each(programs)('%s', (name) => {
    const before = parseKernel(readFileSync(path(name), 'utf8'), name);
    verifyKernel(before);
    const after = pass?.run(before) ?? before;
    verifyKernel(after);
    // The text has the places of processes in it, which are those in the text before.
    const text = printKernel(after).replaceAll(/ \/\/ .*/g, '');
    const expected = path(name.replace(/\.ir$/, '.out'));
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(expected, text);
    expect(text).toBe(readFileSync(expected, 'utf8'));
  });
});
