import { type CallExpression, type Expression, Node } from 'ts-morph';
import type { Span } from '../ir/ir.ts';
import { bindParameters } from './bind-parameters.ts';
import { callLive } from './call-live.ts';
import { fail } from './diagnostics.ts';
import { evaluate } from './expressions.ts';
import { functionName } from './function-name.ts';
import { compileBody, type FunctionValue, inlineCall } from './inline.ts';
import { moduleScope } from './module-scope.ts';
import { ProcessBuilder, type RegionCalls } from './process-builder.ts';
import { belongsToRegion } from './region-function.ts';
import { elementsOf, listOf, plainMethods, setElement, sourceOf } from './region-lists.ts';
import { declareStream, freeName, type Network } from './region-network.ts';
import { Scope } from './scope.ts';
import { spanOf } from './source-span.ts';
import { type FunctionNode, staticOf, type Value } from './values.ts';

const nothing: Value = { kind: 'static', value: undefined };

/** How deep functions of a region may call each other: a recursion without end stops here. */
const deepest = 64;

/** Runs the body of a function of the region. `asStatement`: nobody looks at what it gives. */
type RunBody = (declaration: FunctionNode, scope: Scope, asStatement: boolean) => Value;

/** What calls mean in a dataflow region. */
export class RegionCall implements RegionCalls {
  private readonly network: Network;
  private readonly runBody: RunBody;
  /** The counters of the loops and callbacks around, the outermost first. */
  private readonly counters: number[] = [];
  private readonly regionFunctions = new Map<FunctionNode, boolean>();
  private depth = 0;

  constructor(network: Network, runBody: RunBody) {
    this.network = network;
    this.runBody = runBody;
  }

  /** Names that `body` gives to streams and processes carry this number. */
  within<T>(counter: number, body: () => T): T {
    this.counters.push(counter);
    try {
      return body();
    } finally {
      this.counters.pop();
    }
  }

  call(node: CallExpression, scope: Scope, builder: ProcessBuilder): Value | undefined {
    const callee = node.getExpression();
    if (Node.isPropertyAccessExpression(callee)) {
      const name = callee.getName();
      const holder = callee.getExpression();
      if (holder.getText() === 'Array' && scope.find('Array') === undefined) {
        return name === 'from' ? this.arrayFrom(node, scope, builder) : undefined;
      }
      if (['map', 'forEach', 'push', ...Object.keys(plainMethods)].includes(name)) {
        const list = evaluate(holder, scope, builder);
        if (list.kind === 'poison') return list;
        if (elementsOf(list) !== undefined) return this.method(list, name, node, scope, builder);
      }
    }
    if (!Node.isIdentifier(callee) && !Node.isPropertyAccessExpression(callee)) return undefined;
    const meant = evaluate(callee, scope, builder);
    if (meant.kind === 'builtin' && meant.name === 'stream') {
      return declareStream(node, scope, builder, this.counters, this.network);
    }
    if (meant.kind !== 'function' || !this.belongs(meant)) return undefined;
    return this.enter(meant, this.args(node, scope, builder), spanOf(node), false, builder);
  }

  /** A call whose value nobody takes: a part of the region, or a process. */
  statement(node: CallExpression, scope: Scope, builder: ProcessBuilder): void {
    if (this.call(node, scope, builder) !== undefined) return;
    const callee = evaluate(node.getExpression(), scope, builder);
    if (callee.kind === 'poison') return;
    if (callee.kind !== 'function') {
      fail(
        'TW4005',
        spanOf(node),
        'this is no process',
        'Call a function that is declared in this file.',
      );
    }
    this.process(callee, (own) => this.args(node, scope, own), spanOf(node));
  }

  /** True for a function that the region runs itself, instead of making it a process. */
  private belongs(callee: FunctionValue): boolean {
    // A function that is declared within a region sees streams that no process may see.
    const inside = callee.closure !== undefined && callee.declaration.getFirstAncestor(isFunction);
    return Boolean(inside) || belongsToRegion(callee.declaration, this.regionFunctions);
  }

  private args(node: CallExpression, scope: Scope, builder: ProcessBuilder): readonly Value[] {
    return node.getArguments().map((one) => evaluate(one as Expression, scope, builder));
  }

  private enter(
    callee: FunctionValue,
    args: readonly Value[],
    span: Span,
    asStatement: boolean,
    builder: ProcessBuilder,
  ): Value {
    const { declaration, closure } = callee;
    if (this.depth === deepest) {
      fail(
        'TW1023',
        span,
        `${functionName(declaration)} calls itself without end`,
        'End the recursion at a length or a parameter that is known while compiling.',
      );
    }
    const scope = new Scope(closure ?? moduleScope(declaration.getSourceFile()));
    bindParameters(declaration.getParameters(), args, scope, span, builder);
    this.depth += 1;
    try {
      return this.runBody(declaration, scope, asStatement);
    } finally {
      this.depth -= 1;
    }
  }

  private arrayFrom(node: CallExpression, scope: Scope, builder: ProcessBuilder): Value {
    const span = spanOf(node);
    const [from, callback] = node.getArguments() as Expression[];
    if (from === undefined) {
      fail(
        'TW1018',
        span,
        'argument 1 is missing',
        'Write Array.from({ length: n }, (_, i) => …).',
      );
    }
    const elements = sourceOf(evaluate(from, scope, builder), span);
    if (callback === undefined) return listOf(elements);
    return listOf(this.each(elements, callback, false, scope, builder));
  }

  private method(
    list: Value,
    name: string,
    node: CallExpression,
    scope: Scope,
    builder: ProcessBuilder,
  ): Value {
    const elements = elementsOf(list) ?? [];
    const [first] = node.getArguments() as Expression[];
    if (name === 'push') {
      const args = this.args(node, scope, builder);
      args.forEach((one, at) => {
        setElement(list, { kind: 'static', value: elements.length + at }, one, spanOf(node));
      });
      return { kind: 'static', value: elements.length + args.length };
    }
    const plain = Object.hasOwn(plainMethods, name) ? plainMethods[name] : undefined;
    if (plain !== undefined) return listOf(plain(elements, this.args(node, scope, builder)));
    if (first === undefined) {
      fail('TW1015', spanOf(node), 'a function is expected here', 'Write (one, i) => ….');
    }
    const results = this.each(elements, first, name === 'forEach', scope, builder);
    return name === 'forEach' ? nothing : listOf(results);
  }

  /** Calls a function once an element, with the element and its number. */
  private each(
    elements: readonly Value[],
    callback: Expression,
    asStatement: boolean,
    scope: Scope,
    builder: ProcessBuilder,
  ): readonly Value[] {
    const callee = evaluate(callback, scope, builder);
    const span = spanOf(callback);
    if (callee.kind !== 'function') {
      fail('TW1015', span, 'a function is expected here', 'Write (one, i) => ….');
    }
    // JavaScript lets a function take fewer arguments than it is given.
    const wanted = callee.declaration.getParameters().length;
    return elements.map((one, at) => {
      const args = [one, { kind: 'static', value: at } as const].slice(0, wanted);
      return this.within(at, () => {
        if (this.belongs(callee)) return this.enter(callee, args, span, asStatement, builder);
        if (asStatement) {
          this.process(callee, () => args, span);
          return nothing;
        }
        const known = args.map((value) => staticOf(value)?.value);
        if (callee.live !== undefined) {
          return { kind: 'static', value: callLive(callee.live, known, span) };
        }
        return inlineCall(callee, args, builder, span);
      });
    });
  }

  /** `given` may compute in hardware what the process is given. */
  private process(
    callee: FunctionValue,
    given: (builder: ProcessBuilder) => readonly Value[],
    span: Span,
  ): void {
    const builder = new ProcessBuilder(this.network);
    builder.region = this;
    const args = given(builder).map(settled);
    builder.region = undefined;
    const { declaration } = callee;
    const inner = new Scope(moduleScope(declaration.getSourceFile()));
    bindParameters(declaration.getParameters(), args, inner, span, builder);
    compileBody(declaration, inner, builder, span);
    this.network.processes.push({
      name: freeName(functionName(declaration), this.counters, [], this.network.processes),
      variables: builder.variables,
      arrays: builder.arrays,
      body: builder.statements,
      span: spanOf(declaration),
    });
  }
}

function isFunction(node: Node): boolean {
  return (
    Node.isFunctionDeclaration(node) ||
    Node.isFunctionExpression(node) ||
    Node.isArrowFunction(node) ||
    Node.isMethodDeclaration(node)
  );
}

/** An array whose elements are all known is to a process the constant that it is. */
function settled(value: Value): Value {
  if (value.kind !== 'record') return value;
  const fields = new Map([...value.fields].map(([key, one]) => [key, settled(one)]));
  const known = value.list ? [...fields.values()].map((one) => one.kind === 'static') : [];
  if (value.list && known.every(Boolean)) {
    return { kind: 'static', value: staticOf({ ...value, fields })?.value };
  }
  return { ...value, fields };
}
