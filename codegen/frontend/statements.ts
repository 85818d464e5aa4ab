import {
  type Block,
  type Expression,
  type ForStatement,
  type IfStatement,
  Node,
  type Statement,
  SyntaxKind,
  type VariableDeclaration,
  type WhileStatement,
} from 'ts-morph';
import { cast, exprRange } from '../ir/build.ts';
import { type AssignStmt, type Expr, type Span, type Type, typeForRange } from '../ir/ir.ts';
import { fail, record } from './diagnostics.ts';
import { binaryOperator, evaluate } from './expressions.ts';
import { exactly } from './methods.ts';
import { truth } from './operators.ts';
import { bindPattern } from './patterns.ts';
import type { ProcessBuilder } from './process-builder.ts';
import { Scope } from './scope.ts';
import { spanOf } from './source-span.ts';
import { asValue, hw, staticOf, toHardware, toOperand, type Value } from './values.ts';

/** Compiles one statement; an error in it is recorded, and the next statement goes on. */
export function compileStatement(node: Statement, scope: Scope, builder: ProcessBuilder): void {
  try {
    statement(node, scope, builder);
  } catch (error) {
    record(error, builder.kernel.diagnostics);
    // Names that the statement would have defined must not raise a second error.
    if (Node.isVariableStatement(node)) {
      for (const one of node.getDeclarations()) {
        const pattern = one.getNameNode();
        const names = Node.isObjectBindingPattern(pattern)
          ? pattern.getElements().map((element) => element.getName())
          : [one.getName()];
        for (const name of names) scope.define(name, { kind: 'const', value: { kind: 'poison' } });
      }
    }
  }
}

function statement(node: Statement, scope: Scope, builder: ProcessBuilder): void {
  const span = spanOf(node);
  if (Node.isVariableStatement(node)) {
    const mutable = node.getDeclarationKind() !== 'const';
    for (const one of node.getDeclarations()) declare(one, mutable, scope, builder);
  } else if (Node.isExpressionStatement(node)) {
    expressionStatement(node.getExpression(), scope, builder);
  } else if (Node.isIfStatement(node)) {
    ifStatement(node, scope, builder);
  } else if (Node.isForStatement(node)) {
    forStatement(node, scope, builder);
  } else if (Node.isWhileStatement(node)) {
    whileStatement(node, scope, builder);
  } else if (Node.isBlock(node)) {
    block(node, scope, builder);
  } else if (Node.isReturnStatement(node)) {
    fail(
      'TW1024',
      span,
      'a return before the end of a function',
      'Put one return last, and choose the value with ?: or if.',
    );
  } else {
    const [what, instead] = refused.get(node.getKind()) ?? [
      node.getKindName(),
      'Use const, let, if, for, while and calls.',
    ];
    fail('TW1026', span, `${what} is outside the kernel language`, instead);
  }
}

/** Statements of TypeScript that hardware has no form for, and what to write instead. */
const refused: ReadonlyMap<SyntaxKind, readonly [string, string]> = new Map([
  [
    SyntaxKind.BreakStatement,
    ["'break'", 'Put the reason to stop into the condition: while (running) { … }.'],
  ],
  [SyntaxKind.ContinueStatement, ["'continue'", 'Put the rest of the body into an if.']],
  [SyntaxKind.SwitchStatement, ["'switch'", 'Write if … else if …, or look it up in a table.']],
  [
    SyntaxKind.DoStatement,
    ["'do … while'", 'Write while (running) { … } with a variable that starts at 1.'],
  ],
  [SyntaxKind.ForOfStatement, ["'for … of'", 'Count: for (let i = 0; i < n; i++) { … v[i] … }.']],
  [SyntaxKind.ForInStatement, ["'for … in'", 'Count: for (let i = 0; i < n; i++).']],
  [SyntaxKind.TryStatement, ["'try'", 'Hardware has no exceptions: carry an error as a value.']],
  [
    SyntaxKind.ThrowStatement,
    ["'throw'", 'Hardware has no exceptions: carry an error as a value.'],
  ],
  [
    SyntaxKind.FunctionDeclaration,
    ['a function inside a process', 'Declare it at the top of the file.'],
  ],
  [SyntaxKind.ClassDeclaration, ['a class', 'Use records ({ a, b }) and functions.']],
]);

function block(node: Statement, scope: Scope, builder: ProcessBuilder): void {
  const inner = new Scope(scope);
  const statements = Node.isBlock(node) ? (node as Block).getStatements() : [node];
  for (const one of statements) compileStatement(one, inner, builder);
}

function declare(
  node: VariableDeclaration,
  mutable: boolean,
  scope: Scope,
  builder: ProcessBuilder,
): void {
  const span = spanOf(node);
  const initializer = node.getInitializer();
  if (initializer === undefined) {
    fail(
      'TW2012',
      span,
      `'${node.getName()}' has no first value`,
      `Write let ${node.getName()} = u32(0).`,
    );
  }
  const value = evaluate(initializer, scope, builder);
  const pattern = node.getNameNode();
  if (!Node.isIdentifier(pattern)) {
    bindPattern(pattern, value, scope);
    return;
  }
  const name = node.getName();
  if (!mutable) {
    const named =
      value.kind === 'hw' && value.expr.op !== 'const'
        ? asValue({ ...value, expr: builder.name(name, value.expr, span) })
        : value;
    scope.define(name, { kind: 'const', value: named });
    return;
  }
  if (value.kind === 'poison') {
    scope.define(name, { kind: 'const', value });
    return;
  }
  if (value.kind !== 'hw') {
    fail(
      'TW2013',
      span,
      `'${name}' changes, so it needs a width`,
      `Name its type: let ${name} = u32(${initializer.getText()}).`,
    );
  }
  const { type } = value.expr;
  const variable = builder.declare(name, type, true, span);
  builder.emit({ kind: 'assign', variable, value: value.expr, span });
  const { big, fraction } = value;
  scope.define(name, { kind: 'let', variable, type, big, fraction });
}

const compound: Readonly<Record<string, string>> = {
  '+=': '+',
  '-=': '-',
  '*=': '*',
  '&=': '&',
  '|=': '|',
  '^=': '^',
  '<<=': '<<',
  '>>=': '>>',
  '>>>=': '>>>',
};

function expressionStatement(node: Expression, scope: Scope, builder: ProcessBuilder): void {
  const span = spanOf(node);
  if (Node.isBinaryExpression(node)) {
    const symbol = node.getOperatorToken().getText();
    const target = node.getLeft();
    if (symbol === '=') {
      assign(target, evaluate(node.getRight(), scope, builder), scope, builder, span);
      return;
    }
    const operator = compound[symbol];
    if (operator !== undefined) {
      const left = evaluate(target, scope, builder);
      const right = evaluate(node.getRight(), scope, builder);
      assign(target, binaryOperator(operator, left, right, span), scope, builder, span);
      return;
    }
  }
  if (Node.isPrefixUnaryExpression(node) || Node.isPostfixUnaryExpression(node)) {
    const token = node.getOperatorToken();
    const operator =
      token === SyntaxKind.PlusPlusToken
        ? '+'
        : token === SyntaxKind.MinusMinusToken
          ? '-'
          : undefined;
    if (operator !== undefined) {
      const left = evaluate(node.getOperand(), scope, builder);
      const value = binaryOperator(operator, left, { kind: 'static', value: 1 }, span);
      assign(node.getOperand(), value, scope, builder, span);
      return;
    }
  }
  if (Node.isCallExpression(node)) {
    evaluate(node, scope, builder);
    return;
  }
  if (Node.isBinaryExpression(node) && node.getOperatorToken().getText() === ',') {
    fail('TW1027', span, 'two expressions joined by a comma', 'Write two statements.');
  }
  fail(
    'TW1027',
    span,
    'this statement has no effect',
    'Assign the value, write it to a stream, or remove it.',
  );
}

function assign(
  target: Expression,
  value: Value,
  scope: Scope,
  builder: ProcessBuilder,
  span: Span,
): void {
  if (Node.isElementAccessExpression(target)) {
    fail('TW1028', span, 'a lane is assigned in place', 'Vectors are values: v = v.with(lane, x).');
  }
  if (!Node.isIdentifier(target)) {
    fail(
      'TW1029',
      span,
      `'${target.getText()}' cannot be assigned`,
      'Records are values: keep what changes in a variable of its own (let).',
    );
  }
  const binding = scope.lookup(target.getText(), spanOf(target));
  if (binding.kind === 'const' && binding.value.kind === 'poison') return;
  if (binding.kind !== 'let') {
    fail('TW1029', span, `'${target.getText()}' cannot be assigned`, 'Declare it with let.');
  }
  if (value.kind === 'poison') return;
  const exact = exactly(value, binding.type, `'${target.getText()}'`, span, binding.fraction);
  builder.emit({ kind: 'assign', variable: binding.variable, value: exact, span });
}

function ifStatement(node: IfStatement, scope: Scope, builder: ProcessBuilder): void {
  const span = spanOf(node);
  const condition = evaluate(node.getExpression(), scope, builder);
  if (condition.kind === 'poison') return;
  const otherwise = node.getElseStatement();
  const known = staticOf(condition);
  if (known !== undefined) {
    const taken = known.value ? node.getThenStatement() : otherwise;
    if (taken !== undefined) block(taken, scope, builder);
    return;
  }
  const test = truth(toOperand(condition, span), span);
  const then = builder.collect(() => block(node.getThenStatement(), scope, builder));
  const rest =
    otherwise === undefined ? [] : builder.collect(() => block(otherwise, scope, builder));
  builder.emit({ kind: 'if', condition: test, then, else: rest, span });
}

interface Directives {
  readonly ii?: number;
  readonly unroll: boolean;
  readonly rest: readonly Statement[];
}

/** Takes pipeline() and unroll() off the top of a loop's body. */
function directives(body: Statement, scope: Scope, builder: ProcessBuilder): Directives {
  const statements = Node.isBlock(body) ? body.getStatements() : [body];
  const first = statements[0];
  const call = Node.isExpressionStatement(first) ? first.getExpression() : undefined;
  if (call === undefined || !Node.isCallExpression(call))
    return { unroll: false, rest: statements };
  const callee = scope.find(call.getExpression().getText());
  const name = callee?.kind === 'const' && callee.value.kind === 'builtin' ? callee.value.name : '';
  if (name === 'unroll') return { unroll: true, rest: statements.slice(1) };
  if (name !== 'pipeline') return { unroll: false, rest: statements };
  const [argument] = call.getArguments() as Expression[];
  const ii = argument === undefined ? 1 : staticOf(evaluate(argument, scope, builder))?.value;
  if (typeof ii !== 'number' || !Number.isInteger(ii) || ii < 1) {
    fail(
      'TW3003',
      spanOf(call),
      'an initiation interval is a whole number from 1 on',
      'Write pipeline(1).',
    );
  }
  return { ii, unroll: false, rest: statements.slice(1) };
}

function loopBody(rest: readonly Statement[], scope: Scope, builder: ProcessBuilder): void {
  const inner = new Scope(scope);
  for (const one of rest) compileStatement(one, inner, builder);
}

function whileStatement(node: WhileStatement, scope: Scope, builder: ProcessBuilder): void {
  const span = spanOf(node);
  const { ii, rest, unroll } = directives(node.getStatement(), scope, builder);
  if (unroll)
    fail('TW3004', span, 'a while loop cannot be unrolled', 'Use a for loop with constant bounds.');
  const condition = loopCondition(node.getExpression(), scope, builder);
  const body = builder.collect(() => loopBody(rest, scope, builder));
  builder.emit({
    kind: 'loop',
    init: [],
    condition,
    step: [],
    body,
    ...(ii === undefined ? {} : { ii }),
    span,
  });
}

function loopCondition(node: Expression, scope: Scope, builder: ProcessBuilder): Expr {
  const span = spanOf(node);
  builder.pureDepth += 1;
  try {
    const value = evaluate(node, scope, builder);
    if (value.kind === 'poison')
      return { op: 'const', type: { kind: 'int', signed: false, width: 1 }, value: 0n };
    return truth(toOperand(value, span), span);
  } finally {
    builder.pureDepth -= 1;
  }
}

function forStatement(node: ForStatement, scope: Scope, builder: ProcessBuilder): void {
  const span = spanOf(node);
  const initializer = node.getInitializer();
  const conditionNode = node.getCondition();
  const incrementor = node.getIncrementor();
  const declaration = Node.isVariableDeclarationList(initializer)
    ? initializer.getDeclarations()
    : [];
  if (declaration.length !== 1 || conditionNode === undefined || incrementor === undefined) {
    fail(
      'TW3005',
      span,
      'a for loop that does not count',
      'Write for (let i = 0; i < n; i++), or use while.',
    );
  }
  const [counter] = declaration;
  const name = counter.getName();
  const first = evaluate(counter.getInitializerOrThrow(), scope, builder);
  const { ii, rest, unroll } = directives(node.getStatement(), scope, builder);
  const inner = new Scope(scope);
  if (unroll) {
    unrolled(node, name, first, rest, inner, builder);
    return;
  }
  const type = counterType(name, first, conditionNode, incrementor, scope, builder);
  const variable = builder.declare(name, type, true, spanOf(counter));
  const start = toOperand(first, span);
  const big = type.kind === 'int' && type.width > 53;
  inner.define(name, { kind: 'let', variable, type, big, fraction: start.fraction });
  const init: AssignStmt = { kind: 'assign', variable, value: cast(start.expr, type), span };
  const condition = loopCondition(conditionNode, inner, builder);
  const step = countingStep(name, variable, type, first, incrementor, inner, builder);
  const body = builder.collect(() => loopBody(rest, inner, builder));
  builder.emit({
    kind: 'loop',
    init: [init],
    condition,
    step,
    body,
    ...(ii === undefined ? {} : { ii }),
    span,
  });
}

/** The third part of a for header. A counter whose width was derived holds every step by construction. */
function countingStep(
  name: string,
  variable: string,
  type: Type,
  first: Value,
  incrementor: Expression,
  scope: Scope,
  builder: ProcessBuilder,
): AssignStmt[] {
  const span = spanOf(incrementor);
  const step = counterStep(name, incrementor, scope, builder);
  if (step !== undefined && first.kind !== 'hw') {
    const now: Value = hw({ op: 'var', name: variable, type });
    const next = binaryOperator('+', now, { kind: 'static', value: step }, span);
    return [{ kind: 'assign', variable, value: cast(toHardware(next, span).expr, type), span }];
  }
  return builder
    .collect(() => expressionStatement(incrementor, scope, builder))
    .map((one) =>
      one.kind === 'assign'
        ? one
        : fail('TW3005', span, 'a for header does more than count', 'Move it into the body.'),
    );
}

/**
 * The type of a counter without a declared width: wide enough for its last value, the one that fails
 * the condition, so that it never wraps where the golden model's number would not.
 */
function counterType(
  name: string,
  first: Value,
  condition: Expression,
  incrementor: Expression,
  scope: Scope,
  builder: ProcessBuilder,
): Type {
  if (first.kind === 'hw') return first.expr.type;
  const span = spanOf(condition);
  const start = staticOf(first)?.value;
  const step = counterStep(name, incrementor, scope, builder);
  if (typeof start === 'number' && step !== undefined && Node.isBinaryExpression(condition)) {
    const symbol = condition.getOperatorToken().getText();
    if (condition.getLeft().getText() === name) {
      const bound = exprRange(
        toHardware(evaluate(condition.getRight(), scope, builder), span).expr,
      );
      const low = BigInt(start);
      const stride = BigInt(Math.abs(step));
      const slack = symbol.endsWith('=') ? stride : stride - 1n;
      if (step > 0 && (symbol === '<' || symbol === '<=')) {
        const last = bound.max + slack;
        return typeForRange(low, last > low ? last : low);
      }
      if (step < 0 && (symbol === '>' || symbol === '>=')) {
        const last = bound.min - slack;
        return typeForRange(last < low ? last : low, low);
      }
    }
  }
  fail(
    'TW2013',
    span,
    `the width of '${name}' does not follow from this loop`,
    `Name it: let ${name} = u32(0), or count with ${name}++ and ${name} < n.`,
  );
}

function counterStep(
  name: string,
  node: Expression,
  scope: Scope,
  builder: ProcessBuilder,
): number | undefined {
  if (Node.isPostfixUnaryExpression(node) || Node.isPrefixUnaryExpression(node)) {
    if (node.getOperand().getText() !== name) return undefined;
    return node.getOperatorToken() === SyntaxKind.PlusPlusToken ? 1 : -1;
  }
  if (!Node.isBinaryExpression(node) || node.getLeft().getText() !== name) return undefined;
  const symbol = node.getOperatorToken().getText();
  const by = staticOf(evaluate(node.getRight(), scope, builder))?.value;
  if (typeof by !== 'number' || !Number.isInteger(by) || by < 1) return undefined;
  return symbol === '+=' ? by : symbol === '-=' ? -by : undefined;
}

/** Loops past this many copies are most likely a mistake. */
const mostCopies = 4096;

function unrolled(
  node: ForStatement,
  name: string,
  first: Value,
  rest: readonly Statement[],
  scope: Scope,
  builder: ProcessBuilder,
): void {
  const span = spanOf(node);
  let value = staticOf(first)?.value;
  const condition = node.getConditionOrThrow();
  const step = counterStep(name, node.getIncrementorOrThrow(), scope, builder);
  for (let copies = 0; ; copies++) {
    if (typeof value !== 'number' || step === undefined || copies > mostCopies) {
      fail(
        'TW3004',
        span,
        'this loop cannot be unrolled',
        `Its bounds must be constants, with at most ${mostCopies} iterations.`,
      );
    }
    const inner = new Scope(scope);
    inner.define(name, { kind: 'const', value: { kind: 'static', value } });
    const goesOn = staticOf(evaluate(condition, inner, builder));
    if (goesOn === undefined) {
      fail(
        'TW3004',
        span,
        'this loop cannot be unrolled',
        'Its bound must be known at compile time.',
      );
    }
    if (!goesOn.value) return;
    loopBody(rest, inner, builder);
    value += step;
  }
}
