import {
  type AssignStmt,
  type Expr,
  type KernelIR,
  type Message,
  type Process,
  type Stmt,
  typeText,
} from './ir.ts';

/**
 * The IR as text, for people, golden files and tests of passes: one statement a line, blocks by
 * indentation, types at every definition. `parse.ts` reads it back; only spans are lost.
 */
export function printKernel(kernel: KernelIR): string {
  const lines: string[] = [];
  const parameters = Object.entries(kernel.parameters).map(
    ([name, value]) => `${nameText(name)}=${value}`,
  );
  lines.push(
    `kernel ${nameText(kernel.name)}(${parameters.join(', ')}) ${JSON.stringify(kernel.summary)}`,
  );
  for (const name of kernel.argumentOrder) {
    const scalar = kernel.scalars.find((one) => one.name === name);
    const memory = kernel.memories.find((one) => one.name === name);
    if (scalar !== undefined) {
      lines.push(`  scalar ${nameText(name)}: ${typeText(scalar.type)}${pointText(scalar)}`);
    }
    if (memory !== undefined) {
      const { direction, element, beatBits, outstanding } = memory;
      lines.push(
        `  memory ${nameText(name)}: ${direction} ${typeText(element)}${pointText(memory)} beat ${beatBits} outstanding ${outstanding}`,
      );
    }
  }
  for (const table of kernel.tables) {
    lines.push(
      `  table ${nameText(table.name)}: ${typeText(table.element)} ${listText(table.values)}`,
    );
  }
  for (const stream of kernel.streams) {
    const fields = stream.fields.map((field) => `${nameText(field.name)}: ${typeText(field.type)}`);
    lines.push(`  stream ${nameText(stream.name)} depth ${stream.depth} { ${fields.join(', ')} }`);
  }
  for (const process of kernel.processes) lines.push(...printProcess(process));
  return `${lines.join('\n')}\n`;
}

/** Where the host sees the binary point of an argument. */
function pointText({ fraction }: { readonly fraction?: number }): string {
  return fraction === undefined ? '' : ` fraction ${fraction}`;
}

export function printProcess(process: Process): string[] {
  const lines = [
    `  process ${nameText(process.name)} // ${process.span.file}:${process.span.line}`,
  ];
  for (const { name, type, mutable } of process.variables) {
    lines.push(`    ${mutable ? 'var' : 'let'} ${nameText(name)}: ${typeText(type)}`);
  }
  for (const { name, element, length, storage, partition } of process.arrays) {
    const banks = partition === undefined ? '' : ` ${partition.scheme} ${partition.factor}`;
    lines.push(
      `    array ${nameText(name)}: ${typeText(element)} length ${length} ${storage}${banks}`,
    );
  }
  for (const statement of process.body) lines.push(...printStatement(statement, '    '));
  return lines;
}

export function printStatement(statement: Stmt, indent: string): string[] {
  const inner = `${indent}  `;
  const nested = (list: readonly Stmt[]) => list.flatMap((one) => printStatement(one, inner));
  switch (statement.kind) {
    case 'assign':
      return [`${indent}${assignment(statement)}`];
    case 'read': {
      const into = statement.into.map((name) => (name === undefined ? '_' : nameText(name)));
      return [`${indent}${into.join(', ')} = read ${nameText(statement.stream)}`];
    }
    case 'write':
      return [
        `${indent}write ${nameText(statement.stream)} ${statement.values.map(printExpr).join(', ')}`,
      ];
    case 'request':
      return [
        `${indent}request ${nameText(statement.memory)} ${printExpr(statement.beat)}, ${printExpr(statement.beats)}`,
      ];
    case 'receive':
      return [`${indent}${nameText(statement.into)} = receive ${nameText(statement.memory)}`];
    case 'send':
      return [`${indent}send ${nameText(statement.memory)} ${printExpr(statement.value)}`];
    case 'response':
      return [`${indent}response ${nameText(statement.memory)}`];
    case 'load':
      return [
        `${indent}${nameText(statement.into)} = load ${nameText(statement.array)} ${printExpr(statement.index)}`,
      ];
    case 'store':
      return [
        `${indent}store ${nameText(statement.array)} ${printExpr(statement.index)}, ${printExpr(statement.value)}`,
      ];
    case 'print':
      return [`${indent}print ${printMessage(statement)}`];
    case 'assert':
      return [`${indent}assert ${printExpr(statement.condition)}, ${printMessage(statement)}`];
    case 'if':
      return [
        `${indent}if ${printExpr(statement.condition)}`,
        ...nested(statement.then),
        ...(statement.else.length > 0 ? [`${indent}else`, ...nested(statement.else)] : []),
      ];
    case 'loop': {
      const { init, condition, step, ii, unroll } = statement;
      const head = [
        'loop',
        ...(init.length > 0 ? [init.map(assignment).join(', ')] : []),
        `while ${printExpr(condition)}`,
        ...(step.length > 0 ? [`step ${step.map(assignment).join(', ')}`] : []),
        ...(ii === undefined ? [] : [`ii ${ii}`]),
        ...(unroll === undefined ? [] : [`unroll ${unroll}`]),
      ];
      return [indent + head.join(' '), ...nested(statement.body)];
    }
  }
}

function assignment({ variable, value }: AssignStmt): string {
  return `${nameText(variable)} = ${printExpr(value)}`;
}

/** What stands for a name as it is; any other name is written as a string. */
export const plainName: RegExp = /^(?!_$)[\p{L}_][\p{L}\p{N}_$]*$/u;

function nameText(name: string): string {
  return plainName.test(name) ? name : JSON.stringify(name);
}

/** Numbers in brackets; three and more that count upwards as `first..last`. */
function listText(values: readonly (bigint | number)[]): string {
  const parts: string[] = [];
  for (let at = 0; at < values.length; ) {
    let end = at;
    while (end + 1 < values.length && BigInt(values[end + 1]) === BigInt(values[end]) + 1n)
      end += 1;
    if (end - at < 2) end = at;
    parts.push(end === at ? `${values[at]}` : `${values[at]}..${values[end]}`);
    at = end + 1;
  }
  return `[${parts.join(' ')}]`;
}

/** One value for all lanes is written once: `0:u8x16`. */
function constantText(value: bigint | readonly bigint[]): string {
  if (typeof value === 'bigint') return `${value}`;
  return value.every((one) => one === value[0]) ? `${value[0]}` : listText(value);
}

/** Pieces of text and values in turn: `"count ", n, " of ", m, ""`. */
function printMessage({ text, values }: Message): string {
  const pieces = text.flatMap((piece, at) => [
    JSON.stringify(piece),
    ...(at < values.length ? [printExpr(values[at])] : []),
  ]);
  return pieces.join(', ');
}

/** Prefix form with the result type: `add:u9(a, 1)`. */
export function printExpr(expr: Expr): string {
  const type = typeText(expr.type);
  switch (expr.op) {
    case 'const':
      return `${constantText(expr.value)}:${type}`;
    case 'var':
      return nameText(expr.name);
    case 'scalar':
      return `$${nameText(expr.name)}`;
    case 'cast':
    case 'saturate':
    case 'not':
      return `${expr.op}:${type}(${printExpr(expr.operand)})`;
    case 'select':
      return `select:${type}(${printExpr(expr.condition)}, ${printExpr(expr.then)}, ${printExpr(expr.else)})`;
    case 'lane':
      return `lane:${type}(${printExpr(expr.vector)}, ${printExpr(expr.index)})`;
    case 'with-lane':
      return `with-lane:${type}(${printExpr(expr.vector)}, ${printExpr(expr.index)}, ${printExpr(expr.value)})`;
    case 'build':
      return `build:${type}(${expr.elements.map(printExpr).join(', ')})`;
    case 'concat':
      return `concat:${type}(${expr.vectors.map(printExpr).join(', ')})`;
    case 'shuffle':
      return `shuffle:${type}(${printExpr(expr.vector)}, ${listText(expr.lanes)})`;
    case 'reduce':
      return `reduce-${expr.reduce}:${type}(${printExpr(expr.vector)})`;
    case 'table':
      return `table:${type}(${nameText(expr.table)}, ${printExpr(expr.index)})`;
    default:
      return `${expr.op}:${type}(${printExpr(expr.left)}, ${printExpr(expr.right)})`;
  }
}
