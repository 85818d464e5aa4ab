import { type KernelIR, rangeOf } from '../ir/ir.ts';
import type { TilewrightError } from '../support/errors.ts';
import type { ManifestBlankRows, ManifestRows } from './manifest.ts';

/**
 * What a kernel says of its blank rows, checked against its memories and what it says of rows.
 * @throws what `refuse` makes of a memory that is none, has no part for each row or cannot hold the value, and of a
 * memory that is written and left out.
 */
export function blankRows(
  kernel: KernelIR,
  { elements }: ManifestRows,
  { when, gives }: ManifestBlankRows,
  refuse: (what: string, hint: string) => TilewrightError,
): ManifestBlankRows {
  for (const [direction, values] of [
    ['read', when],
    ['write', gives],
  ] as const) {
    const part = direction === 'read' ? 'when' : 'gives';
    for (const [name, value] of Object.entries(values)) {
      const memory = kernel.memories.find((one) => one.name === name);
      if (memory?.direction !== direction || !Object.hasOwn(elements, name)) {
        const right = kernel.memories
          .filter((one) => one.direction === direction && Object.hasOwn(elements, one.name))
          .map((one) => one.name);
        throw refuse(
          `blank.${part} names '${name}', which is no memory that is ${direction === 'read' ? 'read' : 'written'} and has elements for each row`,
          `Such memories are ${right.join(', ') || 'missing'}.`,
        );
      }
      const { min, max } = rangeOf(memory.element);
      if (!Number.isInteger(value) || BigInt(value) < min || BigInt(value) > max) {
        throw refuse(
          `blank.${part}: '${name}' cannot hold ${value}`,
          `Its elements go from ${min} to ${max}.`,
        );
      }
    }
  }
  if (Object.keys(when).length === 0) {
    throw refuse('blank.when is empty', 'Name the memory by whose elements a row is blank.');
  }
  const silent = kernel.memories.find(
    ({ name, direction }) => direction === 'write' && !Object.hasOwn(gives, name),
  );
  if (silent !== undefined) {
    throw refuse(
      `blank.gives says nothing of '${silent.name}'`,
      'Say what a blank row is in each memory that is written, or leave blank away.',
    );
  }
  return { when, gives };
}
