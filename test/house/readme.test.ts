import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createJiti } from 'jiti';
import { beforeAll, expect, test, vi } from 'vitest';
import { compileKernel } from '../../codegen/index.ts';
import { packageRoot } from '../../codegen/support/package-root.ts';

const root = packageRoot();
const readme = join(root, 'README.md');
const text = readFileSync(readme, 'utf8');

/** The lines from the one that `first` matches to the one that `last` matches. */
function cut(source: string, first: RegExp, last: RegExp): string {
  const lines = source.split('\n');
  const from = lines.findIndex((line) => first.test(line));
  const to = lines.findIndex((line, index) => index >= from && last.test(line));
  if (from < 0 || to < 0) throw new Error(`no lines from ${first} to ${last}`);
  return lines.slice(from, to + 1).join('\n');
}

const blocks = new Map<string, string>();

beforeAll(async () => {
  for (const file of ['examples/scale.ts', 'examples/library.ts', 'examples/stream.ts']) {
    blocks.set(file, readFileSync(join(root, file), 'utf8').trimEnd());
  }
  const { files } = await compileKernel(join(root, 'examples/scale.ts'));
  const cpp = files.get('hls/scale.cpp') ?? '';
  const verilog = files.get('verilog/scale_multiply.v') ?? '';
  blocks.set('hls/scale.cpp: multiply', cut(cpp, /^static void multiply\(/, /^}/));
  blocks.set(
    'verilog/scale_multiply.v: stages',
    cut(verilog, /\/\/ Stage 0\b/, /assign s2_go/).replaceAll(/^ {4}/gm, ''),
  );
  if (process.env['UPDATE_README'] === '1') {
    let updated = text;
    for (const [name, block] of blocks) {
      const place = new RegExp(`(<!-- from ${name} -->\n\n\`\`\`\\w+\n)[^]*?(\`\`\`\n)`);
      updated = updated.replace(place, (_whole, head, tail) => `${head}${block}\n${tail}`);
    }
    writeFileSync(readme, updated);
  }
});

test('the code in README.md is what the files say (else run with UPDATE_README=1)', () => {
  for (const [name, block] of blocks) {
    const shown = new RegExp(`<!-- from ${name} -->\n\n\`\`\`\\w+\n([^]*?)\`\`\`\n`).exec(
      readFileSync(readme, 'utf8'),
    );
    expect(shown?.[1], name).toBe(`${block}\n`);
  }
});

test('the library example of README.md runs', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  try {
    const jiti = createJiti(join(root, 'examples/'), {
      alias: { tilewright: join(root, 'host/index.ts') },
      fsCache: false,
    });
    await jiti.import(join(root, 'examples/library.ts'));
    const expected = Array.from({ length: 32 }, (_, i) => Math.min(32767, (1000 * i * 24) >> 4));
    expect(log.mock.calls[0]?.[0]).toBe(expected.join(' '));
  } finally {
    log.mockRestore();
  }
});
