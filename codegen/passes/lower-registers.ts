import { binary, constant, lane, select } from '../ir/build.ts';
import {
  type Expr,
  type LocalArray,
  type Process,
  type Stmt,
  typeForRange,
  u1,
  type Variable,
  vecType,
} from '../ir/ir.ts';
import { UniqueNames } from '../ir/unique-names.ts';
import { mapStatements } from '../ir/visit.ts';
import type { Pass } from './pass-list.ts';

/**
 * lower-registers: arrays in registers → variables.
 *
 *   array a: u8 length 4 registers        var a: u8x4
 *   x = load a i                     ⇒    x = lane:u8(a, i)
 *   store a i, y                          a = with-lane:u8x4(a, i, y)
 *
 * An array of vectors becomes a variable an element, chosen by comparing the index.
 */
export const lowerRegisters: Pass = {
  name: 'lower-registers',
  description: 'arrays in registers become variables',
  run: (kernel) => ({ ...kernel, processes: kernel.processes.map(lowerProcess) }),
};

function lowerProcess(process: Process): Process {
  const registers = process.arrays.filter((array) => array.storage === 'registers');
  if (registers.length === 0) return process;
  const byName = new Map(registers.map((array) => [array.name, array]));
  const unique = new UniqueNames(process);
  const elements = new Map(
    registers
      .filter(({ element }) => element.kind === 'vec')
      .map(({ name, length }) => [
        name,
        Array.from({ length }, (_, at) => unique.claim(`${name}_${at}`)),
      ]),
  );
  const body = mapStatements(process.body, (statement) => {
    if (statement.kind !== 'load' && statement.kind !== 'store') return [statement];
    const array = byName.get(statement.array);
    if (array === undefined) return [statement];
    return array.element.kind === 'int'
      ? [lowerLanes(array, statement)]
      : lowerElements(array, elements.get(array.name) ?? [], statement);
  });
  return {
    ...process,
    variables: [
      ...process.variables,
      ...registers.flatMap((array) => variablesOf(array, elements.get(array.name) ?? [])),
    ],
    arrays: process.arrays.filter((array) => !byName.has(array.name)),
    body,
  };
}

type Access = Extract<Stmt, { kind: 'load' | 'store' }>;

function variablesOf(
  { name, element, length, span }: LocalArray,
  elements: readonly string[],
): Variable[] {
  if (element.kind === 'int') {
    return [{ name, type: vecType(element, length), mutable: true, span }];
  }
  return elements.map((one) => ({ name: one, type: element, mutable: true, span }));
}

function spanOf(statement: Access) {
  return statement.span === undefined ? {} : { span: statement.span };
}

function lowerLanes({ name, element, length }: LocalArray, statement: Access): Stmt {
  if (element.kind !== 'int') throw new Error(`${name} holds vectors`);
  const type = vecType(element, length);
  const vector: Expr = { op: 'var', name, type };
  const { index, span } = statement;
  if (statement.kind === 'load') {
    return {
      kind: 'assign',
      variable: statement.into,
      value: lane(vector, index, span),
      ...spanOf(statement),
    };
  }
  const value: Expr = { op: 'with-lane', type, vector, index, value: statement.value };
  return {
    kind: 'assign',
    variable: name,
    value: span === undefined ? value : { ...value, span },
    ...spanOf(statement),
  };
}

function lowerElements(
  { element, length }: LocalArray,
  names: readonly string[],
  statement: Access,
): Stmt[] {
  const { index } = statement;
  const chosen = (at: number) =>
    binary('eq', u1, index, constant(BigInt(at), typeForRange(0n, BigInt(length - 1))));
  const register = (at: number): Expr => ({ op: 'var', name: names[at], type: element });
  if (statement.kind === 'load') {
    let value = register(length - 1);
    for (let at = length - 2; at >= 0; at--) {
      value = select(chosen(at), register(at), value, element);
    }
    return [{ kind: 'assign', variable: statement.into, value, ...spanOf(statement) }];
  }
  return names.flatMap((variable, at): Stmt[] => {
    const value = select(chosen(at), statement.value, register(at), element);
    const same = value.op === 'var' && value.name === variable;
    return same ? [] : [{ kind: 'assign', variable, value, ...spanOf(statement) }];
  });
}
