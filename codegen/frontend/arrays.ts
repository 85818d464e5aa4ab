import { Node } from 'ts-morph';
import { binary, cast, constant, constantVector, isConstant } from '../ir/build.ts';
import {
  type Expr,
  elementOf,
  lanesOf,
  type Partition,
  type Span,
  type Stmt,
  type Type,
  typeForRange,
  u1,
} from '../ir/ir.ts';
import type { ArrayOptions } from '../language/array.ts';
import { type ElementType, isBig } from '../language/element-type.ts';
import type { BuiltinCall } from './builtins.ts';
import { fail } from './diagnostics.ts';
import { lambda } from './expressions.ts';
import { refuseIndexOutside } from './index-range.ts';
import { addTable } from './kernel-tables.ts';
import { exactly } from './methods.ts';
import { narrowTo } from './narrow.ts';
import type { ProcessBuilder } from './process-builder.ts';
import {
  fractionOf,
  hw,
  irType,
  isElementType,
  isVectorType,
  staticOf,
  toHardware,
  toOperand,
  type Value,
} from './values.ts';

export type ArrayValue = Extract<Value, { kind: 'array' }>;

/** Elements that one array may have; a block RAM of an UltraScale+ part holds 4,096 × 9 bits. */
const longest = 1 << 20;
/** Registers are multiplexed: more elements than this make slow and large hardware. */
const mostRegisters = 1024;

interface Known {
  readonly storage: 'block' | 'registers';
  readonly partition: Partition | undefined;
  readonly uninitialised: boolean;
}

/** `array(type, length, options)`: the array, and the code that stores its first content. */
export function declareArray(
  call: BuiltinCall,
  described: unknown,
  length: unknown,
  given: Value | undefined,
): Value {
  const { span, builder } = call;
  const options = knownOptions(given, span);
  const element = irType(described);
  if (element === undefined) {
    fail(
      'TW1020',
      span,
      'a type is expected',
      'Pass u1…u64, i1…i64, fixed(…), or vecOf(type, lanes).',
    );
  }
  if (typeof length !== 'number' || !Number.isInteger(length) || length < 1 || length > longest) {
    fail(
      'TW1021',
      span,
      `the array has ${String(length)} elements`,
      `Use a whole number from 1 to ${longest}.`,
    );
  }
  const { storage, partition, uninitialised } = checkOptions(options, length, span);
  const parent = call.node.getParent();
  const base = Node.isVariableDeclaration(parent) ? parent.getName() : 'array';
  const name = builder.declareArray(base, {
    element,
    length,
    storage,
    ...(partition === undefined ? {} : { partition }),
    span,
  });
  const value: ArrayValue = {
    kind: 'array',
    name,
    element,
    big: isBig(isVectorType(described) ? described.element : (described as ElementType<unknown>)),
    fraction: fractionOf(described),
    length,
  };
  if (!uninitialised) {
    const contents = firstContent(call, described, element, length);
    for (const one of storeAll(value, storage, partition, contents, builder, span)) {
      builder.emit(one);
    }
  }
  return value;
}

function checkOptions(options: unknown, length: number, span: Span): Known {
  const wrong = (what: string, instead: string): never => fail('TW4030', span, what, instead);
  if (typeof options !== 'object' || options === null) {
    return wrong('the options of array() are no record', "Write { storage: 'registers' }.");
  }
  const {
    storage = 'block',
    partition,
    uninitialised = false,
    initial: _initial,
    ...rest
  } = options as ArrayOptions;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) {
    wrong(
      `array() has no option '${unknown}'`,
      'It takes storage, partition, initial and uninitialised.',
    );
  }
  if (storage !== 'block' && storage !== 'registers') {
    wrong(`an array's storage is '${String(storage)}'`, "Choose 'block' or 'registers'.");
  }
  if (storage === 'registers' && length > mostRegisters) {
    wrong(
      `${length} elements in registers`,
      `Registers are for up to ${mostRegisters} elements; use storage: 'block'.`,
    );
  }
  if (partition === undefined) return { storage, partition, uninitialised };
  const { scheme, factor } = partition;
  if (storage === 'registers') {
    wrong('registers are partitioned', 'Each register is a bank of its own: leave partition out.');
  }
  const powerOfTwo = Number.isInteger(factor) && factor >= 2 && (factor & (factor - 1)) === 0;
  if ((scheme !== 'cyclic' && scheme !== 'block') || !powerOfTwo || length % factor !== 0) {
    wrong(
      `${length} elements cannot be spread over ${String(factor)} banks (${String(scheme)})`,
      "Write { scheme: 'cyclic' or 'block', factor: n }, n a power of two that divides the length.",
    );
  }
  return { storage, partition: { scheme, factor }, uninitialised };
}

/** The options but for `initial`, which is no value. */
function knownOptions(given: Value | undefined, span: Span): unknown {
  if (given === undefined) return {};
  const fields = given.kind === 'record' ? [...given.fields] : undefined;
  const known =
    fields === undefined
      ? staticOf(given)
      : staticOf({
          kind: 'record',
          fields: new Map(fields.filter(([name]) => name !== 'initial')),
        });
  if (known !== undefined) return known.value;
  fail(
    'TW1019',
    span,
    'the options must be known at compile time',
    'Use parameters and constants only.',
  );
}

/** The value of every element at the start; one only where all are the same. */
function firstContent(
  call: BuiltinCall,
  described: unknown,
  element: Type,
  length: number,
): readonly bigint[] {
  const initial = initialOf(call);
  if (initial === undefined) return [0n];
  const type = isVectorType(described) ? described.element : described;
  if (!isElementType(type)) throw new Error('an element without a type');
  const run = lambda(initial, call.scope, call.builder);
  const values = Array.from({ length }, (_, index) => {
    const value = narrowTo(type, run([{ kind: 'static', value: index }]), call.span);
    const { expr } = toOperand(value, call.span);
    if (isConstant(expr)) return expr.value;
    return fail(
      'TW1019',
      call.span,
      "an array's first content must be known at compile time",
      'Use parameters and constants only, or store it in a loop.',
    );
  });
  if (element.kind === 'vec' && values.some((value) => value !== values[0])) {
    fail(
      'TW4030',
      call.span,
      'an array of vectors starts with the same value in every lane and element',
      'Leave initial out, and store the content in a loop.',
    );
  }
  return values.every((value) => value === values[0]) ? [values[0]] : values;
}

/** The expression behind `initial` in the options, which may not be a value of its own. */
function initialOf(call: BuiltinCall) {
  const [, , options] = call.argNodes;
  if (!Node.isObjectLiteralExpression(options)) return undefined;
  const property = options.getProperty('initial');
  return Node.isPropertyAssignment(property) ? property.getInitializer() : undefined;
}

/** Stores the first content: registers at once, a bank of block RAM one element a cycle. */
function storeAll(
  array: ArrayValue,
  storage: 'block' | 'registers',
  partition: Partition | undefined,
  contents: readonly bigint[],
  builder: ProcessBuilder,
  span: Span,
): Stmt[] {
  const { name, element, length } = array;
  const repeated = (value: bigint): Expr =>
    element.kind === 'int'
      ? constant(value, element)
      : constantVector(
          Array.from({ length: lanesOf(element) }, () => value),
          element.element,
        );
  const indexType = typeForRange(0n, BigInt(length - 1));
  if (storage === 'registers') {
    return Array.from({ length }, (_, at) => ({
      kind: 'store',
      array: name,
      index: constant(BigInt(at), indexType),
      value: repeated(contents[at] ?? contents[0]),
      span,
    }));
  }
  const banks = partition?.factor ?? 1;
  const steps = length / banks;
  const counter = builder.declare(`${name}_first`, typeForRange(0n, BigInt(steps)), true, span);
  const counterType = typeForRange(0n, BigInt(steps));
  const now: Expr = { op: 'var', name: counter, type: counterType };
  const table =
    contents.length === 1
      ? ''
      : addTable(builder.kernel, `${name}_initial`, elementOf(element), contents, span);
  const body = Array.from({ length: banks }, (_, bank): Stmt => {
    const position = partition?.scheme === 'cyclic' ? banks : 1;
    const offset = partition?.scheme === 'cyclic' ? bank : bank * steps;
    // Within the loop the counter is below its bound.
    const row = cast(now, typeForRange(0n, BigInt(steps - 1)), span);
    const scaled =
      position === 1 ? row : binary('mul', indexType, row, constant(BigInt(position)), span);
    const index = binary('add', indexType, scaled, constant(BigInt(offset)), span);
    return {
      kind: 'store',
      array: name,
      index,
      value:
        contents.length === 1
          ? repeated(contents[0])
          : { op: 'table', type: elementOf(element), table, index, span },
      span,
    };
  });
  const one = constant(1n, u1);
  return [
    {
      kind: 'loop',
      init: [{ kind: 'assign', variable: counter, value: constant(0n, counterType), span }],
      condition: binary('lt', u1, now, constant(BigInt(steps)), span),
      step: [
        {
          kind: 'assign',
          variable: counter,
          value: binary('add', counterType, now, one, span),
          span,
        },
      ],
      body,
      // Banks of another length cannot be told apart by bits of the counter, and are stored in turn.
      ...(partition?.scheme === 'block' && !Number.isInteger(Math.log2(steps)) ? {} : { ii: 1 }),
      span,
    },
  ];
}

/** The index as hardware, refused where its width alone says that it leaves the array. */
function checkedIndex(array: ArrayValue, index: Value, span: Span): Expr {
  const { expr } = toHardware(index, span);
  if (expr.type.kind === 'vec') {
    fail('TW1009', span, 'a vector is no index', 'Index with one number: a[v[lane]].');
  }
  const what = `an array of ${array.length} elements`;
  refuseIndexOutside(expr, staticOf(index) !== undefined, array.length, what, span);
  return cast(expr, typeForRange(0n, BigInt(array.length - 1)), span);
}

/** `a[i]`: the element goes into a variable of its own. */
export function loadElement(
  array: ArrayValue,
  index: Value,
  span: Span,
  builder: ProcessBuilder,
): Value {
  const at = checkedIndex(array, index, span);
  const into = builder.declare(`${array.name}_element`, array.element, false, span);
  builder.emit({ kind: 'load', array: array.name, index: at, into, span });
  return hw({ op: 'var', name: into, type: array.element, span }, array.big, array.fraction);
}

/** `a[i] = x`. */
export function storeElement(
  array: ArrayValue,
  index: Value,
  value: Value,
  span: Span,
  builder: ProcessBuilder,
): void {
  if (value.kind === 'poison' || index.kind === 'poison') return;
  const at = checkedIndex(array, index, span);
  const what = `an element of ${array.name}`;
  const exact = exactly(value, array.element, what, span, array.fraction);
  builder.emit({ kind: 'store', array: array.name, index: at, value: exact, span });
}
