import { type CallExpression, type Expression, Node } from 'ts-morph';
import { binary, cast, exactRange, exprRange, isConstant, reduce } from '../ir/build.ts';
import {
  elementOf,
  intType,
  lanesOf,
  type Span,
  typeForRange,
  typeText,
  u1,
  vecType,
} from '../ir/ir.ts';
import { type ElementType, isBig } from '../language/element-type.ts';
import { declareArray } from './arrays.ts';
import { fail } from './diagnostics.ts';
import { evaluate, lambda } from './expressions.ts';
import { addTable } from './kernel-tables.ts';
import { assertCall, printCall } from './messages.ts';
import { narrowTo } from './narrow.ts';
import { shiftDown } from './operators.ts';
import type { ProcessBuilder } from './process-builder.ts';
import type { Scope } from './scope.ts';
import { hw, irInt, isElementType, staticOf, toHardware, toOperand, type Value } from './values.ts';
import { vectorise } from './vectorise.ts';

export interface BuiltinCall {
  readonly node: CallExpression;
  readonly argNodes: readonly Expression[];
  readonly scope: Scope;
  readonly builder: ProcessBuilder;
  readonly span: Span;
}

type Builtin = (call: BuiltinCall) => Value;

function argument(call: BuiltinCall, at: number): Value {
  const node = call.argNodes[at];
  if (node === undefined) {
    fail('TW1018', call.span, `argument ${at + 1} is missing`, 'See docs/kernel-language.md.');
  }
  return evaluate(node, call.scope, call.builder);
}

function hardware(call: BuiltinCall, at: number) {
  return toHardware(argument(call, at), call.span);
}

function known(call: BuiltinCall, at: number, what: string): unknown {
  const value = staticOf(argument(call, at));
  if (value === undefined) {
    fail(
      'TW1019',
      call.span,
      `${what} must be known at compile time`,
      'Use a parameter or a constant.',
    );
  }
  return value.value;
}

function elementArgument(call: BuiltinCall, at: number): ElementType<unknown> {
  const type = known(call, at, 'the type');
  if (isElementType(type)) return type;
  fail(
    'TW1020',
    call.span,
    'the type of a number is expected',
    'Pass u1…u64, i1…i64, unsigned(n), signed(n), or a fixed(…) type.',
  );
}

function count(call: BuiltinCall, at: number, most: number): number {
  const value = known(call, at, 'the number of elements');
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most)
    return value;
  fail(
    'TW1021',
    call.span,
    `the count here is ${String(value)}`,
    `Use a whole number from 1 to ${most}.`,
  );
}

function vector(call: BuiltinCall, at: number) {
  const value = toOperand(argument(call, at), call.span);
  const { expr, fraction } = value;
  if (expr.type.kind === 'vec') return { expr, type: expr.type, fraction };
  fail(
    'TW1009',
    call.span,
    `a vector is expected, this is ${typeText(value.expr.type)}`,
    'Build one with vec(…).',
  );
}

/** Names of the language that the compiler gives a meaning of its own. One line each. */
const builtins: Readonly<Record<string, Builtin>> = {
  vec: (call) => {
    const type = elementArgument(call, 0);
    const lanes = count(call, 1, 4096);
    const body = lambda(call.argNodes[2], call.scope, call.builder);
    const element = irInt(type);
    const values = Array.from({ length: lanes }, (_, lane) => {
      const value = narrowTo(type, body([{ kind: 'static', value: lane }]), call.span);
      return toOperand(value, call.span).expr;
    });
    return hw(vectorise(values, element), isBig(type), type.fraction);
  },
  table: (call) => {
    const type = elementArgument(call, 0);
    const length = count(call, 1, 65536);
    const body = lambda(call.argNodes[2], call.scope, call.builder);
    const values = Array.from({ length }, (_, index) => {
      const value = narrowTo(type, body([{ kind: 'static', value: index }]), call.span);
      const { expr } = toOperand(value, call.span);
      if (isConstant(expr)) return expr.value;
      return fail(
        'TW1019',
        call.span,
        'a table must be known at compile time',
        'Use parameters and constants only.',
      );
    });
    const declared = call.node.getParent();
    const base = Node.isVariableDeclaration(declared) ? declared.getName() : 'table';
    const name = addTable(call.builder.kernel, base, irInt(type), values, call.span);
    return { kind: 'table', name, element: irInt(type), fraction: type.fraction, values };
  },
  array: (call) =>
    declareArray(
      call,
      known(call, 0, 'the type'),
      known(call, 1, 'the length'),
      call.argNodes[2] === undefined ? undefined : argument(call, 2),
    ),
  print: printCall,
  assert: assertCall,
  shiftRight: (call) => {
    const [a, n] = [hardware(call, 0), hardware(call, 1)];
    if (exprRange(n.expr).min < 0n || exprRange(n.expr).max > 63n) {
      fail('TW2005', call.span, 'the amount of a shift may leave 0…63', 'Narrow it, e.g. u6(n).');
    }
    return hw(shiftDown(a.expr, n.expr, call.span), a.big);
  },
  shiftLeft: (call) => {
    const [a, n] = [hardware(call, 0), hardware(call, 1)];
    const by = exprRange(n.expr);
    const range = exprRange(a.expr);
    if (by.min < 0n || by.max > 63n) {
      fail('TW2005', call.span, 'the amount of a shift may leave 0…63', 'Narrow it, e.g. u6(n).');
    }
    const type = typeForRange(
      range.min << (range.min < 0n ? by.max : by.min),
      range.max << (range.max > 0n ? by.max : by.min),
    );
    if (type.width > 53) {
      fail(
        'TW2002',
        call.span,
        `shiftLeft needs ${type.width} bits here`,
        'Narrow the operand or the amount.',
      );
    }
    return hw(binary('shl', type, a.expr, n.expr, call.span));
  },
  mulLow: (call) => {
    const [a, b] = [hardware(call, 0), hardware(call, 1)];
    const bits = count(call, 2, 53);
    return hw(binary('mul', intType(false, bits), a.expr, b.expr, call.span));
  },
  mulHigh: (call) => {
    const [a, b] = [hardware(call, 0), hardware(call, 1)];
    const shift = count(call, 2, 63);
    const range = exactRange('mul', exprRange(a.expr), exprRange(b.expr));
    const type = typeForRange(range.min, range.max);
    if (type.width > 64) {
      fail(
        'TW2002',
        call.span,
        `the product of ${typeText(a.expr.type)} and ${typeText(b.expr.type)} needs ${type.width} bits; mulHigh holds 64`,
        'Narrow the operands.',
      );
    }
    const product = binary('mul', type, a.expr, b.expr, call.span);
    const upper = shiftDown(product, hardwareConstant(shift), call.span);
    if (elementOf(upper.type).width > 53) {
      fail(
        'TW2002',
        call.span,
        `mulHigh leaves ${elementOf(upper.type).width} bits here, and a number holds 53 exactly`,
        'Shift further, or narrow the operands.',
      );
    }
    return hw(upper);
  },
  any: (call) => {
    const { expr, type } = vector(call, 0);
    return hw(reduce('or', nonZero(expr, lanesOf(type)), u1, call.span));
  },
  all: (call) => {
    const { expr, type } = vector(call, 0);
    return hw(reduce('and', nonZero(expr, lanesOf(type)), u1, call.span));
  },
  sum: (call) => {
    const { expr, type, fraction } = vector(call, 0);
    const range = exprRange(expr);
    const lanes = BigInt(type.lanes);
    const result = typeForRange(range.min * lanes, range.max * lanes);
    if (result.width > 53) {
      fail('TW2002', call.span, `the sum needs ${result.width} bits`, 'Narrow the lanes first.');
    }
    return hw(reduce('add', expr, result, call.span), false, fraction);
  },
};

function hardwareConstant(value: number) {
  return toHardware({ kind: 'static', value }, { file: '', line: 1, column: 1 }).expr;
}

function nonZero(expr: ReturnType<typeof toHardware>['expr'], lanes: number) {
  const element = elementOf(expr.type);
  if (element.width === 1 && !element.signed) return expr;
  return binary('ne', vecType(u1, lanes), expr, cast(hardwareConstant(0), u1));
}

export function isBuiltin(name: string): boolean {
  return Object.hasOwn(builtins, name) || ['pipeline', 'unroll', 'stream'].includes(name);
}

export function callBuiltin(name: string, call: BuiltinCall): Value {
  const builtin = Object.hasOwn(builtins, name) ? builtins[name] : undefined;
  if (name === 'stream') {
    fail(
      'TW4013',
      call.span,
      'a stream is made inside a process',
      'Make streams in dataflow (const s = stream(type)) and pass them to two processes.',
    );
  }
  if (builtin === undefined) {
    fail(
      'TW3002',
      call.span,
      `${name}() is not the first statement of a loop`,
      `Move ${name}() to the top of the loop's body.`,
    );
  }
  return builtin(call);
}
