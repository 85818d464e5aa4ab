import type { Expr, Span } from '../ir/ir.ts';
import { elementOf } from '../ir/ir.ts';
import { fail } from './diagnostics.ts';
import { addTable } from './kernel-tables.ts';
import type { KernelState } from './process-builder.ts';
import { hw, toHardware, toOperand, type Value } from './values.ts';

/** Entries that a table in hardware may have. */
const longestTable = 65_536;

export function refuseLongTable(object: Value, name: string, span: Span): void {
  if (object.kind !== 'static' || !Array.isArray(object.value)) return;
  const { length } = object.value;
  if (length <= longestTable) return;
  fail(
    'TW1021',
    span,
    `${name} has ${length} elements, and the hardware indexes it`,
    `A table has at most ${longestTable}; let the host pass a larger one in a memory.`,
  );
}

const made = new WeakMap<KernelState, Map<unknown, string>>();

/**
 * An array of the file's top level that the hardware indexes: a table of the kernel, one for all the
 * places that index it. Undefined where the value is no array of numbers.
 */
export function constantTable(
  object: Value,
  index: Value,
  name: string,
  kernel: KernelState,
  span: Span,
): Value | undefined {
  if (object.kind !== 'static' || !Array.isArray(object.value)) return undefined;
  const list = object.value as readonly unknown[];
  const { expr, big, fraction } = toOperand(object, span);
  if (expr.op !== 'const' || typeof expr.value === 'bigint') return undefined;
  const element = elementOf(expr.type);
  const known = made.get(kernel) ?? new Map<unknown, string>();
  made.set(kernel, known);
  let table = known.get(list);
  if (table === undefined) {
    table = addTable(kernel, name, element, expr.value, span);
    known.set(list, table);
  }
  const at = toHardware(index, span).expr;
  const entry: Expr = { op: 'table', type: element, table, index: at, span };
  return hw(entry, big, fraction);
}
