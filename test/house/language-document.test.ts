import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { compileKernel } from '../../codegen/compile.ts';
import { exampleKernel } from '../../codegen/frontend/catalogue/example-kernel.ts';
import * as language from '../../codegen/language/index.ts';
import { packageRoot } from '../../codegen/support/package-root.ts';
import { renderTemplate } from '../../codegen/support/render-template.ts';

/**
 * Every TypeScript example of the language's document compiles. One that is no whole kernel stands in the
 * middle of a process, or of a dataflow region; the comment `with:` or `region:` above it declares what it
 * takes for granted, the latter functions and, behind a bar, arguments.
 */
function ofRegion(context: string, dataflow: string) {
  const [top, more] = context.split(' | ');
  return { top, arguments: more, dataflow };
}

const folder = mkdtempSync(join(tmpdir(), 'tilewright-document-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const text = readFileSync(join(packageRoot(), 'docs', 'kernel-language.md'), 'utf8');
const examples = [
  ...text.matchAll(/(?:<!-- (with|region): (.*) -->\n\n)?```ts\n([\s\S]*?)```/g),
].map(([, kind, context = '', code], at) => ({
  at,
  example: kind === 'region' ? ofRegion(context, code) : `${context}\n${code}`,
  code,
  whole: code.includes('export default'),
}));
const names = [
  ...Object.keys(language),
  ...['ReadPort', 'WritePort', 'Stream', 'Vec', 'ValueOf'].map((name) => `type ${name}`),
];

test('there are examples, one of them a whole kernel', () => {
  expect(examples.length).toBeGreaterThan(4);
  expect(examples.filter(({ whole }) => whole)).toHaveLength(1);
});

test.each(examples)(
  'example $at compiles without a warning',
  async ({ at, example, code, whole }) => {
    const file = join(folder, `example-${at}.ts`);
    writeFileSync(file, whole ? code : exampleKernel(example, names));
    const { warnings } = await compileKernel(file);
    expect(warnings.map((one) => one.text)).toEqual([]);
  },
);

test('the whole kernel is what `tilewright new` writes', () => {
  const [kernel] = examples.filter(({ whole }) => whole);
  const scaffold = renderTemplate('host/cli/templates/kernel.ts.hbs', { name: 'my_filter' });
  expect(kernel.code.trimEnd()).toBe(scaffold.trimEnd());
});
