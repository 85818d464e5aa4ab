import type { Span } from '../ir/ir.ts';
import { fail } from './diagnostics.ts';
import { staticOf, type Value } from './values.ts';

type List = Extract<Value, { kind: 'record' }>;

/** The elements of an array of a dataflow region; undefined where the value is none. */
export function elementsOf(value: Value): readonly Value[] | undefined {
  if (value.kind === 'record' && value.list) return [...value.fields.values()];
  if (value.kind !== 'static' || !Array.isArray(value.value)) return undefined;
  return value.value.map((one): Value => ({ kind: 'static', value: one }));
}

export function listOf(values: readonly Value[]): Value {
  return {
    kind: 'record',
    list: true,
    fields: new Map(values.map((one, at) => [String(at), one])),
  };
}

/** `list[index] = value`: replaces an element, or adds the next one. */
export function setElement(list: Value, index: Value, value: Value, span: Span): void {
  const at = staticOf(index)?.value;
  const length = elementsOf(list)?.length ?? 0;
  if (list.kind !== 'record' || !list.list || typeof at !== 'number' || at > length || at < 0) {
    fail(
      'TW1028',
      span,
      'this element cannot be assigned',
      'A dataflow region fills arrays of its own, from the start: const all: Stream<u8>[] = [], all.push(…).',
    );
  }
  // JavaScript's arrays are shared by all who hold them.
  (list as List & { fields: Map<string, Value> }).fields.set(String(at), value);
}

/** How many elements `Array.from` makes of its first argument, or the elements themselves. */
export function sourceOf(value: Value, span: Span): readonly Value[] {
  const elements = elementsOf(value);
  if (elements !== undefined) return elements;
  const known = staticOf(value)?.value as { length?: unknown } | undefined | null;
  const length = known?.length;
  if (typeof length === 'number' && Number.isInteger(length) && length >= 0 && length <= 4096) {
    return Array.from({ length }, () => ({ kind: 'static', value: undefined }));
  }
  fail(
    'TW4015',
    span,
    'the length of this array is not known when the circuit is built',
    'Array.from({ length: p.lanes }, …): a parameter or a constant, at most 4096.',
  );
}

/** Methods that take no function. */
export const plainMethods: Readonly<
  Record<string, (list: readonly Value[], args: readonly Value[]) => readonly Value[]>
> = {
  concat: (list, args) => [...list, ...args.flatMap((one) => elementsOf(one) ?? [one])],
  entries: (list) => list.map((one, at) => listOf([{ kind: 'static', value: at }, one])),
  slice: (list, args) => {
    const [from, to] = args.map((one) => staticOf(one)?.value as number | undefined);
    return list.slice(from, to);
  },
};
