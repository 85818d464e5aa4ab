import { type CallExpression, type MethodDeclaration, Node, type SourceFile } from 'ts-morph';
import type { KernelIR, Memory, Process, Scalar, Span, Stream, Table } from '../ir/ir.ts';
import { lanesOf, vecType } from '../ir/ir.ts';
import { networkProblems } from '../ir/verify.ts';
import type { Argument, Arguments } from '../language/kernel.ts';
import { bindParameters } from './bind-parameters.ts';
import { callLive } from './call-live.ts';
import {
  type Diagnostic,
  DiagnosticSignal,
  diagnosticsError,
  fail,
  record,
} from './diagnostics.ts';
import { evaluate } from './expressions.ts';
import { functionName } from './function-name.ts';
import { compileBody } from './inline.ts';
import type { KernelModule } from './load-module.ts';
import { defineModuleScopes, moduleScope } from './module-scope.ts';
import { plainName } from './plain-name.ts';
import { ProcessBuilder } from './process-builder.ts';
import { checkTypes, parseKernel } from './project.ts';
import { Scope } from './scope.ts';
import { sourceName } from './source-name.ts';
import { nameSource, spanOf } from './source-span.ts';
import {
  type FieldInfo,
  fractionOf,
  hw,
  irInt,
  irType,
  isElementType,
  staticOf,
  type Value,
} from './values.ts';

interface Elaboration {
  readonly diagnostics: Diagnostic[];
  readonly tables: Table[];
  readonly streams: Stream[];
  readonly processes: Process[];
}

/** TypeScript → IR, for one set of parameter values. Throws one error with all diagnostics of the file. */
export function compileKernelModule(
  module: KernelModule,
  parameters: Readonly<Record<string, number>>,
): KernelIR {
  const files = [module, ...module.imports].map(({ file, source, live }) => {
    const parsed = parseKernel(file, source);
    nameSource(parsed.getFilePath(), sourceName(file));
    return { file: parsed, live };
  });
  const [{ file }, ...imported] = files;
  const state: Elaboration = { diagnostics: [], tables: [], streams: [], processes: [] };
  const typeErrors = [...imported.map((one) => one.file), file].flatMap(checkTypes);
  let kernel: KernelIR | undefined;
  try {
    defineModuleScopes(files);
    kernel = elaborate(module, file, parameters, state);
  } catch (error) {
    if (error instanceof DiagnosticSignal) record(error, state.diagnostics);
    // Where TypeScript refuses the types, the front end may stumble over what they promise.
    else if (typeErrors.length === 0) throw error;
  }
  // TypeScript's own word first; of one line only that.
  const lineOf = ({ span }: Diagnostic) => `${span.file}:${span.line}`;
  const told = new Set(typeErrors.map(lineOf));
  const diagnostics = [...typeErrors, ...state.diagnostics.filter((one) => !told.has(lineOf(one)))];
  if (kernel !== undefined && diagnostics.length === 0)
    diagnostics.push(...networkProblems(kernel));
  if (kernel === undefined || diagnostics.length > 0) {
    throw diagnosticsError(
      diagnostics,
      module.file,
      module.imports.map((one) => one.file),
    );
  }
  return kernel;
}

function elaborate(
  module: KernelModule,
  file: SourceFile,
  parameters: Readonly<Record<string, number>>,
  state: Elaboration,
): KernelIR {
  const scope = moduleScope(file);
  const definition = kernelCall(file);
  const span = spanOf(definition);
  const declared = callLive(
    () => module.definition.arguments(parameters),
    [],
    propertySpan(definition, 'arguments'),
  ) as Arguments;
  if (typeof declared !== 'object' || declared === null) {
    fail(
      'TW4014',
      propertySpan(definition, 'arguments'),
      'arguments gives no object',
      'Write arguments: () => ({ input: readMemory(u32) }).',
    );
  }
  const memories: Memory[] = [];
  const scalars: Scalar[] = [];
  const bound = new Map<string, Value>();
  for (const [name, argument] of Object.entries(declared)) {
    const where = argumentSpan(definition, name) ?? span;
    try {
      bound.set(name, bindArgument(name, argument, where, memories, scalars));
    } catch (error) {
      record(error, state.diagnostics);
      bound.set(name, { kind: 'poison' });
    }
  }
  dataflow(method(definition, 'dataflow'), scope, parameters, bound, state);
  return {
    name: module.definition.name,
    summary: module.definition.summary,
    parameters,
    argumentOrder: Object.keys(declared),
    scalars,
    memories,
    streams: state.streams,
    tables: state.tables,
    processes: state.processes,
  };
}

/** The call kernel({ … }) of the default export, directly or through a constant of the file. */
function kernelCall(file: SourceFile): CallExpression {
  const assignment = file.getExportAssignment((one) => !one.isExportEquals());
  let expression: Node | undefined = assignment?.getExpression();
  if (Node.isIdentifier(expression)) {
    expression = file.getVariableDeclaration(expression.getText())?.getInitializer();
  }
  if (Node.isCallExpression(expression)) return expression;
  fail(
    'TW4001',
    assignment === undefined
      ? { file: sourceName(file.getFilePath()), line: 1, column: 1 }
      : spanOf(assignment),
    'the default export is no call of kernel() in this file',
    'Write export default kernel({ … }).',
  );
}

function propertySpan(definition: CallExpression, name: string): Span {
  const [object] = definition.getArguments();
  const property = Node.isObjectLiteralExpression(object) ? object.getProperty(name) : undefined;
  return spanOf(property ?? definition);
}

/** Where an argument of the kernel is declared, for messages about it. */
function argumentSpan(definition: CallExpression, name: string): Span | undefined {
  const [object] = definition.getArguments();
  const declared = Node.isObjectLiteralExpression(object)
    ? object.getProperty('arguments')
    : undefined;
  const found = declared
    ?.getDescendants()
    .find(
      (one) =>
        (Node.isPropertyAssignment(one) || Node.isShorthandPropertyAssignment(one)) &&
        one.getName() === name,
    );
  return found === undefined ? undefined : spanOf(found);
}

function method(definition: CallExpression, name: string): MethodDeclaration {
  const [object] = definition.getArguments();
  const property = Node.isObjectLiteralExpression(object) ? object.getProperty(name) : undefined;
  if (Node.isMethodDeclaration(property)) return property;
  fail(
    'TW4002',
    spanOf(definition),
    `${name} is not a method of this object`,
    `Write ${name}(p, args) { … } inside kernel({ … }).`,
  );
}

function isArgument(value: unknown): value is Argument {
  const { kind, element } = (value ?? {}) as { kind?: unknown; element?: unknown };
  return ['read', 'write', 'scalar'].includes(kind as string) && isElementType(element);
}

function bindArgument(
  name: string,
  argument: Argument,
  span: Span,
  memories: Memory[],
  scalars: Scalar[],
): Value {
  if (!isArgument(argument)) {
    fail(
      'TW4014',
      span,
      `the argument ${name} is no readMemory, writeMemory or scalar`,
      'Write { input: readMemory(u32), output: writeMemory(u32), count: scalar(u32) }.',
    );
  }
  const element = irInt(argument.element);
  const { fraction } = argument.element;
  // A field only where it says something, so that the manifest of an integer kernel stays as it is.
  const point = fraction === 0 ? {} : { fraction };
  if (argument.kind === 'scalar') {
    scalars.push({ name, type: element, ...point, span });
    return hw({ op: 'scalar', name, type: element }, element.width > 53, fraction);
  }
  if (![8, 16, 32, 64].includes(element.width)) {
    fail(
      'TW4003',
      span,
      `the memory ${name} holds elements of ${element.width} bits`,
      'Memory elements are 8, 16, 32 or 64 bits wide.',
    );
  }
  const outstanding = argument.outstanding ?? 64;
  if (!Number.isInteger(outstanding) || outstanding < 1 || outstanding > 256) {
    fail(
      'TW4004',
      span,
      `the memory ${name} keeps ${outstanding} bursts in flight`,
      'outstanding is a whole number from 1 to 256.',
    );
  }
  const beatBits = 512;
  memories.push({
    name,
    direction: argument.kind,
    element,
    ...point,
    beatBits,
    outstanding,
    span,
  });
  return {
    kind: 'memory',
    name,
    direction: argument.kind,
    element,
    fraction,
    lanes: lanesOf(vecType(element, beatBits / element.width)),
  };
}

/** The body of `dataflow`: constants, streams, and calls of processes. */
function dataflow(
  node: MethodDeclaration,
  outer: Scope,
  parameters: Readonly<Record<string, number>>,
  args: ReadonlyMap<string, Value>,
  state: Elaboration,
): void {
  const scope = new Scope(outer);
  const values: Value[] = [
    { kind: 'static', value: parameters },
    { kind: 'record', fields: args },
  ];
  bindParameters(node.getParameters(), values, scope, spanOf(node), new ProcessBuilder(state));
  for (const statement of node.getStatements()) {
    try {
      if (Node.isVariableStatement(statement)) {
        for (const one of statement.getDeclarations()) region(one, scope, state);
        continue;
      }
      const call = Node.isExpressionStatement(statement) ? statement.getExpression() : undefined;
      if (call === undefined || !Node.isCallExpression(call)) {
        fail(
          'TW4005',
          spanOf(statement),
          'a dataflow region holds constants, streams and calls of processes only',
          'Move the rest into a process.',
        );
      }
      processCall(call, scope, state);
    } catch (error) {
      record(error, state.diagnostics);
      if (!Node.isVariableStatement(statement)) continue;
      for (const one of statement.getDeclarations()) {
        scope.define(one.getName(), { kind: 'const', value: { kind: 'poison' } });
      }
    }
  }
}

function region(
  node: import('ts-morph').VariableDeclaration,
  scope: Scope,
  state: Elaboration,
): void {
  const first = node.getInitializer();
  if (first === undefined) {
    fail(
      'TW4005',
      spanOf(node),
      `'${node.getName()}' has no value`,
      'Write const s = stream(type); what a dataflow region declares never changes.',
    );
  }
  let initializer = first;
  while (Node.isAsExpression(initializer) || Node.isSatisfiesExpression(initializer)) {
    initializer = initializer.getExpression();
  }
  const name = node.getName();
  const callee = Node.isCallExpression(initializer)
    ? scope.find(initializer.getExpression().getText())
    : undefined;
  if (
    Node.isCallExpression(initializer) &&
    callee?.kind === 'const' &&
    callee.value.kind === 'builtin' &&
    callee.value.name === 'stream'
  ) {
    scope.define(name, {
      kind: 'const',
      value: declareStream(plainName(name), initializer, scope, state),
    });
    return;
  }
  const value = evaluate(initializer, scope, new ProcessBuilder(state));
  if (staticOf(value) === undefined) {
    fail(
      'TW4006',
      spanOf(node),
      'a dataflow region computes nothing in hardware',
      'Move the expression into a process.',
    );
  }
  scope.define(name, { kind: 'const', value });
}

function declareStream(
  name: string,
  node: CallExpression,
  scope: Scope,
  state: Elaboration,
): Value {
  const span = spanOf(node);
  const [typeNode, optionsNode] = node.getArguments();
  const builder = new ProcessBuilder(state);
  const described = staticOf(evaluate(typeNode as never, scope, builder))?.value;
  const single = irType(described);
  const fields: FieldInfo[] =
    single !== undefined
      ? [{ name: 'value', type: single, fraction: fractionOf(described) }]
      : Object.entries((described ?? {}) as Record<string, unknown>).map(([field, one]) => {
          const type = irType(one);
          if (type !== undefined) return { name: field, type, fraction: fractionOf(one) };
          return fail(
            'TW4007',
            span,
            `the field '${field}' of the stream has no type`,
            'Use u1…u64, i1…i64, a fixed(…) type or vecOf(type, lanes).',
          );
        });
  const options =
    optionsNode === undefined
      ? {}
      : staticOf(evaluate(optionsNode as never, scope, builder))?.value;
  const depth = (options as { depth?: number } | undefined)?.depth ?? 0;
  if (!Number.isInteger(depth) || depth < 0 || depth > 65536) {
    fail('TW4008', span, `a stream of depth ${depth}`, 'depth is a whole number from 1 to 65536.');
  }
  if (state.streams.some((one) => one.name === name)) {
    fail('TW4009', span, `there are two streams called '${name}'`, 'Give each a name of its own.');
  }
  state.streams.push({
    name,
    fields: fields.map((field) => ({ name: field.name, type: field.type })),
    depth,
    span,
  });
  return { kind: 'stream', name, fields, record: single === undefined };
}

function processCall(node: CallExpression, scope: Scope, state: Elaboration): void {
  const span = spanOf(node);
  const builder = new ProcessBuilder(state);
  const callee = evaluate(node.getExpression(), scope, builder);
  if (callee.kind !== 'function') {
    fail('TW4005', span, 'this is no process', 'Call a function that is declared in this file.');
  }
  const args = node.getArguments().map((one) => evaluate(one as never, scope, builder));
  const inner = new Scope(moduleScope(callee.declaration.getSourceFile()));
  bindParameters(callee.declaration.getParameters(), args, inner, span, builder);
  compileBody(callee.declaration, inner, builder, span);
  const base = plainName(functionName(callee.declaration));
  let name = base;
  for (let copy = 2; state.processes.some((one) => one.name === name); copy++) {
    name = `${base}_${copy}`;
  }
  state.processes.push({
    name,
    variables: builder.variables,
    arrays: builder.arrays,
    body: builder.statements,
    span: spanOf(callee.declaration),
  });
}
