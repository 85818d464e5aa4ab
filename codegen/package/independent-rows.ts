import type { KernelIR } from '../ir/ir.ts';
import { TilewrightError } from '../support/errors.ts';
import { blankRows, isRecord } from './blank-rows.ts';
import type { ManifestRows } from './manifest.ts';

/**
 * What a kernel says of its rows, checked against its arguments.
 * @throws TilewrightError `KERNEL_ROWS` for a name that is no argument of the right kind, a wrong number, a count
 * that may be below 0, and a memory that is written and left out.
 */
export function independentRows(kernel: KernelIR, rows: ManifestRows): ManifestRows {
  const refuse = (what: string, hint: string) =>
    new TilewrightError(`kernel ${kernel.name}: its rows(): ${what}`, {
      code: 'KERNEL_ROWS',
      hint,
    });
  if (!isRecord(rows) || !isRecord(rows.elements)) {
    throw refuse(
      'it gives no count and elements',
      "Return { count: 'rows', elements: { input: 16, output: 1 } } with the names of arguments.",
    );
  }
  const { count, elements, blank } = rows;
  const scalar = kernel.scalars.find(({ name }) => name === count);
  if (scalar === undefined) {
    const names = kernel.scalars.map(({ name }) => name).join(', ');
    throw refuse(`count is '${count}', which is no scalar`, `Scalars are ${names || 'missing'}.`);
  }
  // Below 0 there would be no rows for the kernel, and some for who cuts them into parts.
  if (scalar.type.signed || (scalar.fraction ?? 0) !== 0) {
    throw refuse(
      `count is '${count}', which is no unsigned integer`,
      'Give that scalar a type such as u32.',
    );
  }
  for (const [memory, number] of Object.entries(elements)) {
    if (!kernel.memories.some(({ name }) => name === memory)) {
      const names = kernel.memories.map(({ name }) => name).join(', ');
      throw refuse(`there is no memory '${memory}'`, `Memories are ${names || 'missing'}.`);
    }
    if (!Number.isSafeInteger(number) || number < 1) {
      throw refuse(
        `a row of '${memory}' cannot have ${number} elements`,
        'It is a whole number from 1 on.',
      );
    }
  }
  // Parts of the rows would all write to its beginning.
  const shared = kernel.memories.find(
    ({ name, direction }) => direction === 'write' && !Object.hasOwn(elements, name),
  );
  if (shared !== undefined) {
    throw refuse(
      `elements says nothing of '${shared.name}', which is written`,
      'Say how many elements of it belong to a row, or leave rows() away.',
    );
  }
  return {
    ...{ count, elements },
    ...(blank === undefined ? {} : { blank: blankRows(kernel, rows, blank, refuse) }),
  };
}
