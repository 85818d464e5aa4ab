import {
  type CallExpression,
  type Expression,
  type ForOfStatement,
  type ForStatement,
  type MethodDeclaration,
  Node,
  type Statement,
  type VariableDeclaration,
} from 'ts-morph';
import { bindParameters } from './bind-parameters.ts';
import { fail, record } from './diagnostics.ts';
import { binaryOperator, evaluate } from './expressions.ts';
import { bindPattern, namesOf } from './patterns.ts';
import { ProcessBuilder } from './process-builder.ts';
import { RegionCall } from './region-call.ts';
import { elementsOf, setElement } from './region-lists.ts';
import type { Network } from './region-network.ts';
import { Scope } from './scope.ts';
import { spanOf } from './source-span.ts';
import { type FunctionNode, staticOf, type Value } from './values.ts';

/** A loop of a region that goes on longer is most likely a mistake. */
const mostTurns = 4096;

const nothing: Value = { kind: 'static', value: undefined };

/** What a statement leaves: a value that was returned, or undefined where the next one goes on. */
type Outcome = Value | undefined;

/**
 * The body of `dataflow` and of the functions that belong to it, run once while the kernel is compiled:
 * constants, arrays, loops and decisions over parameters, streams, and calls of processes. What it leaves
 * is the network.
 */
export class Region {
  private readonly network: Network;
  private readonly calls: RegionCall;
  /** For expressions; nothing that they compute may reach it as statements of a circuit. */
  private readonly builder: ProcessBuilder;

  constructor(network: Network) {
    this.network = network;
    this.builder = new ProcessBuilder(network);
    this.calls = new RegionCall(network, (callee, scope, asStatement) =>
      this.body(callee, scope, asStatement),
    );
    this.builder.region = this.calls;
  }

  dataflow(node: MethodDeclaration, values: readonly Value[], outer: Scope): void {
    const scope = new Scope(outer);
    bindParameters(node.getParameters(), values, scope, spanOf(node), this.builder);
    this.statements(node.getStatements(), scope);
  }

  /** The body of a function of the region whose parameters are bound in `scope`. */
  private body(callee: FunctionNode, scope: Scope, asStatement: boolean): Value {
    const body = callee.getBody();
    if (Node.isBlock(body)) return this.statements(body.getStatements(), scope) ?? nothing;
    if (asStatement) return this.expression(body as Expression, scope) ?? nothing;
    return evaluate(body as Expression, scope, this.builder);
  }

  private statements(list: readonly Statement[], scope: Scope): Outcome {
    for (const one of list) {
      const outcome = this.statement(one, scope);
      if (outcome !== undefined) return outcome;
    }
    return undefined;
  }

  /** Runs one statement; an error in it is recorded, and the next statement goes on. */
  private statement(node: Statement, scope: Scope): Outcome {
    try {
      return this.run(node, scope);
    } catch (error) {
      record(error, this.network.diagnostics);
      if (Node.isReturnStatement(node)) return { kind: 'poison' };
      if (!Node.isVariableStatement(node)) return undefined;
      for (const one of node.getDeclarations()) {
        for (const name of namesOf(one.getNameNode())) {
          scope.define(name, { kind: 'const', value: { kind: 'poison' } });
        }
      }
      return undefined;
    }
  }

  private run(node: Statement, scope: Scope): Outcome {
    if (Node.isVariableStatement(node)) {
      for (const one of node.getDeclarations()) this.declare(one, scope);
      return undefined;
    }
    if (Node.isExpressionStatement(node)) {
      this.expression(node.getExpression(), scope);
      return undefined;
    }
    if (Node.isBlock(node)) return this.statements(node.getStatements(), new Scope(scope));
    if (Node.isIfStatement(node)) {
      const taken = this.decide(node.getExpression(), 'if', scope)
        ? node.getThenStatement()
        : node.getElseStatement();
      return taken === undefined ? undefined : this.statement(taken, new Scope(scope));
    }
    if (Node.isForStatement(node)) return this.counting(node, scope);
    if (Node.isForOfStatement(node)) return this.over(node, scope);
    if (Node.isReturnStatement(node)) {
      const value = node.getExpression();
      return value === undefined ? nothing : this.value(value, scope);
    }
    if (Node.isFunctionDeclaration(node)) {
      const value: Value = { kind: 'function', declaration: node, closure: scope };
      scope.define(node.getNameOrThrow(), { kind: 'const', value });
      return undefined;
    }
    if (Node.isEmptyStatement(node) || Node.isTypeAliasDeclaration(node)) return undefined;
    fail(
      'TW4005',
      spanOf(node),
      'a dataflow region holds constants, streams, loops over them and calls of processes only',
      'Move the rest into a process.',
    );
  }

  private declare(node: VariableDeclaration, scope: Scope): void {
    const initializer = node.getInitializer();
    if (initializer === undefined) {
      fail(
        'TW4005',
        spanOf(node),
        `'${node.getName()}' has no value`,
        'Write const s = stream(type): what a dataflow region names is there at once.',
      );
    }
    const value = this.value(initializer, scope);
    bindPattern(node.getNameNode(), value, scope, this.builder, (name, part) => {
      if (scope.owns(name) && part.kind === 'stream') {
        fail(
          'TW4009',
          spanOf(initializer),
          `there are two streams called '${name}'`,
          'Give each a name of its own.',
        );
      }
      scope.define(name, { kind: 'const', value: part });
    });
  }

  /** A value that the region may hold: known now, wires, or an argument as it is. */
  private value(node: Expression, scope: Scope): Value {
    const value = evaluate(node, scope, this.builder);
    const emitted = this.builder.place.length > 0;
    if (!emitted && isWiring(value)) return value;
    fail(
      'TW4006',
      spanOf(node),
      'a dataflow region computes nothing in hardware',
      'Move the expression into a process.',
    );
  }

  private decide(node: Expression, word: string, scope: Scope): boolean {
    const value = evaluate(node, scope, this.builder);
    if (value.kind === 'poison') return false;
    const known = staticOf(value);
    if (known !== undefined) return Boolean(known.value);
    if (value.kind !== 'hw') return true;
    fail(
      'TW4015',
      spanOf(node),
      `this '${word}' of a dataflow region depends on a value of the hardware`,
      'The region is built once: decide by parameters and constants, or inside a process.',
    );
  }

  private counting(node: ForStatement, scope: Scope): Outcome {
    const initializer = node.getInitializer();
    let turn = new Scope(scope);
    const counters = Node.isVariableDeclarationList(initializer)
      ? initializer.getDeclarations()
      : [];
    for (const one of counters) this.declare(one, turn);
    const condition = node.getCondition();
    const step = node.getIncrementor();
    for (let count = 0; ; count++) {
      if (condition !== undefined && !this.decide(condition, 'for', turn)) return undefined;
      if (count === mostTurns || condition === undefined) {
        fail(
          'TW4015',
          spanOf(node),
          `this loop of a dataflow region makes more than ${mostTurns} turns`,
          'Count to a parameter or a constant.',
        );
      }
      const body = turn;
      const outcome = this.calls.within(counterOf(counters, turn, count), () =>
        this.statement(node.getStatement(), new Scope(body)),
      );
      if (outcome !== undefined) return outcome;
      // As in JavaScript, each turn has a counter of its own, which functions made in it keep.
      turn = new Scope(scope);
      for (const name of counters.flatMap((one) => namesOf(one.getNameNode()))) {
        turn.define(name, body.lookup(name, spanOf(node)));
      }
      if (step !== undefined) this.expression(step, turn);
    }
  }

  private over(node: ForOfStatement, scope: Scope): Outcome {
    const list = evaluate(node.getExpression(), scope, this.builder);
    if (list.kind === 'poison') return undefined;
    const elements = elementsOf(list);
    const declared = node.getInitializer();
    if (elements === undefined || !Node.isVariableDeclarationList(declared)) {
      fail(
        'TW4005',
        spanOf(node.getExpression()),
        'this is no array of the dataflow region',
        'Write for (const one of list), where list is an array of streams, memories or constants.',
      );
    }
    const [pattern] = declared.getDeclarations();
    for (const [at, element] of elements.entries()) {
      const turn = new Scope(scope);
      bindPattern(pattern.getNameNode(), element, turn, this.builder, (name, value) =>
        turn.define(name, { kind: 'const', value }),
      );
      const outcome = this.calls.within(at, () => this.statement(node.getStatement(), turn));
      if (outcome !== undefined) return outcome;
    }
    return undefined;
  }

  /** An expression as a statement: a call, or an assignment to a `let` or an element of an array. */
  private expression(whole: Expression, scope: Scope): Outcome {
    let node = whole;
    while (Node.isParenthesizedExpression(node)) node = node.getExpression();
    if (Node.isCallExpression(node)) {
      this.calls.statement(node as CallExpression, scope, this.builder);
      return undefined;
    }
    const span = spanOf(node);
    if (Node.isPrefixUnaryExpression(node) || Node.isPostfixUnaryExpression(node)) {
      const operand = node.getOperand();
      const symbol = node.getText().includes('++') ? '+' : '-';
      if (Node.isIdentifier(operand) && /\+\+|--/.test(node.getText())) {
        const now = evaluate(operand, scope, this.builder);
        const value = binaryOperator(symbol, now, { kind: 'static', value: 1 }, span);
        this.assign(operand, value, scope);
        return undefined;
      }
    }
    if (Node.isBinaryExpression(node)) {
      const operator = node.getOperatorToken().getText();
      const left = node.getLeft();
      if (operator === '=') {
        this.assign(left, this.value(node.getRight(), scope), scope);
        return undefined;
      }
      if (/^[-+*]=$/.test(operator)) {
        const now = evaluate(left, scope, this.builder);
        const right = this.value(node.getRight(), scope);
        this.assign(left, binaryOperator(operator[0], now, right, span), scope);
        return undefined;
      }
    }
    fail(
      'TW4005',
      span,
      'a dataflow region holds constants, streams, loops over them and calls of processes only',
      'Move the rest into a process.',
    );
  }

  private assign(target: Expression, value: Value, scope: Scope): void {
    const span = spanOf(target);
    if (Node.isIdentifier(target)) {
      scope.lookup(target.getText(), span);
      scope.replace(target.getText(), { kind: 'const', value });
      return;
    }
    const index = Node.isElementAccessExpression(target)
      ? target.getArgumentExpression()
      : undefined;
    if (!Node.isElementAccessExpression(target) || index === undefined) {
      fail(
        'TW1029',
        span,
        `'${target.getText()}' cannot be assigned`,
        'Assign a variable, or an element of an array.',
      );
    }
    const list = evaluate(target.getExpression(), scope, this.builder);
    setElement(list, evaluate(index, scope, this.builder), value, span);
  }
}

/** The number that names of one turn carry: the counter where there is one, else how many came before. */
function counterOf(counters: readonly VariableDeclaration[], scope: Scope, count: number): number {
  const binding = counters.length === 0 ? undefined : scope.find(counters[0].getName());
  const value = binding?.kind === 'const' ? staticOf(binding.value)?.value : undefined;
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : count;
}

/** True for what is known while compiling, and for streams, memories and arguments, in any bundle. */
function isWiring(value: Value): boolean {
  if (value.kind === 'record') return [...value.fields.values()].every(isWiring);
  if (value.kind === 'hw') return ['const', 'scalar'].includes(value.expr.op);
  return ['static', 'stream', 'memory', 'function', 'poison'].includes(value.kind);
}
