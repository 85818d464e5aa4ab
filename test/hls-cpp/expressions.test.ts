import { expect, test } from 'vitest';
import {
  type Expr,
  type KernelIR,
  type Process,
  type Stmt,
  type Type,
  vecType,
} from '../../codegen/ir/ir.ts';
import { printExpr } from '../../codegen/ir/print.ts';
import { runKernelIr } from '../../codegen/ir/run-kernel-ir.ts';
import { uniform } from '../../host/dataset/uniform.ts';
import { oddValue } from './gpp.ts';
import {
  bin,
  c,
  cast,
  count,
  i,
  kernelOf,
  lane,
  memory,
  process,
  read,
  receive,
  request,
  response,
  s,
  scalar,
  send,
  set,
  stream,
  u,
  u64x8,
  v,
  variable,
  write,
} from './ir-text.ts';
import { ExpressionMaker, type Names } from './random-expressions.ts';
import { runKernelCpp } from './run-kernel-cpp.ts';

const tables = [
  { name: 'primes', element: u(7), values: [2n, 3n, 5n, 7n, 11n, 13n] },
  { name: 'signs', element: i(40), values: [-1n, 1n, -(1n << 39n), (1n << 39n) - 1n] },
];
const scalars = [scalar('rows', u(32)), scalar('key', u(64)), scalar('bias', i(20))];

/** Variables of each kind, cut out of the lanes of one input beat. */
function inputs(random: () => number): readonly { name: string; type: Type; value: Expr }[] {
  const maker = new ExpressionMaker(random, { variables: [], scalars: [], tables: [] });
  const beat = v('beat', u64x8);
  const word = (index: number) => lane(beat, c(index, u(3)), u(64));
  const integers = Array.from({ length: 5 }, (_, index) => {
    const type = maker.intType();
    return { name: `x${index}`, type, value: cast(word(index), type) };
  });
  const vectors = [2, 4, 8].map((lanes, index) => {
    const type = vecType(maker.intType(), lanes);
    const elements = Array.from({ length: lanes }, (_, l) =>
      cast(bin('shr', u(64), word((l + index) % 8), c(l * 5, u(6))), type.element),
    );
    const value: Expr = { op: 'build', type, elements };
    return { name: `v${index}`, type, value };
  });
  return [...integers, ...vectors];
}

/** A vector from lanes of its own old value: lanes that are overwritten must not be read after. */
function selfAssignments(type: Type, index: number): readonly Stmt[] {
  if (type.kind === 'int') return [set('result', bin('add', type, v('result', type), c(1, u(1))))];
  const old = v('result', type);
  const { lanes, element } = type;
  const reversed = Array.from({ length: lanes }, (_, l) => lanes - 1 - l);
  const first = lane(old, c(0, u(3)), element);
  const last = lane(old, c(lanes - 1, u(3)), element);
  const ways: readonly Expr[] = [
    { op: 'shuffle', type, vector: old, lanes: reversed },
    bin('sub', type, old, first),
    { op: 'with-lane', type, vector: old, index: c(0, u(3)), value: last },
    {
      op: 'build',
      type,
      elements: reversed.map((l) => lane(old, c(l, u(3)), element)),
    },
    bin('xor', type, old, { op: 'reduce', type: element, reduce: 'max', vector: old }),
  ];
  return [set('result', ways[index % ways.length])];
}

/** Every pattern of lanes that the printer spells in a way of its own. */
function shuffles(names: Names): readonly Expr[] {
  const eight = names.variables.find(({ type }) => type.kind === 'vec' && type.lanes === 8);
  if (eight === undefined || eight.type.kind !== 'vec') return [];
  const { name, type } = eight;
  const orders: readonly (readonly number[])[] = [
    [3, 4, 5, 6, 7, 0, 1, 2],
    [7, 6, 5, 4, 3, 2, 1, 0],
    [1, 3, 5, 7],
    [4, 5, 6, 7],
    [5, 0, 3, 3, 1, 7, 2, 6],
    [6, 6],
  ];
  return orders.map((lanes) => {
    const wide = vecType(type.element, lanes.length);
    const once: Expr = { op: 'shuffle', type: wide, vector: v(name, type), lanes };
    // Again, of an element-wise operation on the first: indices are put together.
    const sum = bin('add', wide, once, c(1, u(1)));
    const again = Array.from({ length: lanes.length }, (_, l) => (l + 1) % lanes.length);
    return { op: 'shuffle', type: wide, vector: sum, lanes: again };
  });
}

/** A process that evaluates one expression for every beat it is given. */
function evaluating(index: number, expr: Expr, random: () => number, names: Names): Process {
  const given = names.variables as ReturnType<typeof inputs>;
  const result = v('result', expr.type);
  const elements = Array.from({ length: 8 }, (_, l): Expr => {
    if (expr.type.kind === 'int') return l === 0 ? cast(result, u(64)) : c(0, u(64));
    if (l >= expr.type.lanes) return c(0, u(64));
    return cast(lane(result, c(l, u(3)), expr.type.element), u(64));
  });
  const packed: Expr = { op: 'build', type: u64x8, elements };
  const twice = random() < 0.5 ? [] : selfAssignments(expr.type, index);
  return process(
    `evaluate${index}`,
    [
      variable('i', u(32)),
      variable('beat', u64x8),
      variable('result', expr.type),
      ...given.map(({ name, type }) => variable(name, type)),
    ],
    [
      count(
        'i',
        s('rows', u(32)),
        [
          read(`in${index}`, 'beat'),
          ...given.map(({ name, value }) => set(name, value)),
          set('result', expr),
          ...twice,
          write(`out${index}`, packed),
        ],
        1,
      ),
    ],
  );
}

function kernelOfExpressions(expressions: number, depth: number, seed: number) {
  const random = uniform(seed);
  const made: Expr[] = [];
  const processes: Process[] = [];
  for (let index = 0; index < expressions; index++) {
    const names = { variables: inputs(random), scalars: scalars.slice(1), tables };
    const maker = new ExpressionMaker(random, names);
    const type = random() < 0.5 ? maker.intType() : vecType(maker.intType(), maker.pick([2, 4, 8]));
    const expr = shuffles(names)[index] ?? maker.make(type, depth);
    made.push(expr);
    processes.push(evaluating(index, expr, random, names));
  }
  const indices = made.map((_, index) => index);
  const rows = s('rows', u(32));
  const feed = process(
    'feed',
    [variable('i', u(32)), variable('beat', u64x8)],
    [
      count('i', rows, [
        request('inputs', v('i', u(32)), c(1, u(1))),
        receive('inputs', 'beat'),
        ...indices.map((index) => write(`in${index}`, v('beat', u64x8))),
      ]),
    ],
  );
  const place = (index: number) =>
    bin('add', u(32), bin('mul', u(32), v('i', u(32)), c(expressions, u(16))), c(index, u(16)));
  const drain = process(
    'drain',
    [variable('i', u(32)), variable('beat', u64x8)],
    [
      count(
        'i',
        rows,
        indices.flatMap((index) => [
          read(`out${index}`, 'beat'),
          request('results', place(index), c(1, u(1))),
          send('results', v('beat', u64x8)),
          response('results'),
        ]),
      ),
    ],
  );
  const kernel: KernelIR = kernelOf({
    name: 'random_expressions',
    scalars,
    memories: [memory('inputs', 'read', u(64)), memory('results', 'write', u(64))],
    tables: tables.map((table) => ({ ...table, span: feed.span })),
    streams: indices.flatMap((index) => [
      stream(`in${index}`, { beat: u64x8 }),
      stream(`out${index}`, { beat: u64x8 }),
    ]),
    processes: [feed, ...processes, drain],
  });
  return { kernel, made };
}

test.each([
  ['shallow', 80, 2, 20],
  ['deep', 30, 4, 21],
])(
  '%s random expressions give in C++ what the IR means',
  async (_name, expressions, depth, seed) => {
    const rows = 16;
    const { kernel, made } = kernelOfExpressions(expressions, depth, seed);
    const random = uniform(seed + 1);
    const words = BigUint64Array.from({ length: rows * 8 }, () => oddValue(random, false, 64));
    const args = {
      scalars: { rows, key: oddValue(random, false, 64), bias: oddValue(random, true, 20) },
      memories: {
        inputs: new Uint8Array(words.buffer),
        results: new Uint8Array(64 * rows * expressions),
      },
    };
    const results = runKernelIr(kernel, args).outputs['results'];
    const [text] = await runKernelCpp(kernel, args);
    const beat = (index: number) => Buffer.from(results.subarray(index * 64, index * 64 + 64));
    const expected = Array.from({ length: rows * expressions }, (_, index) => {
      return `row ${Math.floor(index / expressions)}: ${beat(index).toString('hex')}`;
    });
    const shown = Array.from({ length: rows * expressions }, (_, index) => {
      return `row ${Math.floor(index / expressions)}: ${text.slice(index * 128, index * 128 + 128)}`;
    });
    // The first expression that differs is named, not the whole output.
    const wrong = shown.findIndex((line, index) => line !== expected[index]);
    const culprit = wrong < 0 ? '' : printExpr(made[wrong % expressions]);
    expect({ culprit, line: shown[wrong] }).toEqual({ culprit: '', line: expected[wrong] });
    expect(text.length).toBe(rows * expressions * 128);
  },
);
