import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../codegen/support/package-root.ts';
import { commands } from '../../host/cli/commands/index.ts';
import { parseCommandLine } from '../../host/cli/run-cli.ts';
import { commandLines } from '../support/documented-commands.ts';

const root = packageRoot();
const documents = [
  'README.md',
  'bitstreams/README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const makefile = readFileSync(join(root, 'Makefile'), 'utf8');

/** Programs that a reader's machine has, which are not ours to check. */
const others = /^(git clone|cd|sudo apt-get install|apt-get install|docker run|npm install)\b/;

async function check(line: string): Promise<void> {
  for (const part of line.split('&&').map((text) => text.trim())) {
    const [program, ...words] = part.split(/\s+/);
    if (program === 'make') {
      for (const target of words) expect(makefile).toMatch(new RegExp(`^${target}:`, 'm'));
    } else if (/^(npx )?tilewright\b/.test(part)) {
      const { chosen, printed } = await parseCommandLine(
        program === 'npx' ? words.slice(1) : words,
        100,
      );
      expect(chosen !== undefined || printed !== '').toBe(true);
    } else if (/^npm run\b/.test(part)) {
      expect(Object.keys(scripts)).toContain(words[1]);
    } else if (/^npx jiti\b/.test(part)) {
      expect(existsSync(join(root, words[1])), words[1]).toBe(true);
    } else {
      expect(part).toMatch(others);
    }
  }
}

const lines = documents.flatMap((document) =>
  commandLines(document).map((line) => ({ document, line })),
);

test('there are commands to check', () => {
  expect(lines.length).toBeGreaterThan(5);
});

test.each(lines)('$document: $line', async ({ line }) => {
  await check(line);
});

test.each(commands.flatMap(({ examples }) => examples.map(([line]) => line)))(
  'example of --help: %s',
  async (line) => {
    await check(line);
  },
);

test('links between documents lead somewhere', () => {
  for (const document of documents) {
    const text = readFileSync(join(root, document), 'utf8');
    for (const [, target] of text.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)) {
      const path = join(root, document, '..', target);
      expect(existsSync(path), `${document} links to ${target}`).toBe(true);
    }
  }
});

test('docs/examples.md lists every example kernel', () => {
  const text = readFileSync(join(root, 'docs/examples.md'), 'utf8');
  const listed = [...text.matchAll(/\(\.\.\/examples\/kernels\/([^)]+)\)/g)].map(
    ([, file]) => file,
  );
  const files = readdirSync(join(root, 'examples/kernels')).filter((file) => file.endsWith('.ts'));
  expect(listed.sort()).toEqual(files.sort());
});
