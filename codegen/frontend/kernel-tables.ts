import type { IntType, Span } from '../ir/ir.ts';
import { plainName } from './plain-name.ts';
import type { KernelState } from './process-builder.ts';

/** A new table of the kernel; its name is `base`, or `base_2` and so on where that is taken. */
export function addTable(
  { tables }: KernelState,
  base: string,
  element: IntType,
  values: readonly bigint[],
  span: Span,
): string {
  const plain = plainName(base);
  let name = plain;
  for (let copy = 2; tables.some((one) => one.name === name); copy++) name = `${plain}_${copy}`;
  tables.push({ name, element, values, span });
  return name;
}
