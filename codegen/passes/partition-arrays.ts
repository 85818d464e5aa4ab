import { binary, cast, constant, exprRange, isConstant, select } from '../ir/build.ts';
import {
  type Expr,
  type LocalArray,
  type Partition,
  type Process,
  type Stmt,
  typeForRange,
  u1,
  type Variable,
} from '../ir/ir.ts';
import { UniqueNames } from '../ir/unique-names.ts';
import { mapStatements } from '../ir/visit.ts';
import { knownLowBits, type LowBits, lowBitsOfVariables } from './low-bits.ts';
import type { Pass } from './pass-list.ts';

/**
 * partition-arrays: an array over several banks → an array a bank.
 *
 *   array a: u8 length 8 block cyclic 2      array a_0: u8 length 4 block
 *   x = load a mul(i, 2)                     array a_1: u8 length 4 block
 *   y = load a add(mul(i, 2), 1)        ⇒    x = load a_0 shr(mul(i, 2), 1)
 *                                            y = load a_1 shr(add(mul(i, 2), 1), 1)
 *
 * An access whose bank is known takes the port of that bank only. One whose bank is not known reads all
 * banks and chooses, or stores under the condition that the bank is the right one.
 */
export const partitionArrays: Pass = {
  name: 'partition-arrays',
  description: 'an array over several banks becomes an array a bank',
  run: (kernel) => ({ ...kernel, processes: kernel.processes.map(partitionProcess) }),
};

function partitionProcess(process: Process): Process {
  const split = new Map(
    process.arrays
      .filter((array) => array.partition !== undefined)
      .map((array) => [array.name, array]),
  );
  if (split.size === 0) return process;
  const added: Variable[] = [];
  const names = new UniqueNames(process);
  const banks = new Map(
    [...split.values()].map(({ name, partition }) => [
      name,
      Array.from({ length: partition?.factor ?? 1 }, (_, bank) => names.claim(`${name}_${bank}`)),
    ]),
  );
  const variables = lowBitsOfVariables(process);
  const body = mapStatements(process.body, (statement) => {
    if (statement.kind !== 'load' && statement.kind !== 'store') return [statement];
    const array = split.get(statement.array);
    return array === undefined
      ? [statement]
      : access(array, banks.get(array.name) ?? [], statement, added, names, variables);
  });
  return {
    ...process,
    variables: [...process.variables, ...added],
    arrays: process.arrays.flatMap((array) => {
      if (!split.has(array.name)) return [array];
      const { partition, name, length, ...rest } = array;
      const own = banks.get(name) ?? [];
      return own.map((bank) => ({ ...rest, name: bank, length: length / own.length }));
    }),
    body,
  };
}

function bits(count: number): number {
  return Math.log2(count);
}

function bankOf(index: Expr, { scheme, factor }: Partition, length: number): Expr {
  const type = typeForRange(0n, BigInt(factor - 1));
  if (scheme === 'cyclic') return cast(index, type);
  return blockBank(index, length / factor, factor);
}

/** ⌊index / size⌋, by comparing where the size is no power of two. */
function blockBank(index: Expr, size: number, factor: number): Expr {
  const type = typeForRange(0n, BigInt(factor - 1));
  if (Number.isInteger(bits(size))) {
    return binary('shr', type, index, constant(BigInt(bits(size))));
  }
  let bank: Expr = constant(0n, type);
  for (let at = 1; at < factor; at++) {
    const from = binary('le', u1, constant(BigInt(at * size)), index);
    bank = select(from, constant(BigInt(at), type), bank, type);
  }
  return bank;
}

/** The index within its bank. */
function rowOf(index: Expr, { scheme, factor }: Partition, length: number, bank: Expr): Expr {
  const type = typeForRange(0n, BigInt(length / factor - 1));
  if (scheme === 'cyclic') {
    return binary('shr', type, index, constant(BigInt(bits(factor))), index.span);
  }
  const size = length / factor;
  // No type has no bits: cut to one, an odd index would still leave a bank of one element.
  if (size === 1) return constant(0n, type);
  if (Number.isInteger(bits(size))) return cast(index, type);
  const start = binary(
    'mul',
    typeForRange(0n, BigInt(length - 1)),
    bank,
    constant(BigInt(size)),
    index.span,
  );
  return binary('sub', type, index, start, index.span);
}

/** The bank that an index can only be in; undefined where it may be in several. */
function onlyBank(
  index: Expr,
  { scheme, factor }: Partition,
  length: number,
  variables: ReadonlyMap<string, LowBits>,
): number | undefined {
  if (scheme === 'cyclic') {
    const known = knownLowBits(index, variables);
    return known.bits >= bits(factor) ? Number(known.value % BigInt(factor)) : undefined;
  }
  const size = length / factor;
  if (isConstant(index)) return Math.floor(Number(index.value) / size);
  // What stays below a bank's size, behind that bank's start.
  if (index.op === 'add' && isConstant(index.right)) {
    const start = Number(index.right.value);
    const { min, max } = exprRange(index.left);
    if (start % size === 0 && min >= 0n && max < BigInt(size)) return start / size;
  }
  return undefined;
}

function access(
  array: LocalArray,
  names: readonly string[],
  statement: Extract<Stmt, { kind: 'load' | 'store' }>,
  added: Variable[],
  unique: UniqueNames,
  variables: ReadonlyMap<string, LowBits>,
): Stmt[] {
  const { partition, length, element, span } = array;
  if (partition === undefined) return [statement];
  const { index } = statement;
  const only = onlyBank(index, partition, length, variables);
  const bank = bankOf(index, partition, length);
  if (only !== undefined) {
    const row = rowOf(index, partition, length, constant(BigInt(only)));
    return [{ ...statement, array: names[only], index: row }];
  }
  const row = rowOf(index, partition, length, bank);
  const chosen = (at: number) =>
    binary('eq', u1, bank, constant(BigInt(at), typeForRange(0n, BigInt(partition.factor - 1))));
  if (statement.kind === 'store') {
    return names.map((bankName, at) => ({
      kind: 'if',
      condition: chosen(at),
      then: [{ ...statement, array: bankName, index: row }],
      else: [],
      ...(statement.span === undefined ? {} : { span: statement.span }),
    }));
  }
  const loaded = names.map((_, at) => {
    const into = unique.claim(`${statement.into}_${at}`);
    added.push({ name: into, type: element, mutable: false, span });
    return into;
  });
  const value = loaded
    .map((into): Expr => ({ op: 'var', name: into, type: element }))
    .reduceRight((rest, one, at) => select(chosen(at), one, rest, element));
  return [
    ...names.map(
      (bankName, at): Stmt => ({ ...statement, array: bankName, index: row, into: loaded[at] }),
    ),
    {
      kind: 'assign',
      variable: statement.into,
      value,
      ...(statement.span === undefined ? {} : { span: statement.span }),
    },
  ];
}
