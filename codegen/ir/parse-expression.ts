import { constantVector } from './build.ts';
import {
  type BinaryOp,
  type Expr,
  type IntType,
  lanesOf,
  type ReduceOp,
  type Type,
  typeText,
  type VecType,
} from './ir.ts';
import { refuse } from './ir-lines.ts';
import type { LineReader } from './line-reader.ts';

/** What the names in an expression stand for; undefined for a name that is not there. */
export interface Names {
  variable(name: string): Type | undefined;
  scalar(name: string): IntType | undefined;
  hasTable(name: string): boolean;
}

const binaryOps: readonly string[] = [
  'add',
  'sub',
  'mul',
  'and',
  'or',
  'xor',
  'shl',
  'shr',
  'eq',
  'ne',
  'lt',
  'le',
] satisfies BinaryOp[];
const reduceOps: readonly string[] = ['or', 'and', 'add', 'min', 'max'] satisfies ReduceOp[];

const form = 'An expression is a name, $scalar, 5:u8, [1 2]:u8x2 or op:type(operands).';

/** `add:u9(a, 1:u1)`, as `printExpr` writes it. */
export function parseExpression(reader: LineReader, names: Names): Expr {
  const { span } = reader;
  const token = reader.peek();
  if (token?.kind === 'number' || reader.sees('[')) return constant(reader);
  if (reader.accept('$')) {
    const name = reader.name('the name of a scalar', form);
    const type = names.scalar(name);
    if (type !== undefined) return { op: 'scalar', type, name, span };
    return refuse(span, `the kernel has no scalar ${name}`, 'Declare it: scalar name: u32.');
  }
  const name = reader.name('an expression', form);
  if (token?.kind === 'string' || !reader.accept(':')) {
    const type = names.variable(name);
    if (type !== undefined) return { op: 'var', type, name, span };
    return refuse(
      span,
      `the process has no variable ${name}`,
      'Declare it at the head of the process: var name: u32.',
    );
  }
  const type = reader.type();
  reader.expect('(', form);
  const expr = operation(reader, names, name, type, span);
  reader.expect(')', `${name} takes no more than this.`);
  return { ...expr, span };
}

function constant(reader: LineReader): Expr {
  const { span } = reader;
  const value = reader.sees('[') ? reader.integers() : reader.integer('a constant', form);
  reader.expect(':', 'A constant names its type: 5:u8.');
  const type = reader.type();
  if (typeof value === 'bigint') {
    if (type.kind === 'int') return { op: 'const', type, value, span };
    const lanes = Array.from({ length: type.lanes }, () => value);
    return { ...constantVector(lanes, type.element), span };
  }
  if (type.kind === 'int' || type.lanes !== value.length) {
    return refuse(
      span,
      `${value.length} values are no ${typeText(type)}`,
      'Give one value a lane, or a single one for all: 0:u8x16.',
    );
  }
  return { op: 'const', type, value, span };
}

function operation(
  reader: LineReader,
  names: Names,
  op: string,
  type: Type,
  span: LineReader['span'],
): Expr {
  const operand = () => parseExpression(reader, names);
  const next = () => {
    reader.expect(',', `${op} takes another operand.`);
    return operand();
  };
  const integer = (): IntType => {
    if (type.kind === 'int') return type;
    return refuse(span, `${op} gives one integer, not ${typeText(type)}`, `Write ${op}:u8(…).`);
  };
  const vector = (): VecType => {
    if (type.kind === 'vec') return type;
    return refuse(span, `${op} gives a vector, not ${typeText(type)}`, `Write ${op}:u8x4(…).`);
  };
  const all = () => {
    const list = [operand()];
    while (reader.sees(',')) list.push(next());
    return list;
  };
  if (binaryOps.includes(op)) {
    return { op: op as BinaryOp, type, left: operand(), right: next() };
  }
  if (op.startsWith('reduce-') && reduceOps.includes(op.slice(7))) {
    return { op: 'reduce', type: integer(), reduce: op.slice(7) as ReduceOp, vector: operand() };
  }
  switch (op) {
    case 'cast':
    case 'saturate':
    case 'not':
      return { op, type, operand: operand() };
    case 'select':
      return { op, type, condition: operand(), then: next(), else: next() };
    case 'lane':
      return { op, type: integer(), vector: operand(), index: next() };
    case 'with-lane':
      return { op, type: vector(), vector: operand(), index: next(), value: next() };
    case 'build':
      return { op, type: vector(), elements: all() };
    case 'concat':
      return { op, type: vector(), vectors: all() };
    case 'shuffle': {
      const source = operand();
      reader.expect(',', 'shuffle takes a vector and the lanes to take from it.');
      const place = reader.span;
      const lanes = reader.integers().map(Number);
      const most = lanesOf(source.type);
      const outside = lanes.find((one) => one < 0 || one >= most);
      if (outside !== undefined) {
        refuse(place, `there is no lane ${outside}`, `The vector has lanes 0 to ${most - 1}.`);
      }
      return { op, type: vector(), vector: source, lanes };
    }
    case 'table': {
      const place = reader.span;
      const name = reader.name('the name of a table', form);
      if (!names.hasTable(name)) {
        refuse(place, `the kernel has no table ${name}`, 'Declare it: table name: u8 [1 2 3].');
      }
      return { op, type: integer(), table: name, index: next() };
    }
    default: {
      const others = 'cast, saturate, not, select, lane, with-lane, build, concat, shuffle, table';
      const ops = [...binaryOps, others, ...reduceOps.map((one) => `reduce-${one}`)];
      return refuse(span, `there is no operator ${op}`, `There are ${ops.join(', ')}.`);
    }
  }
}
