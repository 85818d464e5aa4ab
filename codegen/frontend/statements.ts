import {
  type ArrayLiteralExpression,
  type Block,
  type Expression,
  type IfStatement,
  Node,
  type ObjectLiteralExpression,
  type Statement,
  SyntaxKind,
  type VariableDeclaration,
} from 'ts-morph';
import type { Span, Stmt } from '../ir/ir.ts';
import { storeElement } from './arrays.ts';
import { fail, record } from './diagnostics.ts';
import { binaryOperator, evaluate } from './expressions.ts';
import { jumpStatement, returnStatement } from './jump-statements.ts';
import { eitherOf, type Flow, inSequence, straight } from './jumps.ts';
import { forStatement, whileStatement } from './loops.ts';
import { exactly } from './methods.ts';
import { truth } from './operators.ts';
import { bindPattern, missing, namesOf, partOf } from './patterns.ts';
import type { ProcessBuilder } from './process-builder.ts';
import { type Binding, Scope } from './scope.ts';
import { settle } from './settle.ts';
import { spanOf } from './source-span.ts';
import { switchStatement } from './switch-statement.ts';
import { staticOf, toOperand, type Value } from './values.ts';

/** Compiles one statement; an error in it is recorded, and the next statement goes on. */
export function compileStatement(node: Statement, scope: Scope, builder: ProcessBuilder): Flow {
  try {
    return statement(node, scope, builder);
  } catch (error) {
    record(error, builder.kernel.diagnostics);
    // Names that the statement would have defined must not raise a second error.
    if (Node.isVariableStatement(node)) {
      for (const one of node.getDeclarations()) {
        for (const name of namesOf(one.getNameNode()))
          scope.define(name, { kind: 'const', value: { kind: 'poison' } });
      }
    }
    return straight;
  }
}

function statement(node: Statement, scope: Scope, builder: ProcessBuilder): Flow {
  if (Node.isVariableStatement(node)) {
    const mutable = node.getDeclarationKind() !== 'const';
    for (const one of node.getDeclarations()) declare(one, mutable, scope, builder);
    return straight;
  }
  if (Node.isExpressionStatement(node)) {
    expressionStatement(node.getExpression(), scope, builder);
    return straight;
  }
  if (Node.isIfStatement(node)) return ifStatement(node, scope, builder);
  if (Node.isForStatement(node)) return forStatement(node, scope, builder);
  if (Node.isWhileStatement(node) || Node.isDoStatement(node)) {
    return whileStatement(node, scope, builder);
  }
  if (Node.isSwitchStatement(node)) return switchStatement(node, scope, builder);
  if (Node.isBlock(node)) return block(node, scope, builder);
  if (Node.isReturnStatement(node)) return returnStatement(node, scope, builder);
  if (Node.isBreakStatement(node) || Node.isContinueStatement(node)) {
    return jumpStatement(node, builder);
  }
  if (Node.isFunctionDeclaration(node)) {
    scope.define(node.getNameOrThrow(), {
      kind: 'const',
      value: { kind: 'function', declaration: node, closure: scope },
    });
    return straight;
  }
  if (Node.isEmptyStatement(node) || Node.isTypeAliasDeclaration(node)) return straight;
  const [what, instead] = refused.get(node.getKind()) ?? [
    node.getKindName(),
    'Use const, let, if, for, while, switch and calls.',
  ];
  fail('TW1026', spanOf(node), `${what} is outside the kernel language`, instead);
}

/** Statements of TypeScript that hardware has no form for, and what to write instead. */
const refused: ReadonlyMap<SyntaxKind, readonly [string, string]> = new Map([
  [
    SyntaxKind.LabeledStatement,
    ['a label', 'Move the inner loop into a function and return from it, or use a variable.'],
  ],
  [SyntaxKind.ForOfStatement, ["'for … of'", 'Count: for (let i = 0; i < n; i++) { … v[i] … }.']],
  [SyntaxKind.ForInStatement, ["'for … in'", 'Count: for (let i = 0; i < n; i++).']],
  [SyntaxKind.TryStatement, ["'try'", 'Hardware has no exceptions: carry an error as a value.']],
  [
    SyntaxKind.ThrowStatement,
    ["'throw'", 'Hardware has no exceptions: carry an error as a value.'],
  ],
  [SyntaxKind.ClassDeclaration, ['a class', 'Use records ({ a, b }) and functions.']],
]);

function block(node: Statement, scope: Scope, builder: ProcessBuilder): Flow {
  const inner = new Scope(scope);
  const statements = Node.isBlock(node) ? (node as Block).getStatements() : [node];
  return inSequence(
    statements.map((one) => () => compileStatement(one, inner, builder)),
    builder,
  );
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
  bindPattern(node.getNameNode(), value, scope, builder, (name, part) => {
    scope.define(
      name,
      mutable
        ? variableFor(name, part, initializer, builder, span)
        : { kind: 'const', value: settle(name, part, builder, span) },
    );
  });
}

/** A `let` and its first value. */
function variableFor(
  name: string,
  value: Value,
  initializer: Expression,
  builder: ProcessBuilder,
  span: Span,
): Binding {
  if (value.kind === 'poison') return { kind: 'const', value };
  if (value.kind === 'record') {
    const fields = [...value.fields].map(([key, field]): [string, Binding] => [
      key,
      variableFor(`${name}_${key}`, field, initializer, builder, span),
    ]);
    return { kind: 'record', fields: new Map(fields) };
  }
  if (value.kind !== 'hw') {
    fail(
      'TW2013',
      span,
      value.kind === 'array'
        ? `'${name}' is an array, and declared by let`
        : `'${name}' changes, so it needs a width`,
      value.kind === 'array'
        ? `Its elements change, the array stays: const ${name} = ${initializer.getText()}.`
        : firstValueHint(name, initializer.getText(), staticOf(value)?.value),
    );
  }
  const { type } = toOperand(value, span).expr;
  const variable = builder.declare(name, type, true, span);
  builder.emit({ kind: 'assign', variable, value: value.expr, span });
  const { big, fraction } = value;
  return { kind: 'let', variable, type, big, fraction };
}

/** How a `let` that changes gets its width, by what stands there now. */
function firstValueHint(name: string, text: string, known: unknown): string {
  if (typeof known === 'boolean') return `A flag is one bit: let ${name} = u1(${known ? 1 : 0}).`;
  if (Array.isArray(known)) {
    return `Make it a vector, vec(u8, ${known.length}, (l) => …), or an array(u8, ${known.length}).`;
  }
  return `Name its type: let ${name} = u32(${text}).`;
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

export function expressionStatement(
  whole: Expression,
  scope: Scope,
  builder: ProcessBuilder,
): void {
  let node = whole;
  while (Node.isParenthesizedExpression(node)) node = node.getExpression();
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
    const array = evaluate(target.getExpression(), scope, builder);
    const index = target.getArgumentExpression();
    if (array.kind === 'poison') return;
    if (array.kind === 'array' && index !== undefined) {
      storeElement(array, evaluate(index, scope, builder), value, span, builder);
      return;
    }
    fail('TW1028', span, 'a lane is assigned in place', 'Vectors are values: v = v.with(lane, x).');
  }
  if (Node.isArrayLiteralExpression(target) || Node.isObjectLiteralExpression(target)) {
    assignParts(target, settle('parts', value, builder, span), scope, builder);
    return;
  }
  if (!Node.isIdentifier(target)) {
    const holder = Node.isPropertyAccessExpression(target) ? target.getExpression().getText() : 'r';
    fail(
      'TW1029',
      span,
      `'${target.getText()}' cannot be assigned`,
      `Records are values: assign the whole, ${holder} = { ...${holder}, field: value }.`,
    );
  }
  assignTo(scope.lookup(target.getText(), spanOf(target)), target.getText(), value, builder, span);
}

/** `[a, b] = …` and `({ a, b: c } = …)`; the values were taken before the first is assigned. */
function assignParts(
  target: ArrayLiteralExpression | ObjectLiteralExpression,
  value: Value,
  scope: Scope,
  builder: ProcessBuilder,
): void {
  const list = Node.isArrayLiteralExpression(target)
    ? target.getElements().map((one, at) => [String(at), one] as const)
    : target.getProperties().map((one) => {
        if (Node.isShorthandPropertyAssignment(one)) return [one.getName(), one] as const;
        if (Node.isPropertyAssignment(one)) {
          return [one.getName(), one.getInitializerOrThrow()] as const;
        }
        return fail('TW1025', spanOf(one), 'a pattern with a rest', 'Name what you need.');
      });
  for (const [key, one] of list) {
    if (Node.isOmittedExpression(one)) continue;
    const span = spanOf(one);
    const part = partOf(value, key, Node.isObjectLiteralExpression(target), span);
    if (part === undefined) missing(value, key, span);
    if (Node.isShorthandPropertyAssignment(one)) {
      assignTo(scope.lookup(one.getName(), span), one.getName(), part, builder, span);
    } else {
      assign(one, part, scope, builder, span);
    }
  }
}

function assignTo(
  binding: Binding,
  name: string,
  value: Value,
  builder: ProcessBuilder,
  span: Span,
): void {
  if (value.kind === 'poison') return;
  if (binding.kind === 'const') {
    if (binding.value.kind === 'poison') return;
    fail('TW1029', span, `'${name}' cannot be assigned`, 'Declare it with let.');
  }
  if (binding.kind === 'record') {
    // All fields are read before the first is written.
    const fixed = settle(name, value, builder, span);
    for (const [key, field] of binding.fields) {
      const part = partOf(fixed, key, true, span);
      if (part === undefined) missing(fixed, key, span);
      assignTo(field, `${name}.${key}`, part, builder, span);
    }
    return;
  }
  const exact = exactly(value, binding.type, `'${name}'`, span, binding.fraction);
  builder.emit({ kind: 'assign', variable: binding.variable, value: exact, span });
}

function ifStatement(node: IfStatement, scope: Scope, builder: ProcessBuilder): Flow {
  const span = spanOf(node);
  const condition = evaluate(node.getExpression(), scope, builder);
  if (condition.kind === 'poison') return straight;
  const otherwise = node.getElseStatement();
  const known = staticOf(condition);
  if (known !== undefined) {
    const taken = known.value ? node.getThenStatement() : otherwise;
    return taken === undefined ? straight : block(taken, scope, builder);
  }
  const test = truth(toOperand(condition, span), span);
  const branch = (body: Statement | undefined): readonly [Flow, Stmt[]] => {
    let flow = straight;
    const list = builder.collect(() => {
      if (body !== undefined) flow = block(body, scope, builder);
    });
    return [flow, list];
  };
  const then = branch(node.getThenStatement());
  const rest = branch(otherwise);
  builder.emit({ kind: 'if', condition: test, then: then[1], else: rest[1], span });
  return eitherOf(then, rest);
}
