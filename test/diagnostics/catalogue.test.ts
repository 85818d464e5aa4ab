import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileKernel } from '../../codegen/compile.ts';
import { exampleKernel } from '../../codegen/frontend/catalogue/example-kernel.ts';
import { diagnosticCatalogue } from '../../codegen/frontend/diagnostic-catalogue.ts';
import { parseKernel } from '../../codegen/frontend/project.ts';
import * as language from '../../codegen/language/index.ts';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { packageRoot } from '../../codegen/support/package-root.ts';

const folder = mkdtempSync(join(tmpdir(), 'tilewright-catalogue-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the examples may use: every value of the language, and the types that only exist as such. */
const names = [
  ...Object.keys(language),
  ...['ReadPort', 'WritePort', 'Stream', 'Vec'].map((name) => `type ${name}`),
];
const entries = Object.entries(diagnosticCatalogue);
const sides = entries.flatMap(([code, { wrong, right }]) =>
  (['wrong', 'right'] as const).map((side) => ({
    code,
    side,
    file: join(folder, `${code}-${side}.ts`),
    text: exampleKernel(side === 'wrong' ? wrong : right, names),
  })),
);

async function codesOf(file: string): Promise<string[]> {
  try {
    const { warnings } = await compileKernel(file);
    return warnings.map((one) => one.code);
  } catch (error) {
    if (!(error instanceof TilewrightError)) throw error;
    const codes = [...error.message.matchAll(/ error (T[SW]\d+)/g)].map(([, code]) => code);
    return codes.length > 0 ? codes : [error.code];
  }
}

// Parsed together, so that TypeScript looks at its own library once.
beforeAll(() => {
  for (const { file, text } of sides) {
    writeFileSync(file, text);
    parseKernel(file, text);
  }
});

describe('every example does what the catalogue says', () => {
  test.each(sides)('$code, $side', async ({ code, side, file }) => {
    const codes = [...new Set(await codesOf(file))];
    const entry = diagnosticCatalogue[code];
    if (side === 'right') expect(codes).toEqual([]);
    else if (entry.behindTypes) {
      expect(codes).not.toEqual([]);
      expect(codes.every((one) => one.startsWith('TS'))).toBe(true);
    } else expect(codes).toEqual([code]);
  });
});

function sources(path: string, ending = '.ts'): string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((one) => {
    const inside = join(path, one.name);
    if (one.isDirectory()) return one.name === 'catalogue' ? [] : sources(inside, ending);
    return one.name.endsWith(ending) ? [inside] : [];
  });
}

test('every code that a source file raises is in the catalogue, and the other way round', () => {
  const raised = new Set<string>();
  for (const file of sources(join(packageRoot(), 'codegen'))) {
    for (const [, code] of readFileSync(file, 'utf8').matchAll(/'(TW\d{4})'/g)) raised.add(code);
  }
  expect(Object.keys(diagnosticCatalogue).sort()).toEqual([...raised].sort());
});

test('every code is met by a wrong kernel, but for those that TypeScript speaks before', () => {
  const met = new Set<string>();
  const messages = ['kernels', 'warnings']
    .flatMap((folder) => sources(join(import.meta.dirname, folder), '.txt'))
    .map((file) => readFileSync(file, 'utf8'));
  for (const text of messages) {
    for (const [code] of text.matchAll(/TW\d{4}/g)) met.add(code);
  }
  const missing = entries.filter(([code, { behindTypes }]) => !behindTypes && !met.has(code));
  expect(missing.map(([code]) => code)).toEqual([]);
});
