import { type Expr, type KernelIR, type Message, type Process, type Stmt, typeText } from './ir.ts';

/** The IR as text for people and golden files: one statement a line, types at every definition. */
export function printKernel(kernel: KernelIR): string {
  const lines: string[] = [];
  const parameters = Object.entries(kernel.parameters).map(([name, value]) => `${name}=${value}`);
  lines.push(`kernel ${kernel.name}(${parameters.join(', ')})`);
  for (const name of kernel.argumentOrder) {
    const scalar = kernel.scalars.find((one) => one.name === name);
    const memory = kernel.memories.find((one) => one.name === name);
    if (scalar !== undefined) lines.push(`  scalar ${name}: ${typeText(scalar.type)}`);
    if (memory !== undefined) {
      const { direction, element, beatBits, outstanding } = memory;
      lines.push(
        `  memory ${name}: ${direction} ${typeText(element)} beat ${beatBits} outstanding ${outstanding}`,
      );
    }
  }
  for (const table of kernel.tables) {
    lines.push(`  table ${table.name}: ${typeText(table.element)} [${table.values.join(', ')}]`);
  }
  for (const stream of kernel.streams) {
    const fields = stream.fields.map((field) => `${field.name}: ${typeText(field.type)}`);
    lines.push(`  stream ${stream.name} depth ${stream.depth} { ${fields.join(', ')} }`);
  }
  for (const process of kernel.processes) lines.push(...printProcess(process));
  return `${lines.join('\n')}\n`;
}

export function printProcess(process: Process): string[] {
  const lines = [`  process ${process.name} // ${process.span.file}:${process.span.line}`];
  for (const { name, type, mutable } of process.variables) {
    lines.push(`    ${mutable ? 'var' : 'let'} ${name}: ${typeText(type)}`);
  }
  for (const { name, element, length, storage, partition } of process.arrays) {
    const banks = partition === undefined ? '' : ` ${partition.scheme} ${partition.factor}`;
    lines.push(`    array ${name}: ${typeText(element)} length ${length} ${storage}${banks}`);
  }
  for (const statement of process.body) lines.push(...printStatement(statement, '    '));
  return lines;
}

export function printStatement(statement: Stmt, indent: string): string[] {
  const inner = `${indent}  `;
  const nested = (list: readonly Stmt[]) => list.flatMap((one) => printStatement(one, inner));
  switch (statement.kind) {
    case 'assign':
      return [`${indent}${statement.variable} = ${printExpr(statement.value)}`];
    case 'read': {
      const into = statement.into.map((name) => name ?? '_').join(', ');
      return [`${indent}${into} = read ${statement.stream}`];
    }
    case 'write':
      return [`${indent}write ${statement.stream} ${statement.values.map(printExpr).join(', ')}`];
    case 'request':
      return [
        `${indent}request ${statement.memory} ${printExpr(statement.beat)}, ${printExpr(statement.beats)}`,
      ];
    case 'receive':
      return [`${indent}${statement.into} = receive ${statement.memory}`];
    case 'send':
      return [`${indent}send ${statement.memory} ${printExpr(statement.value)}`];
    case 'response':
      return [`${indent}response ${statement.memory}`];
    case 'load':
      return [`${indent}${statement.into} = load ${statement.array} ${printExpr(statement.index)}`];
    case 'store':
      return [
        `${indent}store ${statement.array} ${printExpr(statement.index)}, ${printExpr(statement.value)}`,
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
    case 'loop':
      return [
        ...statement.init.flatMap((one) => printStatement(one, indent)),
        `${indent}loop ${printExpr(statement.condition)}${statement.ii === undefined ? '' : ` ii ${statement.ii}`}`,
        ...nested(statement.body),
        `${indent}step`,
        ...nested(statement.step),
      ];
  }
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
      return typeof expr.value === 'bigint'
        ? `${expr.value}:${type}`
        : `[${expr.value.join(' ')}]:${type}`;
    case 'var':
      return expr.name;
    case 'scalar':
      return `$${expr.name}`;
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
      return `shuffle:${type}(${printExpr(expr.vector)}, [${expr.lanes.join(' ')}])`;
    case 'reduce':
      return `reduce-${expr.reduce}:${type}(${printExpr(expr.vector)})`;
    case 'table':
      return `table:${type}(${expr.table}, ${printExpr(expr.index)})`;
    default:
      return `${expr.op}:${type}(${printExpr(expr.left)}, ${printExpr(expr.right)})`;
  }
}
