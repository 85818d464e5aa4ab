import type { IntType, KernelIR } from '../../ir/ir.ts';
import type { NameScope } from '../../support/name-scope.ts';
import { literal } from './text.ts';
import { storedInt } from './types.ts';

/** The constant arrays of a file: the kernel's tables, constant vectors, and orders of lanes. */
export class Constants {
  readonly texts: string[] = [];
  private readonly globals: NameScope;
  private readonly keyword: string;
  private readonly known = new Map<string, string>();

  /** @param keyword what the declaration of a constant begins with. */
  constructor(globals: NameScope, keyword: string) {
    this.globals = globals;
    this.keyword = keyword;
  }

  private array(type: string, wanted: string, values: readonly bigint[]): string {
    const key = `${wanted} ${type} ${values.join()}`;
    const before = this.known.get(key);
    if (before !== undefined) return before;
    const name = this.globals.claim(wanted);
    this.known.set(key, name);
    this.texts.push(arrayText(`${this.keyword} ${type}`, name, values));
    return name;
  }

  table(table: KernelIR['tables'][number]): string {
    return this.array(storedInt(table.element), table.name, table.values);
  }

  /** One value a lane. */
  lanes(values: readonly bigint[], element: IntType): string {
    return this.array(storedInt(element), 'constant_lanes', values);
  }

  /** Which lane of another vector each lane takes. */
  order(lanes: readonly number[]): string {
    return this.array('ushort', 'constant_order', lanes.map(BigInt));
  }
}

/** `T name[n] = {…};`, broken into lines of at most 100 columns. */
function arrayText(type: string, name: string, values: readonly bigint[]): string {
  const texts = values.map((value) => literal(value).text);
  const head = `${type} ${name}[${values.length}] = {`;
  const oneLine = `${head}${texts.join(', ')}};`;
  if (oneLine.length <= 100) return oneLine;
  const lines: string[] = [];
  let line = '   ';
  for (const text of texts) {
    if (line.length + text.length + 2 > 100) {
      lines.push(line);
      line = '   ';
    }
    line += ` ${text},`;
  }
  return [head, ...lines, line, '};'].join('\n');
}
