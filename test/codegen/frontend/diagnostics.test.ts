import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { compileKernel } from '../../../codegen/compile.ts';
import { parseKernel } from '../../../codegen/frontend/project.ts';
import { TilewrightError } from '../../../codegen/support/errors.ts';
import { packageRoot } from '../../../codegen/support/package-root.ts';

/**
 * Wrong kernels, each with its whole message beside it. `UPDATE_GOLDEN=1 npx vitest run …` writes the
 * messages anew; read the difference before committing it.
 */
const folder = join(import.meta.dirname, 'diagnostics');
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.slice(0, -3));

async function messageOf(file: string): Promise<string> {
  try {
    await compileKernel(file);
  } catch (error) {
    // Anything else is a stack trace in front of a user.
    if (!(error instanceof TilewrightError)) throw error;
    const text = [`${error.code}`, error.message].join('\n');
    return `${text.replaceAll(`${packageRoot()}/`, '')}\n`;
  }
  throw new Error(`${file} compiles`);
}

// Parsed together, so that TypeScript looks at its own library once.
beforeAll(() => {
  for (const name of names) {
    const file = join(folder, `${name}.ts`);
    parseKernel(file, readFileSync(file, 'utf8'));
  }
});

describe('every wrong kernel is refused with its message', () => {
  test.each(names)('%s', async (name) => {
    const message = await messageOf(join(folder, `${name}.ts`));
    const golden = join(folder, `${name}.txt`);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, message);
    expect(message).toBe(readFileSync(golden, 'utf8'));
    expect(message).not.toMatch(/\n\s+at /);
  });
});

test('every code of the front end is met by a wrong kernel', () => {
  const codegen = join(packageRoot(), 'codegen');
  const codes = new Set<string>();
  for (const room of ['frontend', 'ir/verify.ts']) {
    const path = join(codegen, room);
    const files = room.endsWith('.ts') ? [path] : readdirSync(path).map((one) => join(path, one));
    for (const file of files) {
      for (const [code] of readFileSync(file, 'utf8').matchAll(/TW\d{4}/g)) codes.add(code);
    }
  }
  const messages = names
    .map((name) => readFileSync(join(folder, `${name}.txt`), 'utf8'))
    .join('\n');
  const met = new Set([...messages.matchAll(/TW\d{4}/g)].map(([code]) => code));
  // Guarded against by TypeScript itself, which speaks first.
  const unreachable = new Set(['TW1004', 'TW1017', 'TW2006', 'TW4009']);
  expect([...codes].filter((code) => !met.has(code) && !unreachable.has(code)).sort()).toEqual([]);
});
