import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../codegen/support/package-root.ts';
import { mutated } from './copy.ts';
import { rooms } from './rooms.ts';
import { nameInTable, rowsIn } from './table.ts';

const root = packageRoot();
const mutations = rooms.flatMap((room) => room.mutations);

test('each fault is named once', () => {
  expect(mutations.length).toBeGreaterThanOrEqual(30);
  expect(new Set(mutations.map(({ what }) => what)).size).toBe(mutations.length);
});

test.each(mutations)('there is one place for: $what', (mutation) => {
  const text = readFileSync(join(root, mutation.file), 'utf8');
  expect(mutated(text, mutation)).not.toBe(text);
});

test('docs/testing.md has a row for each (else: UPDATE_DOCS=1 npm run planted)', () => {
  const rows = rowsIn(readFileSync(join(root, 'docs', 'testing.md'), 'utf8'));
  expect([...rows.keys()].sort()).toEqual(mutations.map(nameInTable).sort());
  for (const [what, [, written]] of rows) expect(written, what).not.toMatch(/^(nothing)?$/);
});
