import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { compileKernel } from '../../codegen/compile.ts';
import { parseKernel } from '../../codegen/frontend/project.ts';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { packageRoot } from '../../codegen/support/package-root.ts';

/**
 * Wrong kernels, each with its whole message beside it. `UPDATE_GOLDEN=1 npx vitest run …` writes the
 * messages anew; read the difference before committing it.
 */
const folder = join(import.meta.dirname, 'kernels');
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
