import { type IntType, rangeOf, type VecType } from '../../ir/ir.ts';
import type { NameScope } from './names.ts';
import { mentionsName } from './prelude.ts';
import { cppInt, cppType, typeWord, wideLiteral } from './types.ts';

/** What stands at the head of a file because some process uses it: helper functions and constants. */
export class Helpers {
  /** In the order of first use. */
  private readonly functions = new Map<string, string>();
  private readonly constants = new Map<string, string>();
  private readonly scope: NameScope;
  private readonly names = new Map<string, string>();

  constructor(scope: NameScope) {
    this.scope = scope;
  }

  private once(key: string, name: string, add: (name: string) => void): string {
    let known = this.names.get(key);
    if (known === undefined) {
      known = this.scope.claim(name);
      this.names.set(key, known);
      add(known);
    }
    return known;
  }

  /** The functions and the constants that a text mentions: some were asked for and folded away. */
  usedIn(text: string): {
    readonly functions: readonly string[];
    readonly constants: readonly string[];
  } {
    const used = (all: ReadonlyMap<string, string>) =>
      [...all].filter(([name]) => mentionsName(text, name)).map(([, one]) => one);
    return { functions: used(this.functions), constants: used(this.constants) };
  }

  /** A function that clamps `from` to the range of `to`. */
  saturate(from: IntType, to: IntType): string {
    const name = `saturate_${typeWord(from)}_to_${typeWord(to)}`;
    return this.once(name, name, (claimed) => {
      const [given, wanted] = [rangeOf(from), rangeOf(to)];
      const lines = [`static inline ${cppInt(to)} ${claimed}(${cppInt(from)} value) {`];
      const clamp = (operator: string, limit: bigint) => {
        const as = (type: IntType) => wideLiteral(limit, type);
        lines.push(`  if (value ${operator} ${as(from)}) return ${as(to)};`);
      };
      if (given.max > wanted.max) clamp('>', wanted.max);
      if (given.min < wanted.min) clamp('<', wanted.min);
      this.functions.set(claimed, [...lines, `  return ${cppInt(to)}(value);`, '}'].join('\n'));
    });
  }

  /** A shift whose amount may reach the width of its value: what ap_int does then is not documented. */
  shift(direction: 'left' | 'right', value: IntType, amount: IntType): string {
    const name = `shift_${direction}_${typeWord(value)}_by_${typeWord(amount)}`;
    return this.once(name, name, (claimed) => {
      const type = cppInt(value);
      const operator = direction === 'left' ? '<<' : '>>';
      const most = value.width - 1;
      const beyond =
        direction === 'right' && value.signed ? `${type}(value >> ${most})` : `${type}(0)`;
      this.functions.set(
        claimed,
        `static inline ${type} ${claimed}(${type} value, ${cppInt(amount)} amount) {\n` +
          `  return amount > ${most} ? ${beyond} : ${type}(value ${operator} amount);\n}`,
      );
    });
  }

  /** A function that takes the lanes of a vector out of a beat. */
  unpack(type: VecType): string {
    const name = `unpack_${typeWord(type)}`;
    return this.once(name, name, (claimed) => {
      const { width } = type.element;
      const bits = width * type.lanes;
      this.functions.set(
        claimed,
        `static inline ${cppType(type)} ${claimed}(const ap_uint<${bits}>& beat) {\n` +
          `  ${cppType(type)} value;\n` +
          `  for (int l = 0; l < ${type.lanes}; ++l) {\n#pragma HLS UNROLL\n` +
          `    value.lane[l] = beat.range(l * ${width} + ${width - 1}, l * ${width});\n` +
          '  }\n  return value;\n}',
      );
    });
  }

  /** A function that packs the lanes of a vector into a beat. */
  pack(type: VecType): string {
    const name = `pack_${typeWord(type)}`;
    return this.once(name, name, (claimed) => {
      const { width } = type.element;
      const bits = width * type.lanes;
      this.functions.set(
        claimed,
        `static inline ap_uint<${bits}> ${claimed}(const ${cppType(type)}& value) {\n` +
          `  ap_uint<${bits}> beat = 0;\n` +
          `  for (int l = 0; l < ${type.lanes}; ++l) {\n#pragma HLS UNROLL\n` +
          `    beat.range(l * ${width} + ${width - 1}, l * ${width}) = value.lane[l];\n` +
          '  }\n  return beat;\n}',
      );
    });
  }

  /** A constant array of one value a lane. */
  lanes(values: readonly bigint[], element: IntType): string {
    const text = values.map((value) => constantText(value)).join(', ');
    return this.once(`lanes ${cppInt(element)} ${text}`, 'LANES', (claimed) => {
      this.constants.set(claimed, arrayText(cppInt(element), claimed, values.map(constantText)));
    });
  }

  /** A constant array that says which lane of another vector each lane takes. */
  order(lanes: readonly number[]): string {
    return this.once(`order ${lanes.join()}`, 'ORDER', (claimed) => {
      this.constants.set(claimed, arrayText('int', claimed, lanes.map(String)));
    });
  }
}

/** A constant inside the braces of an array of its own type. */
function constantText(value: bigint): string {
  if (value >= -0x7fffffffn && value <= 0x7fffffffn) return String(value);
  if (value >= 0n) return `0x${value.toString(16)}ULL`;
  return value === -(1n << 63n) ? '-0x7fffffffffffffffLL - 1' : `${value}LL`;
}

/** `static const T name[] = {…};`, broken into lines of at most 100 columns. */
export function arrayText(type: string, name: string, values: readonly string[]): string {
  const head = `static const ${type} ${name}[${values.length}] = {`;
  const oneLine = `${head}${values.join(', ')}};`;
  if (oneLine.length <= 100) return oneLine;
  const lines: string[] = [];
  let line = '   ';
  for (const value of values) {
    if (line.length + value.length + 2 > 100) {
      lines.push(line);
      line = '   ';
    }
    line += ` ${value},`;
  }
  return [head, ...lines, line, '};'].join('\n');
}

export function tableText(name: string, element: IntType, values: readonly bigint[]): string {
  return arrayText(cppInt(element), name, values.map(constantText));
}
