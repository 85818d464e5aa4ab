import { TilewrightError } from '../support/errors.ts';
import type { Diagnostic } from './diagnostic.ts';
import { endpoints } from './endpoints.ts';
import {
  type Expr,
  elementOf,
  type KernelIR,
  lanesOf,
  type Process,
  type Span,
  type Stmt,
  sameType,
  type Type,
  typeText,
} from './ir.ts';
import { printExpr } from './print.ts';
import { allStatements, definedBy, expressionsOf, operandsOf } from './visit.ts';

/**
 * Checks that a kernel's IR is whole: names known, types consistent, widths within 64, one producer and
 * one consumer a stream, producers before consumers. Errors about the network of processes speak to the
 * kernel's author; the others mean that a pass or the front end is wrong.
 */
export function verifyKernel(kernel: KernelIR): void {
  verifyNetwork(kernel);
  for (const process of kernel.processes) verifyProcess(kernel, process);
}

/** Streams and memories that are not used by one process a side, or in the wrong order. */
export function networkProblems(kernel: KernelIR): readonly Diagnostic[] {
  const problems: Diagnostic[] = [];
  const ends = endpoints(kernel);
  const order = new Map(kernel.processes.map((process, at) => [process.name, at]));
  const one = (access: string, what: string, name: string, span: Span): string | undefined => {
    const found = [...(ends.get(`${access} ${name}`) ?? [])];
    if (found.length === 1) return found[0];
    const message =
      found.length === 0
        ? `no process calls ${access}() of ${what} ${name}`
        : `${found.join(' and ')} both call ${access}() of ${what} ${name}`;
    const hint =
      what === 'the stream'
        ? 'A stream has one process that writes it and one that reads it.'
        : 'Each side of a memory belongs to exactly one process.';
    problems.push({ code: 'TW4010', span, message, hint });
    return undefined;
  };
  const inOrder = (
    first: string | undefined,
    then: string | undefined,
    name: string,
    span: Span,
  ): void => {
    if (first === undefined || then === undefined) return;
    if ((order.get(first) ?? 0) <= (order.get(then) ?? 0)) return;
    problems.push({
      code: 'TW4011',
      span,
      message: `${then} is called before ${first}, and uses what ${first} puts into ${name}`,
      hint: 'Call producers before consumers; processes must not form a cycle.',
    });
  };
  for (const stream of kernel.streams) {
    if (!ends.has(`write ${stream.name}`) && !ends.has(`read ${stream.name}`)) {
      problems.push({
        code: 'TW4010',
        span: stream.span,
        message: `no process uses the stream ${stream.name}`,
        hint: 'Pass it to the process that writes it and to the one that reads it, or remove it.',
      });
      continue;
    }
    const from = one('write', 'the stream', stream.name, stream.span);
    const to = one('read', 'the stream', stream.name, stream.span);
    if (from !== undefined && from === to) {
      problems.push({
        code: 'TW4011',
        span: stream.span,
        message: `${from} reads the stream ${stream.name} that it writes`,
        hint: 'A stream joins two processes; keep the value in a variable.',
      });
    }
    inOrder(from, to, `the stream ${stream.name}`, stream.span);
  }
  for (const memory of kernel.memories) {
    const sides =
      memory.direction === 'read' ? ['request', 'receive'] : ['request', 'send', 'response'];
    const [first, ...rest] = sides.map((side) => one(side, 'the memory', memory.name, memory.span));
    for (const then of rest) inOrder(first, then, `the memory ${memory.name}`, memory.span);
  }
  return problems;
}

function verifyNetwork(kernel: KernelIR): void {
  const [first] = networkProblems(kernel);
  if (first === undefined) return;
  const { code, span, message, hint } = first;
  throw new TilewrightError(`${span.file}:${span.line}:${span.column}: error ${code}: ${message}`, {
    code,
    hint,
    location: span,
  });
}

function verifyProcess(kernel: KernelIR, process: Process): void {
  const types = new Map<string, Type>();
  for (const { name, type } of process.variables) {
    if (types.has(name)) broken(process, `variable ${name} is declared twice`);
    types.set(name, type);
  }
  const arrays = new Map(process.arrays.map((array) => [array.name, array]));
  for (const { name, length, partition } of process.arrays) {
    if (arrays.get(name)?.length !== length) broken(process, `array ${name} is declared twice`);
    if (partition !== undefined && length % partition.factor !== 0)
      broken(process, `partition of ${name}`);
  }
  const tables = new Set(kernel.tables.map((table) => table.name));
  const scalars = new Map(kernel.scalars.map((scalar) => [scalar.name, scalar.type]));
  const streams = new Map(kernel.streams.map((stream) => [stream.name, stream]));
  const memories = new Map(kernel.memories.map((memory) => [memory.name, memory]));
  const check = (expr: Expr): void => {
    const element = elementOf(expr.type);
    if (element.width < 1 || element.width > 64) broken(process, `width in ${printExpr(expr)}`);
    if (expr.op === 'var' && !same(types.get(expr.name), expr.type)) {
      broken(process, `variable ${expr.name} is not ${typeText(expr.type)}`);
    }
    if (expr.op === 'scalar' && !same(scalars.get(expr.name), expr.type)) {
      broken(process, `scalar ${expr.name} is not ${typeText(expr.type)}`);
    }
    if (expr.op === 'table' && !tables.has(expr.table)) broken(process, `table ${expr.table}`);
    const problem = shapeProblem(expr);
    if (problem !== undefined) broken(process, `${problem} in ${printExpr(expr)}`);
    for (const operand of operandsOf(expr)) check(operand);
  };
  const assigned = new Map<string, number>();
  const seen = new Set<Stmt>();
  for (const statement of allStatements(process.body)) {
    // A back end asks which statement declares a variable: of one that stands in two places both would.
    if (seen.has(statement)) broken(process, `the same ${statement.kind} in two places`);
    seen.add(statement);
    for (const expr of expressionsOf(statement)) check(expr);
    for (const name of definedBy(statement)) assigned.set(name, (assigned.get(name) ?? 0) + 1);
    if (statement.kind === 'assign' && !same(types.get(statement.variable), statement.value.type)) {
      broken(process, `${statement.variable} is assigned a ${typeText(statement.value.type)}`);
    }
    if (statement.kind === 'read' || statement.kind === 'write') {
      const stream = streams.get(statement.stream);
      if (stream === undefined) broken(process, `stream ${statement.stream}`);
      const count = statement.kind === 'read' ? statement.into.length : statement.values.length;
      if (count !== stream.fields.length) broken(process, `fields of ${stream.name}`);
      stream.fields.forEach((field, at) => {
        const name = statement.kind === 'read' ? statement.into[at] : undefined;
        const type =
          statement.kind === 'write'
            ? statement.values[at].type
            : name === undefined
              ? field.type
              : types.get(name);
        if (!same(type, field.type)) broken(process, `field ${field.name} of ${stream.name}`);
      });
    }
    if (statement.kind === 'load' || statement.kind === 'store') {
      const array = arrays.get(statement.array);
      if (array === undefined) broken(process, `array ${statement.array}`);
      if (statement.index.type.kind !== 'int') broken(process, `index into ${array.name}`);
      const type = statement.kind === 'load' ? types.get(statement.into) : statement.value.type;
      if (!same(type, array.element)) broken(process, `element of ${array.name}`);
    }
    if (statement.kind === 'print' || statement.kind === 'assert') {
      const { text, values } = statement;
      if (text.length !== values.length + 1) broken(process, `pieces of "${text.join('')}"`);
      if (values.some((value) => value.type.kind !== 'int')) broken(process, 'a vector in a text');
    }
    if ('memory' in statement && !memories.has(statement.memory)) {
      broken(process, `memory ${statement.memory}`);
    }
    if (
      (statement.kind === 'if' || statement.kind === 'loop' || statement.kind === 'assert') &&
      !isCondition(statement.condition.type)
    ) {
      broken(process, `condition ${printExpr(statement.condition)}`);
    }
  }
  for (const { name, mutable } of process.variables) {
    if (!mutable && assigned.get(name) !== 1)
      broken(process, `constant ${name} is assigned ${assigned.get(name) ?? 0} times`);
  }
}

function isCondition(type: Type): boolean {
  return type.kind === 'int' && type.width === 1 && !type.signed;
}

function same(a: Type | undefined, b: Type): boolean {
  return a !== undefined && sameType(a, b);
}

function shapeProblem(expr: Expr): string | undefined {
  const lanes = lanesOf(expr.type);
  const vectors = operandsOf(expr).filter((one) => one.type.kind === 'vec');
  switch (expr.op) {
    case 'lane':
    case 'reduce':
    case 'shuffle':
      if (expr.vector.type.kind !== 'vec') return 'no vector';
      return expr.op === 'shuffle' && expr.lanes.length !== lanes ? 'lanes' : undefined;
    case 'with-lane':
      return sameType(expr.vector.type, expr.type) ? undefined : 'type';
    case 'build':
      return expr.elements.length === lanes ? undefined : 'lanes';
    case 'concat':
      return expr.vectors.reduce((sum, one) => sum + lanesOf(one.type), 0) === lanes
        ? undefined
        : 'lanes';
    case 'const':
      return (expr.type.kind === 'vec') === (typeof expr.value !== 'bigint') ? undefined : 'value';
    default:
      if (expr.type.kind === 'int') return vectors.length === 0 ? undefined : 'vector operand';
      return vectors.every((one) => lanesOf(one.type) === lanes) ? undefined : 'lanes';
  }
}

function broken(process: Process, what: string): never {
  throw new Error(`IR of process ${process.name} is broken: ${what}`);
}
