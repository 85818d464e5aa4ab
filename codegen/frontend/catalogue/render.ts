import type { CatalogueEntry, Example } from './entry.ts';
import { exampleText } from './example-kernel.ts';

const families: readonly (readonly [prefix: string, title: string])[] = [
  ['TW1', 'Outside the kernel language'],
  ['TW2', 'Types and widths'],
  ['TW3', 'Loops, and what may block'],
  ['TW4', 'The kernel and its network of processes'],
  ['TW5', 'Names'],
  ['TW6', 'Warnings: it works, and is slower than asked'],
];

function wrapped(text: string, columns: number): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1];
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.join('\n');
}

const indented = (example: Example) => exampleText(example).replace(/^(?=.)/gm, '    ');

/** What `tilewright explain CODE` prints. */
export function explainEntry(code: string, entry: CatalogueEntry): string {
  return [
    `${entry.severity ?? 'error'} ${code}: ${entry.title}`,
    wrapped(entry.why, 96),
    `Wrong:\n\n${indented(entry.wrong)}`,
    `Right:\n\n${indented(entry.right)}`,
  ].join('\n\n');
}

/** The whole of `docs/diagnostics.md`. */
export function diagnosticsDocument(catalogue: Readonly<Record<string, CatalogueEntry>>): string {
  const fenced = (text: string) => `\`\`\`ts\n${text}\n\`\`\``;
  const parts = [
    '# Diagnostics',
    '<!-- Written from codegen/frontend/diagnostic-catalogue.ts: UPDATE_DOCS=1 npx vitest run test/diagnostics -->',
    wrapped(
      'Every message of the kernel compiler has a code that stays, a place (`file:line:column`, the source line and a caret), a reason, and what to write instead. One run reports all errors of a file. `tilewright explain CODE` prints an entry of this page. Codes that begin with `TS` are those of TypeScript itself, which looks at a kernel first.',
      100,
    ),
    wrapped(
      'In the examples `v` is a beat of 16 × `u32` inside a process; every example is compiled by the tests.',
      100,
    ),
  ];
  const codes = Object.keys(catalogue).sort();
  for (const [prefix, title] of families) {
    const own = codes.filter((code) => code.startsWith(prefix));
    if (own.length === 0) continue;
    parts.push(`## ${title}`);
    for (const code of own) {
      const { title, why, wrong, right } = catalogue[code];
      parts.push(`### ${code}: ${title}`, wrapped(why, 100));
      parts.push(fenced(exampleText(wrong)), 'Write instead:', fenced(exampleText(right)));
    }
  }
  return `${parts.join('\n\n')}\n`;
}
