import { type KernelIR, type Memory, rangeOf } from '../ir/ir.ts';
import type { TilewrightError } from '../support/errors.ts';
import type { ManifestBlankRows, ManifestRows } from './manifest.ts';

/** What a definition gives may be anything where its types were not looked at. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * What a kernel says of its blank rows, checked against its memories and what it says of rows.
 * @throws what `refuse` makes of a memory that is none, has no part for each row or cannot hold the value, and of a
 * memory that is written and left out.
 */
export function blankRows(
  kernel: KernelIR,
  { elements }: ManifestRows,
  blank: ManifestBlankRows,
  refuse: (what: string, hint: string) => TilewrightError,
): ManifestBlankRows {
  if (!isRecord(blank) || !isRecord(blank.when) || !isRecord(blank.gives)) {
    throw refuse(
      'blank has no when and gives',
      'Write blank: { when: { input: 0 }, gives: { output: 0 } } with the names of memories.',
    );
  }
  const { when, gives } = blank;
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
      const wrong = wrongValue(memory, value);
      if (wrong !== undefined) throw refuse(`blank.${part}: ${wrong.what}`, wrong.hint);
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

/** What is wrong with a value for the elements of a memory. */
function wrongValue(
  { name, element, fraction = 0 }: Memory,
  value: unknown,
): { readonly what: string; readonly hint: string } | undefined {
  const { min, max } = rangeOf(element);
  const units = fraction === 0 ? '' : `, in units of ${2 ** -fraction}`;
  const hint = `Its elements go from ${min} to ${max}${units}.`;
  if (typeof value !== 'number') {
    const text = typeof value === 'bigint' ? `${value}n` : JSON.stringify(value);
    return { what: `'${name}' is ${text ?? String(value)}, which is no number`, hint };
  }
  // Beyond, a number may be another one than was written.
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return {
      what: `'${name}' is ${value}, which is more than a number holds exactly`,
      hint: 'Say a number between -(2 ** 53) and 2 ** 53, or leave blank away.',
    };
  }
  if (!Number.isInteger(value) || BigInt(value) < min || BigInt(value) > max) {
    return { what: `'${name}' cannot hold ${value}`, hint };
  }
  return undefined;
}
