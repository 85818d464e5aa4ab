import {
  type AssignStmt,
  type BinaryOp,
  type Expr,
  type IntType,
  intType,
  type KernelIR,
  type Memory,
  type Process,
  type Scalar,
  type Span,
  type Stmt,
  type Stream,
  type Type,
  u1,
  type Variable,
  vecType,
} from '../../codegen/ir/ir.ts';

/** Short ways of writing IR by hand. */

export const span: Span = { file: 'kernels/example.ts', line: 1, column: 1 };
export const at = (line: number): Span => ({ ...span, line });
export const u = (width: number): IntType => intType(false, width);
export const i = (width: number): IntType => intType(true, width);
export const u64x8 = vecType(u(64), 8);

export const c = (value: bigint | number, type: IntType): Expr => ({
  op: 'const',
  type,
  value: BigInt(value),
});
export const v = (name: string, type: Type): Expr => ({ op: 'var', name, type });
export const s = (name: string, type: IntType): Expr => ({ op: 'scalar', name, type });
export const bin = (op: BinaryOp, type: Type, left: Expr, right: Expr): Expr => ({
  op,
  type,
  left,
  right,
});
export const cast = (operand: Expr, type: Type): Expr => ({ op: 'cast', type, operand });
export const lane = (vector: Expr, index: Expr, type: IntType): Expr => ({
  op: 'lane',
  type,
  vector,
  index,
});

export const set = (variable: string, value: Expr, line?: number): AssignStmt => ({
  kind: 'assign',
  variable,
  value,
  ...(line === undefined ? {} : { span: at(line) }),
});
export const read = (stream: string, ...into: readonly (string | undefined)[]): Stmt => ({
  kind: 'read',
  stream,
  into,
});
export const write = (stream: string, ...values: readonly Expr[]): Stmt => ({
  kind: 'write',
  stream,
  values,
});
export const request = (memory: string, beat: Expr, beats: Expr): Stmt => ({
  kind: 'request',
  memory,
  beat,
  beats,
});
export const receive = (memory: string, into: string): Stmt => ({ kind: 'receive', memory, into });
export const send = (memory: string, value: Expr): Stmt => ({ kind: 'send', memory, value });
export const response = (memory: string): Stmt => ({ kind: 'response', memory });
export const when = (
  condition: Expr,
  then: readonly Stmt[],
  otherwise: readonly Stmt[] = [],
): Stmt => ({ kind: 'if', condition, then, else: otherwise });

/** `for (name = 0; name < limit; name++)`; the variable has the limit's type. */
export function count(name: string, limit: Expr, body: readonly Stmt[], ii?: number): Stmt {
  const { type } = limit;
  const one: Expr = v(name, type);
  return {
    kind: 'loop',
    init: [set(name, c(0, type as IntType))],
    condition: bin('lt', u1, one, limit),
    step: [set(name, bin('add', type, one, c(1, u1)))],
    body,
    ...(ii === undefined ? {} : { ii }),
  };
}

export const variable = (name: string, type: Type, mutable = true): Variable => ({
  name,
  type,
  mutable,
});
export const process = (
  name: string,
  variables: readonly Variable[],
  body: readonly Stmt[],
): Process => ({ name, variables, arrays: [], body, span });
export const stream = (
  name: string,
  fields: Readonly<Record<string, Type>>,
  depth = 2,
): Stream => ({
  name,
  fields: Object.entries(fields).map(([field, type]) => ({ name: field, type })),
  depth,
  span,
});
export const memory = (
  name: string,
  direction: 'read' | 'write',
  element: IntType,
  outstanding = 16,
): Memory => ({ name, direction, element, beatBits: 512, outstanding, span });
export const scalar = (name: string, type: IntType): Scalar => ({ name, type, span });

export function kernelOf(
  parts: Partial<KernelIR> & Pick<KernelIR, 'name' | 'processes'>,
): KernelIR {
  const { scalars = [], memories = [] } = parts;
  return {
    summary: 'a kernel of the tests',
    parameters: {},
    argumentOrder: [...memories, ...scalars].map(({ name }) => name),
    scalars,
    memories,
    streams: [],
    tables: [],
    ...parts,
  };
}
