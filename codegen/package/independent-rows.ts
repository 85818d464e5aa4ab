import type { KernelIR } from '../ir/ir.ts';
import { TilewrightError } from '../support/errors.ts';
import { blankRows } from './blank-rows.ts';
import type { ManifestRows } from './manifest.ts';

/**
 * What a kernel says of its rows, checked against its arguments.
 * @throws TilewrightError `KERNEL_ROWS` for a name that is no argument of the right kind, or a wrong number.
 */
export function independentRows(kernel: KernelIR, rows: ManifestRows): ManifestRows {
  const { count, elements, blank } = rows;
  const refuse = (what: string, hint: string) =>
    new TilewrightError(`kernel ${kernel.name}: its rows(): ${what}`, {
      code: 'KERNEL_ROWS',
      hint,
    });
  if (!kernel.scalars.some(({ name }) => name === count)) {
    const names = kernel.scalars.map(({ name }) => name).join(', ');
    throw refuse(`count is '${count}', which is no scalar`, `Scalars are ${names || 'missing'}.`);
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
  return {
    ...{ count, elements },
    ...(blank === undefined ? {} : { blank: blankRows(kernel, rows, blank, refuse) }),
  };
}
