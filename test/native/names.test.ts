import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { NameScope } from '../../codegen/backends/cpu/names.ts';

const template = new URL('../../codegen/backends/cpu/templates/kernel.cpp.hbs', import.meta.url);

test('no process, stream or memory gets a name that the emitted C++ has itself', () => {
  const text = readFileSync(template, 'utf8').replace(/\/\/.*|\{\{.*?\}\}/g, '');
  const [, members] = /\nstruct workspace \{(.*?)\n {2}struct \{/s.exec(text) ?? ['', ''];
  const fields = [...members.matchAll(/(\w+)(?:\[\])*[,;]/g)].map(([, name]) => name);
  const types = [...text.matchAll(/^(?:struct|enum) (\w+)/gm)].map(([, name]) => name);
  const functions = [...text.matchAll(/^(?:\w.*? )\**(\w+)\(.*\{$/gm)].map(([, name]) => name);
  expect(fields).toContain('unread');
  expect(types).toContain('workspace');
  expect(functions).toContain('put_text');
  const free = [...new Set([...fields, ...types, ...functions])].filter(
    (name) => new NameScope().claim(name) === name,
  );
  expect(free).toEqual([]);
});
