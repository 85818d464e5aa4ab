import { type CallExpression, type MethodDeclaration, Node, type SourceFile } from 'ts-morph';
import type { KernelIR, Span } from '../ir/ir.ts';
import { networkProblems } from '../ir/verify.ts';
import type { Arguments } from '../language/kernel.ts';
import { callLive } from './call-live.ts';
import {
  type Diagnostic,
  DiagnosticSignal,
  diagnosticsError,
  fail,
  record,
} from './diagnostics.ts';
import { KernelArguments } from './kernel-arguments.ts';
import type { KernelModule } from './load-module.ts';
import { defineModuleScopes, moduleScope } from './module-scope.ts';
import { checkTypes, parseKernel } from './project.ts';
import { Region } from './region.ts';
import { type Network, namesKept } from './region-network.ts';
import { sourceName } from './source-name.ts';
import { nameSource, spanOf } from './source-span.ts';
import type { Value } from './values.ts';

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
  const state: Network = {
    diagnostics: [],
    tables: [],
    streams: [],
    processes: [],
    kept: new Set(),
  };
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
  state: Network,
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
  const registers = new KernelArguments();
  const bound = new Map<string, Value>();
  for (const [name, argument] of Object.entries(declared)) {
    const where = argumentSpan(definition, name) ?? span;
    try {
      bound.set(name, registers.bind(name, argument, where));
    } catch (error) {
      record(error, state.diagnostics);
      bound.set(name, { kind: 'poison' });
    }
  }
  const values: Value[] = [
    { kind: 'static', value: parameters },
    { kind: 'record', fields: bound },
  ];
  // A memory among several has a name of its own.
  const names = [...bound.keys(), ...registers.memories.map(({ name }) => name)];
  for (const name of namesKept(names)) state.kept.add(name);
  new Region(state).dataflow(method(definition, 'dataflow'), values, scope);
  return {
    name: module.definition.name,
    summary: module.definition.summary,
    parameters,
    argumentOrder: registers.order,
    scalars: registers.scalars,
    memories: registers.memories,
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
