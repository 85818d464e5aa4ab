import { elementOf, type KernelIR, type TableExpr } from '../../ir/ir.ts';
import { literal } from './expressions.ts';
import { range } from './ports.ts';

/**
 * A table as a function with a case for each index: simulators make an array of it, synthesis a ROM or
 * LUTs. (A part-select at index × width would cost a multiplier in some tools.) An index beyond the
 * table gives 0. Functions of one table differ by the width of the index.
 */
export function tableFunction(
  kernel: KernelIR,
  expr: TableExpr,
): { readonly name: string; readonly lines: readonly string[] } {
  const table = kernel.tables.find((one) => one.name === expr.table);
  if (table === undefined) throw new Error(`table ${expr.table}`);
  const bits = elementOf(expr.index.type).width;
  const { width } = table.element;
  const name = `table_${table.name}_${bits}`;
  const reachable = table.values.slice(0, Math.min(table.values.length, 2 ** bits));
  const cases = reachable.map(
    (value, at) => `        ${literal(BigInt(at), bits)}: ${name} = ${literal(value, width)};`,
  );
  // A default that can never be taken is one too many for some linters.
  const rest = reachable.length === 2 ** bits ? [] : [`        default: ${name} = ${width}'d0;`];
  return {
    name,
    lines: [
      `function ${range(width)}${name};`,
      `    input ${range(bits)}index;`,
      `    case (index)`,
      ...cases,
      ...rest,
      '    endcase',
      'endfunction',
    ],
  };
}
