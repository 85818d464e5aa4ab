import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { diagnosticsDocument } from '../../codegen/frontend/catalogue/render.ts';
import { diagnosticCatalogue } from '../../codegen/frontend/diagnostic-catalogue.ts';
import { packageRoot } from '../../codegen/support/package-root.ts';
import { call, onlyJson } from '../cli/call.ts';

test('docs/diagnostics.md is what the catalogue says (else run with UPDATE_DOCS=1)', () => {
  const file = join(packageRoot(), 'docs', 'diagnostics.md');
  const text = diagnosticsDocument(diagnosticCatalogue);
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, text);
  expect(readFileSync(file, 'utf8')).toBe(text);
});

test.each(Object.keys(diagnosticCatalogue))('tilewright explain %s', async (code) => {
  const { code: exit, stdout, stderr } = await call(['explain', code.toLowerCase()]);
  const { title, why } = diagnosticCatalogue[code];
  expect(exit).toBe(0);
  expect(stderr).toBe('');
  expect(stdout).toContain(`${code}: ${title}`);
  expect(stdout.replaceAll('\n', ' ')).toContain(why);
  expect(stdout).toMatch(/^Wrong:\n\n {4}\S/m);
});

test('tilewright explain lists every code; --json carries the entries', async () => {
  const { stdout } = await call(['explain']);
  for (const code of Object.keys(diagnosticCatalogue)) expect(stdout).toContain(code);
  const json = onlyJson((await call(['explain', 'TW2009', '--json'])).stdout);
  expect(json).toMatchObject({ diagnostics: [{ code: 'TW2009', severity: 'error' }] });
});

test("a code that there is not, and one of TypeScript's", async () => {
  const unknown = await call(['explain', 'TW9999']);
  expect(unknown.code).toBe(1);
  expect(unknown.stderr).toContain("there is no diagnostic 'TW9999'");
  const typescript = await call(['explain', 'TS2322']);
  expect(typescript.code).toBe(1);
  expect(typescript.stderr).toContain('TypeScript itself');
});

test('the tables of --explain in the documents are what it prints (else UPDATE_DOCS=1)', async () => {
  const file = join(packageRoot(), 'docs', 'kernel-language.md');
  const place = /<!-- from tilewright (.*) -->\n\n```text\n([\s\S]*?)```\n/g;
  const text = readFileSync(file, 'utf8');
  let updated = text;
  const found = [...text.matchAll(place)];
  expect(found.length).toBeGreaterThan(0);
  for (const [whole, line, shown] of found) {
    const { stdout } = await call(line.split(' '));
    if (process.env['UPDATE_DOCS'] === '1') {
      const head = whole.slice(0, whole.length - shown.length - 4);
      updated = updated.replace(
        whole,
        () => `${head}${stdout}\`\`\`
`,
      );
    } else expect(shown).toBe(stdout);
  }
  if (updated !== text) writeFileSync(file, updated);
});
