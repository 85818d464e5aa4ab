import { type CallExpression, type Expression, Node, SyntaxKind } from 'ts-morph';
import { lane as laneOf } from '../ir/build.ts';
import { type Expr, lanesOf, sameType, u1 } from '../ir/ir.ts';
import { loadElement } from './arrays.ts';
import { callBuiltin, isBuiltin } from './builtins.ts';
import { callLive } from './call-live.ts';
import { constantTable, refuseLongTable } from './constant-table.ts';
import { fail } from './diagnostics.ts';
import { refuseIndexOutside } from './index-range.ts';
import { inlineCall } from './inline.ts';
import { javaScriptArguments } from './java-script-arguments.ts';
import { arrayLiteral, objectLiteral } from './literals.ts';
import { callMethod } from './methods.ts';
import { narrowTo } from './narrow.ts';
import {
  arithmetic,
  bitwise,
  choose,
  compare,
  complement,
  divide,
  logical,
  negate,
  shift,
  truth,
} from './operators.ts';
import type { ProcessBuilder } from './process-builder.ts';
import { type Scope, valueOfBinding } from './scope.ts';
import { spanOf } from './source-span.ts';
import {
  asValue,
  describe,
  hw,
  isElementType,
  isIntegerType,
  type Operand,
  staticOf,
  toHardware,
  toOperand,
  type Value,
} from './values.ts';

export type Lambda = (args: readonly Value[]) => Value;

/** Evaluates one expression: at compile time as far as it is known, the rest as IR. */
export function evaluate(node: Expression, scope: Scope, builder: ProcessBuilder): Value {
  const span = spanOf(node);
  if (Node.isParenthesizedExpression(node)) return evaluate(node.getExpression(), scope, builder);
  if (Node.isAsExpression(node) || Node.isSatisfiesExpression(node)) {
    return evaluate(node.getExpression(), scope, builder);
  }
  if (Node.isNonNullExpression(node)) return evaluate(node.getExpression(), scope, builder);
  if (Node.isNumericLiteral(node)) return { kind: 'static', value: node.getLiteralValue() };
  if (Node.isBigIntLiteral(node)) return { kind: 'static', value: node.getLiteralValue() };
  if (Node.isStringLiteral(node) || Node.isNoSubstitutionTemplateLiteral(node))
    return { kind: 'static', value: node.getLiteralValue() };
  if (Node.isTrueLiteral(node)) return { kind: 'static', value: true };
  if (Node.isFalseLiteral(node)) return { kind: 'static', value: false };
  if (Node.isIdentifier(node)) return evaluateName(node.getText(), scope, span);
  if (
    (Node.isPropertyAccessExpression(node) ||
      Node.isElementAccessExpression(node) ||
      Node.isCallExpression(node)) &&
    node.hasQuestionDotToken()
  ) {
    fail(
      'TW1006',
      span,
      "'?.' is outside the kernel language",
      'Values always exist: leave ? out.',
    );
  }
  if (Node.isPropertyAccessExpression(node)) {
    const object = evaluate(node.getExpression(), scope, builder);
    return property(object, node.getName(), span);
  }
  if (Node.isElementAccessExpression(node)) {
    const index = node.getArgumentExpression();
    if (index === undefined) fail('TW1004', span, 'an index is missing', 'Write v[index].');
    const object = evaluate(node.getExpression(), scope, builder);
    const at = evaluate(index, scope, builder);
    if (object.kind === 'array' && at.kind !== 'poison')
      return loadElement(object, at, span, builder);
    return element(object, at, span, node.getExpression(), builder);
  }
  if (Node.isPrefixUnaryExpression(node)) {
    return unary(node.getOperatorToken(), evaluate(node.getOperand(), scope, builder), span);
  }
  if (Node.isPostfixUnaryExpression(node)) {
    fail('TW1010', span, '++ and -- stand alone or in a for header', 'Write x = u8(x + 1).');
  }
  if (Node.isBinaryExpression(node)) {
    const symbol = node.getOperatorToken().getText();
    const kind = node.getOperatorToken().getKind();
    if (kind >= SyntaxKind.FirstAssignment && kind <= SyntaxKind.LastAssignment) {
      fail('TW1031', span, 'an assignment inside an expression', 'Give it a statement of its own.');
    }
    const left = evaluate(node.getLeft(), scope, builder);
    if (symbol === '??') {
      // An optional parameter that was not given; all other values are there.
      const absent = left.kind === 'static' && (left.value === undefined || left.value === null);
      return absent ? evaluate(node.getRight(), scope, builder) : left;
    }
    if (symbol === '&&' || symbol === '||') {
      return shortCircuit(symbol, left, () => pure(builder, node.getRight(), scope), span);
    }
    return binaryOperator(symbol, left, evaluate(node.getRight(), scope, builder), span);
  }
  if (Node.isConditionalExpression(node)) {
    const condition = evaluate(node.getCondition(), scope, builder);
    const known = staticOf(condition);
    if (known !== undefined) {
      return evaluate(known.value ? node.getWhenTrue() : node.getWhenFalse(), scope, builder);
    }
    return ternary(
      condition,
      pure(builder, node.getWhenTrue(), scope),
      pure(builder, node.getWhenFalse(), scope),
      span,
    );
  }
  if (Node.isObjectLiteralExpression(node)) return objectLiteral(node, scope, builder);
  if (Node.isArrayLiteralExpression(node)) return arrayLiteral(node, scope, builder);
  if (Node.isCallExpression(node)) return call(node, scope, builder);
  if (Node.isArrowFunction(node) || Node.isFunctionExpression(node)) {
    return { kind: 'function', declaration: node, closure: scope };
  }
  fail(
    'TW1006',
    span,
    `'${short(node)}' (${kindWords(node)}) is outside the kernel language`,
    'Use arithmetic, comparisons, ?:, vec, streams and memories; see docs/kernel-language.md.',
  );
}

function pure(builder: ProcessBuilder, node: Expression, scope: Scope): Value {
  builder.pureDepth += 1;
  try {
    return evaluate(node, scope, builder);
  } finally {
    builder.pureDepth -= 1;
  }
}

export function evaluateName(name: string, scope: Scope, span: ReturnType<typeof spanOf>): Value {
  if (name === 'Math') return { kind: 'static', value: Math };
  if (name === 'undefined') return { kind: 'static', value: undefined };
  return valueOfBinding(scope.lookup(name, span), span);
}

function property(object: Value, name: string, span: ReturnType<typeof spanOf>): Value {
  if (object.kind === 'poison') return object;
  if (object.kind === 'record') {
    const field = object.fields.get(name);
    if (field !== undefined) return field;
    if (object.list && name === 'length') return { kind: 'static', value: object.fields.size };
    const known = staticOf(object);
    if (object.list && known !== undefined) {
      return property({ kind: 'static', value: known.value }, name, span);
    }
    if (object.list) return refusePart(object.fields.size, name, span);
    fail(
      'TW1007',
      span,
      `there is no field '${name}'`,
      `Fields: ${[...object.fields.keys()].join(', ')}.`,
    );
  }
  if (object.kind === 'static') {
    if (isIntegerType(object.value) && name === 'saturate') return { kind: 'method', object, name };
    const holder = object.value as Record<string, unknown> | null | undefined;
    if (holder !== null && holder !== undefined) {
      const value = holder[name];
      if (typeof value === 'function' && !isElementType(value))
        return { kind: 'method', object, name };
      if (value !== undefined) return { kind: 'static', value };
    }
  }
  if (object.kind === 'memory' && name === 'lanes') return { kind: 'static', value: object.lanes };
  if (object.kind === 'hw' && object.expr.type.kind === 'vec' && name === 'length') {
    return { kind: 'static', value: object.expr.type.lanes };
  }
  if (object.kind === 'table' && name === 'length') {
    return { kind: 'static', value: object.values.length };
  }
  if (object.kind === 'array' && name === 'length') return { kind: 'static', value: object.length };
  if (object.kind === 'stream' || object.kind === 'memory' || object.kind === 'hw') {
    return { kind: 'method', object, name };
  }
  fail(
    'TW1007',
    span,
    `${describe(object)} has no '${name}' in hardware`,
    'See docs/kernel-language.md.',
  );
}

/** An index or a method that an array of values has not. */
function refusePart(length: number, name: string, span: ReturnType<typeof spanOf>): never {
  if (/^-?[\d.]+$/.test(name)) {
    fail('TW1008', span, `index ${name} is past the end of ${length}`, 'Check the bounds.');
  }
  fail(
    'TW1007',
    span,
    `an array has no '${name}' here`,
    'Index it with constants; in a dataflow region there are map, forEach, entries, slice, concat, push and for … of.',
  );
}

/** True for an array of streams or memories, at whatever depth. */
function wired(value: Value): boolean {
  if (value.kind === 'record') return [...value.fields.values()].some(wired);
  return value.kind === 'stream' || value.kind === 'memory';
}

function element(
  object: Value,
  index: Value,
  span: ReturnType<typeof spanOf>,
  source: Expression,
  builder: ProcessBuilder,
): Value {
  if (object.kind === 'poison' || index.kind === 'poison') return { kind: 'poison' };
  const known = staticOf(index);
  if (object.kind === 'static' && known !== undefined) {
    const value = (object.value as Record<PropertyKey, unknown>)[known.value as PropertyKey];
    if (value === undefined) {
      fail('TW1008', span, `index ${String(known.value)} is past the end`, 'Check the bounds.');
    }
    return { kind: 'static', value };
  }
  if (object.kind === 'record') {
    if (known === undefined && object.list && staticOf(object) !== undefined) {
      return element(hw(toHardware(object, span).expr), index, span, source, builder);
    }
    if (known === undefined) {
      const wires = wired(object);
      fail(
        'TW1005',
        span,
        `an array of ${wires ? 'streams or memories' : 'hardware values'} is indexed by a value of the hardware`,
        wires
          ? 'Each element is wires of its own: index it with the counter of a loop that begins with unroll(), and act inside an if on the one that is meant.'
          : 'Make it a vector, vec(type, lanes, (l) => …), or an array(type, length).',
      );
    }
    return property(object, String(known.value), span);
  }
  if (object.kind === 'table') {
    const at = toHardware(index, span).expr;
    if (known !== undefined) {
      const value = object.values[Number(known.value)];
      if (value === undefined) {
        fail('TW1008', span, `index ${String(known.value)} is past the end`, 'Check the bounds.');
      }
      const constant: Expr = { op: 'const', type: object.element, value };
      if (object.fraction !== 0) return hw(constant, object.element.width > 53, object.fraction);
      return { kind: 'static', value: object.element.width > 53 ? value : Number(value) };
    }
    return hw(
      { op: 'table', type: object.element, table: object.name, index: at, span },
      object.element.width > 53,
      object.fraction,
    );
  }
  const name = Node.isIdentifier(source) ? source.getText() : 'table';
  refuseLongTable(object, name, span);
  const whole = toOperand(object, span);
  const vector = whole.expr;
  if (vector.type.kind !== 'vec') {
    fail('TW1009', span, `${describe(object)} has no lanes to index`, 'Index a vector or a table.');
  }
  const lanes = lanesOf(vector.type);
  const at = toHardware(index, span).expr;
  refuseIndexOutside(at, known !== undefined, lanes, `a vector of ${lanes} lanes`, span);
  const table = constantTable(object, index, name, builder.kernel, span);
  return table ?? asValue({ ...whole, expr: laneOf(vector, at, span) });
}

const unarySymbols = new Map([
  [SyntaxKind.MinusToken, '-'],
  [SyntaxKind.PlusToken, '+'],
  [SyntaxKind.ExclamationToken, '!'],
  [SyntaxKind.TildeToken, '~'],
]);

function unary(token: SyntaxKind, operand: Value, span: ReturnType<typeof spanOf>): Value {
  if (operand.kind === 'poison') return operand;
  const symbol = unarySymbols.get(token);
  const known = typedFraction(operand) ? undefined : staticOf(operand);
  if (known !== undefined && symbol !== undefined) {
    const value = known.value as number;
    const folded =
      symbol === '-' ? -value : symbol === '+' ? +value : symbol === '!' ? !value : ~value;
    return { kind: 'static', value: folded };
  }
  const a = toOperand(operand, span);
  const zero = toOperand({ kind: 'static', value: a.big ? 0n : 0 }, span);
  switch (symbol) {
    case '-': {
      return asValue(arithmetic('sub', '-', zero, a, span));
    }
    case '+':
      return operand;
    case '!':
      return hw(negate(a, span).expr);
    case '~': {
      return asValue(complement(a, span));
    }
    default:
      fail('TW1010', span, '++ and -- stand alone or in a for header', 'Write x = u8(x + 1).');
  }
}

/** A constant that a fixed-point type was named for: it keeps its type, and what is made of it stays exact. */
function typedFraction(value: Value): boolean {
  return value.kind === 'hw' && value.fraction !== 0;
}

/** Static operators follow JavaScript itself. */
const staticOperators: Record<string, (a: never, b: never) => unknown> = {
  '+': (a: number, b: number) => a + b,
  '-': (a: number, b: number) => a - b,
  '*': (a: number, b: number) => a * b,
  '/': (a: number, b: number) => a / b,
  '%': (a: number, b: number) => a % b,
  '**': (a: number, b: number) => a ** b,
  '&': (a: number, b: number) => a & b,
  '|': (a: number, b: number) => a | b,
  '^': (a: number, b: number) => a ^ b,
  '<<': (a: number, b: number) => a << b,
  '>>': (a: number, b: number) => a >> b,
  '>>>': (a: number, b: number) => a >>> b,
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
  '===': (a: unknown, b: unknown) => a === b,
  '!==': (a: unknown, b: unknown) => a !== b,
};

export function binaryOperator(
  symbol: string,
  left: Value,
  right: Value,
  span: ReturnType<typeof spanOf>,
): Value {
  if (left.kind === 'poison' || right.kind === 'poison') return { kind: 'poison' };
  const typed = typedFraction(left) || typedFraction(right);
  const [x, y] = typed ? [] : [staticOf(left), staticOf(right)];
  const folded = staticOperators[symbol];
  if (x !== undefined && y !== undefined && folded !== undefined) {
    return { kind: 'static', value: folded(x.value as never, y.value as never) };
  }
  const a = toOperand(left, span);
  const b = toOperand(right, span);
  const result = ((): Operand => {
    switch (symbol) {
      case '+':
        return arithmetic('add', '+', a, b, span);
      case '-':
        return arithmetic('sub', '-', a, b, span);
      case '*':
        return arithmetic('mul', '*', a, b, span);
      case '&':
        return bitwise('and', '&', a, b, span);
      case '|':
        return bitwise('or', '|', a, b, span);
      case '^':
        return bitwise('xor', '^', a, b, span);
      case '<<':
      case '>>':
      case '>>>':
        return shift(symbol, a, b, span);
      case '===':
      case '!==':
      case '<':
      case '<=':
      case '>':
      case '>=':
        return compare(symbol, a, b, span);
      case '/':
        return divide(a, b, span);
      case '%':
        return fail(
          'TW2009',
          span,
          "'%' on hardware values: a divider is not part of the language",
          'For a power of two write a & (n - 1).',
        );
      default:
        return fail(
          'TW1011',
          span,
          `the operator '${symbol}' is outside the kernel language`,
          symbol === '==' || symbol === '!='
            ? `Write '${symbol}='.`
            : symbol === '**'
              ? 'Write x * x, or take a table of powers.'
              : 'Use + - * & | ^ << >> >>> && || and comparisons.',
        );
    }
  })();
  return asValue(result);
}

function shortCircuit(
  symbol: '&&' | '||',
  left: Value,
  right: () => Value,
  span: ReturnType<typeof spanOf>,
): Value {
  if (left.kind === 'poison') return left;
  const known = staticOf(left);
  if (known !== undefined) {
    const decided = symbol === '&&' ? !known.value : Boolean(known.value);
    return decided ? left : right();
  }
  const other = right();
  if (other.kind === 'poison') return other;
  const [a, b] = [toOperand(left, span), toOperand(other, span)];
  const test = truth(a, span);
  truth(b, span);
  if (sameType(a.expr.type, u1) && sameType(b.expr.type, u1)) {
    return hw(logical(symbol === '&&' ? 'and' : 'or', a, b, span).expr);
  }
  // JavaScript gives one of the operands, not a boolean.
  const zero = hw({ op: 'const', type: u1, value: 0n }, b.big);
  return symbol === '&&'
    ? ternary(hw(test), other, zero, span)
    : ternary(hw(test), left, other, span);
}

export function ternary(
  condition: Value,
  a: Value,
  b: Value,
  span: ReturnType<typeof spanOf>,
): Value {
  if (condition.kind === 'poison' || a.kind === 'poison' || b.kind === 'poison') {
    return { kind: 'poison' };
  }
  const test = truth(toOperand(condition, span), span);
  return asValue(choose(test, toOperand(a, span), toOperand(b, span), span));
}

/** A function argument of vec or table, called once a lane. */
export function lambda(node: Expression, scope: Scope, builder: ProcessBuilder): Lambda {
  const callee = evaluate(node, scope, builder);
  const span = spanOf(node);
  if (callee.kind === 'function' && callee.live === undefined) {
    return (args) => {
      // JavaScript lets a function take fewer arguments than it is given.
      const given = args.slice(0, Math.max(1, callee.declaration.getParameters().length));
      builder.pureDepth += 1;
      builder.laneDepth += 1;
      try {
        return inlineCall(callee, given, builder, span);
      } finally {
        builder.laneDepth -= 1;
        builder.pureDepth -= 1;
      }
    };
  }
  const known = staticOf(callee);
  if (typeof known?.value === 'function') {
    const live = known.value as (...args: unknown[]) => unknown;
    return (args) => ({
      kind: 'static',
      value: callLive(
        live,
        args.map((one) => staticOf(one)?.value),
        span,
      ),
    });
  }
  fail('TW1015', span, 'a function is expected here', 'Write (l) => ….');
}

function call(node: CallExpression, scope: Scope, builder: ProcessBuilder): Value {
  const span = spanOf(node);
  const inRegion = builder.region?.call(node, scope, builder);
  if (inRegion !== undefined) return inRegion;
  const callee = evaluate(node.getExpression(), scope, builder);
  const argNodes = node.getArguments() as Expression[];
  if (callee.kind === 'builtin' && isBuiltin(callee.name)) {
    return callBuiltin(callee.name, { node, argNodes, scope, builder, span });
  }
  const args = argNodes.map((one) => evaluate(one, scope, builder));
  if (callee.kind === 'poison' || args.some((one) => one.kind === 'poison')) {
    return { kind: 'poison' };
  }
  if (callee.kind === 'static' && isElementType(callee.value)) {
    return narrowTo(callee.value, args[0], span, builder);
  }
  // A constant with a fraction keeps its type through methods and functions of the kernel.
  const typed = callee.kind !== 'static' && args.some(typedFraction);
  const known = typed ? undefined : javaScriptArguments(args, builder, span);
  if (callee.kind === 'method') return callMethod(callee, args, known, span, builder);
  const live =
    callee.kind === 'function'
      ? callee.live
      : callee.kind === 'static' && typeof callee.value === 'function'
        ? (callee.value as (...values: unknown[]) => unknown)
        : undefined;
  if (known !== undefined && live !== undefined) {
    return { kind: 'static', value: callLive(live, known, span) };
  }
  if (callee.kind === 'function') return inlineCall(callee, args, builder, span);
  fail(
    'TW1016',
    span,
    `${describe(callee)} cannot be called with hardware values`,
    'Declare a function at the top of the file (function name(x: u32) { … }) and call that.',
  );
}

/** The start of the text of a node, on one line. */
function short(node: Node): string {
  const text = node.getText().replace(/\s+/g, ' ');
  return text.length > 30 ? `${text.slice(0, 29)}…` : text;
}

/** TypeScript's name of a construct as words: `new expression`. */
function kindWords(node: Node): string {
  return node
    .getKindName()
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
}
