import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseKernel } from '../../../codegen/ir/parse.ts';
import { verifyKernel } from '../../../codegen/ir/verify.ts';

test('one statement object in two places is a pass that is wrong', () => {
  const text = readFileSync(new URL('everything.ir', import.meta.url), 'utf8');
  const ir = parseKernel(text, 'everything.ir');
  const [first, ...others] = ir.processes;
  const [statement] = first.body;
  const twice = (again: typeof statement) => ({
    ...ir,
    processes: [{ ...first, body: [...first.body, again] }, ...others],
  });
  expect(() => verifyKernel(twice(statement))).toThrow('the same loop in two places');
  // Of the loop's own statements only the outer object is another one.
  expect(() => verifyKernel(twice({ ...statement }))).toThrow('in two places');
});
