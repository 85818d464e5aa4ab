import {
  type DoStatement,
  type Expression,
  type ForStatement,
  Node,
  type Statement,
  SyntaxKind,
  type WhileStatement,
} from 'ts-morph';
import { cast, exprRange, isConstant, select } from '../ir/build.ts';
import { type AssignStmt, type Expr, type Stmt, type Type, typeForRange, u1 } from '../ir/ir.ts';
import { counterRange } from './counter-range.ts';
import { fail } from './diagnostics.ts';
import { type Directives, directives } from './directives.ts';
import { binaryOperator, evaluate } from './expressions.ts';
import { inlineAssigned } from './inline-assigned.ts';
import { withJumps } from './jump-statements.ts';
import {
  eitherOf,
  type Flow,
  inSequence,
  jumpTo,
  landing,
  straight,
  Target,
  whileNotTaken,
  without,
} from './jumps.ts';
import { truth } from './operators.ts';
import type { ProcessBuilder } from './process-builder.ts';
import { Scope } from './scope.ts';
import { spanOf } from './source-span.ts';
import { compileStatement, expressionStatement } from './statements.ts';
import { hw, staticOf, toHardware, toOperand, type Value } from './values.ts';

/** What a loop of the source gives to the one of the IR. */
interface Loop {
  readonly node: WhileStatement | DoStatement | ForStatement;
  readonly init: readonly AssignStmt[];
  readonly condition: Expression;
  readonly directives: Directives;
  readonly scope: Scope;
  /** What the body sees, where that is more. */
  readonly bodyScope?: Scope;
  /** Compiled behind the body, which may have left the loop by these jumps. */
  step(jumps: ReadonlySet<Target>): readonly AssignStmt[];
}

function loopBody(rest: readonly Statement[], scope: Scope, builder: ProcessBuilder): Flow {
  const inner = new Scope(scope);
  return inSequence(
    rest.map((one) => () => compileStatement(one, inner, builder)),
    builder,
  );
}

/** A condition of a loop, and the statements that compute it (of functions that it calls). */
function loopCondition(
  node: Expression,
  scope: Scope,
  builder: ProcessBuilder,
): { readonly before: readonly Stmt[]; readonly test: Expr } {
  const span = spanOf(node);
  let test: Expr = { op: 'const', type: u1, value: 0n };
  const statements = builder.collect(() => {
    builder.pureDepth += 1;
    try {
      const value = evaluate(node, scope, builder);
      if (value.kind !== 'poison') test = truth(toOperand(value, span), span);
    } finally {
      builder.pureDepth -= 1;
    }
  });
  const before = builder.settled(statements);
  const inlined = inlineAssigned(before, test, builder);
  return inlined === undefined ? { before, test } : { before: [], test: inlined };
}

function isTrue(test: Expr): boolean {
  return isConstant(test) && test.value === 1n;
}

function compileLoop(loop: Loop, builder: ProcessBuilder): Flow {
  const { node, scope } = loop;
  const { ii, unroll, rest } = loop.directives;
  const span = spanOf(node);
  const leave = new Target('running', span, builder);
  const again = new Target('going', span, builder);
  const always: Expr = { op: 'const', type: u1, value: 1n };
  const { before, test } = loopCondition(loop.condition, scope, builder);
  /** The condition as a statement of the body, which leaves the loop. */
  const check = (): Flow => {
    for (const one of before) builder.emit(one);
    if (isTrue(test)) return straight;
    const lists: [Stmt[], Stmt[]] = [[], []];
    builder.emit({ kind: 'if', condition: test, then: lists[0], else: lists[1], span });
    let out = straight;
    builder.into(lists[1], () => {
      out = jumpTo(leave);
    });
    return eitherOf([straight, lists[0]], [out, lists[1]]);
  };
  const inside = (): Flow => {
    const jumps = { ...builder.jumps, break: leave, continue: again };
    return landing(
      withJumps(builder, jumps, () => loopBody(rest, loop.bodyScope ?? scope, builder)),
      again,
    );
  };
  const late = Node.isDoStatement(node);
  const checked = late || before.length > 0;
  let crossing: ReadonlySet<Target> = new Set();
  const body = builder.collect(() => {
    crossing = inSequence(
      checked ? (late ? [inside, check] : [check, inside]) : [inside],
      builder,
    ).jumps;
  });
  // Each iteration starts with no jump taken, so what is tested at its end has no past.
  const top = builder.collect(() => {
    for (const target of [again, leave, ...without(crossing, leave)]) target.arm();
  });
  const step = [...loop.step(crossing)];
  const init = [...loop.init];
  if (crossing.has(leave)) {
    const flag = leave.test() as Extract<Expr, { op: 'var' }>;
    init.push({ kind: 'assign', variable: flag.name, value: always, span });
  }
  const endless = checked || isTrue(test);
  if (endless && crossing.size === 0) {
    fail(
      'TW3021',
      span,
      'this loop never ends',
      'Give it a condition, or leave it with break or return.',
    );
  }
  builder.emit({
    kind: 'loop',
    init,
    condition: crossing.size === 0 ? test : whileNotTaken(crossing, endless ? undefined : test),
    step,
    body: [...top, ...body],
    ...(ii === undefined ? {} : { ii }),
    ...(typeof unroll === 'number' && unroll > 1 ? { unroll } : {}),
    span,
  });
  const out = without(crossing, leave);
  return { falls: !endless || crossing.has(leave), pending: out, jumps: out };
}

export function whileStatement(
  node: WhileStatement | DoStatement,
  scope: Scope,
  builder: ProcessBuilder,
): Flow {
  const found = directives(node.getStatement(), scope, builder);
  if (found.unroll !== undefined) {
    fail(
      'TW3004',
      spanOf(node),
      'a while loop cannot be unrolled',
      'Use a for loop with constant bounds.',
    );
  }
  const condition = node.getExpression();
  return compileLoop(
    { node, init: [], condition, directives: found, scope, step: () => [] },
    builder,
  );
}

export function forStatement(node: ForStatement, scope: Scope, builder: ProcessBuilder): Flow {
  const span = spanOf(node);
  const initializer = node.getInitializer();
  const condition = node.getCondition();
  const incrementor = node.getIncrementor();
  const declaration = Node.isVariableDeclarationList(initializer)
    ? initializer.getDeclarations()
    : [];
  if (declaration.length !== 1 || condition === undefined || incrementor === undefined) {
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
  const found = directives(node.getStatement(), scope, builder);
  const inner = new Scope(scope);
  if (found.unroll === 'all') return unrolled(node, name, first, found.rest, inner, builder);
  const type = counterType(name, first, condition, incrementor, scope, builder);
  const variable = builder.declare(name, type, true, spanOf(counter));
  const start = toOperand(first, span);
  const big = type.kind === 'int' && type.width > 53;
  inner.define(name, { kind: 'let', variable, type, big, fraction: start.fraction });
  const init: AssignStmt = { kind: 'assign', variable, value: cast(start.expr, type), span };
  const step = (jumps: ReadonlySet<Target>): readonly AssignStmt[] =>
    countingStep(name, variable, type, first, incrementor, inner, builder).map((one) =>
      // After a jump nobody sees the counter, but other variables must stay as they were.
      jumps.size === 0 || one.variable === variable ? one : unlessTaken(jumps, one),
    );
  const range = counterRange(
    name,
    type,
    first,
    counterStep(name, incrementor, inner, builder),
    condition,
    found.rest,
    inner,
    builder,
    span,
  );
  const { fraction } = start;
  const bodyScope = new Scope(inner);
  if (range !== undefined && fraction === 0)
    bodyScope.define(name, { kind: 'let', variable, type, big, fraction, within: range });
  return compileLoop(
    { node, init: [init], condition, directives: found, scope: inner, bodyScope, step },
    builder,
  );
}

function unlessTaken(jumps: ReadonlySet<Target>, one: AssignStmt): AssignStmt {
  const { type } = one.value;
  const old: Expr = { op: 'var', name: one.variable, type };
  return { ...one, value: select(whileNotTaken(jumps), one.value, old, type) };
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
): Flow {
  const span = spanOf(node);
  const condition = node.getConditionOrThrow();
  const step = counterStep(name, node.getIncrementorOrThrow(), scope, builder);
  const leave = new Target('running', span, builder);
  function* copies(): Generator<() => Flow> {
    let value = staticOf(first)?.value;
    for (let count = 0; ; count++) {
      if (typeof value !== 'number' || step === undefined || count > mostCopies) {
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
          'Its bound must be known at compile time; unroll(4) copies the body of any counting loop.',
        );
      }
      if (!goesOn.value) return;
      yield () => {
        const again = new Target('going', span, builder);
        again.arm();
        const jumps = { ...builder.jumps, break: leave, continue: again };
        return landing(
          withJumps(builder, jumps, () => loopBody(rest, inner, builder)),
          again,
        );
      };
      value += step;
    }
  }
  leave.arm();
  return landing(inSequence(copies(), builder), leave);
}
