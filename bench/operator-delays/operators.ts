import { binary, constant, lane, select } from '../../codegen/ir/build.ts';
import { type BinaryOp, type Expr, intType, type Type, u1, vecType } from '../../codegen/ir/ir.ts';
import { delayOf } from '../../codegen/passes/delays.ts';

/** An operator at one width, in Verilog, and what the delay table says of the same in the IR. */
export interface Operator {
  readonly name: string;
  readonly inputs: readonly (readonly [name: string, bits: number])[];
  readonly declarations?: string;
  readonly verilog: string;
  readonly width: number;
  /** Nanoseconds. */
  readonly delay: number;
}

const u = (width: number) => intType(false, width);
const input = (name: string, type: Type): Expr => ({ op: 'var', name, type });

function two(
  name: string,
  op: BinaryOp,
  symbol: string,
  width: number,
  result: number,
  right: number = width,
): Operator {
  const expr = binary(op, u(result), input('a', u(width)), input('b', u(right)));
  return {
    name: `${name}_${width}${right === width ? '' : `_by_${right}`}`,
    inputs: [
      ['a', width],
      ['b', right],
    ],
    verilog: `a ${symbol} b`,
    width: result,
    delay: delayOf(expr),
  };
}

function indexed(lanes: number): Operator {
  const bits = Math.log2(lanes);
  return {
    name: `lane_of_${lanes}`,
    inputs: [
      ['v', lanes * 8],
      ['i', bits],
    ],
    verilog: "v[{i, 3'd0} +: 8]",
    width: 8,
    delay: delayOf(lane(input('v', vecType(u(8), lanes)), input('i', u(bits)))),
  };
}

function tableOf(length: number): Operator {
  const bits = Math.log2(length);
  // Any content that does not compress.
  const cases = Array.from({ length }, (_, at) => {
    const value = (BigInt(at + 1) * 0x9e3779b97f4a7c15n) >> 20n;
    return `${bits}'d${at}: t = 17'd${BigInt.asUintN(17, value)};`;
  });
  return {
    name: `table_of_${length}`,
    inputs: [['i', bits]],
    declarations: `reg [16:0] t; always @* case (i) ${cases.join(' ')} endcase`,
    verilog: 't',
    width: 17,
    delay: delayOf({ op: 'table', type: u(17), table: 't', index: input('i', u(bits)) }),
  };
}

function reduction(lanes: number, width: number, reduce: 'add' | 'or'): Operator {
  const result = reduce === 'or' ? 1 : width + Math.ceil(Math.log2(lanes));
  const tree = (from: number, count: number): string =>
    count === 1
      ? `v[${from * width} +: ${width}]`
      : `(${tree(from, count / 2)} + ${tree(from + count / 2, count / 2)})`;
  return {
    name: `${reduce === 'or' ? 'any' : 'sum'}_of_${lanes}x${width}`,
    inputs: [['v', lanes * width]],
    declarations: reduce === 'or' ? '' : `wire [${result - 1}:0] t = ${tree(0, lanes)};`,
    verilog: reduce === 'or' ? '|v' : 't',
    width: result,
    delay: delayOf({
      op: 'reduce',
      reduce,
      type: u(result),
      vector: input('v', vecType(u(width), lanes)),
    }),
  };
}

const widths = [4, 8, 16, 24, 33, 48, 64];

/** What the delay table is fitted to. */
export const operators: readonly Operator[] = [
  ...widths.map((width) => two('add', 'add', '+', width, width)),
  ...widths.map((width) => two('less', 'lt', '<', width, 1)),
  ...widths.map((width) => two('equal', 'eq', '==', width, 1)),
  two('xor', 'xor', '^', 8, 8),
  {
    name: 'select',
    inputs: [
      ['c', 1],
      ['a', 8],
      ['b', 8],
    ],
    verilog: 'c ? a : b',
    width: 8,
    delay: delayOf(select(input('c', u1), input('a', u(8)), input('b', u(8)), u(8))),
  },
  ...[
    [16, 4],
    [24, 3],
    [32, 5],
    [64, 6],
  ].map(([width, by]) => two('shift', 'shr', '>>', width, width, by)),
  {
    name: 'equal_to_constant_32',
    inputs: [['a', 32]],
    verilog: "a == 32'ha5c3f00d",
    width: 1,
    delay: delayOf(binary('eq', u1, input('a', u(32)), constant(0xa5c3f00dn, u(32)))),
  },
  ...[4, 8, 16, 32, 64].map(indexed),
  ...[16, 64, 256].map(tableOf),
  ...[4, 16, 64, 512].map((lanes) => reduction(lanes, 1, 'or')),
  reduction(16, 1, 'add'),
  reduction(2, 16, 'add'),
  reduction(4, 16, 'add'),
  reduction(16, 16, 'add'),
];
