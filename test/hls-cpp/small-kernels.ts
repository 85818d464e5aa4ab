import { type Expr, type KernelIR, type Stmt, u1, vecType } from '../../codegen/ir/ir.ts';
import {
  at,
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
  v,
  variable,
  when,
  write,
} from './ir-text.ts';

const words = vecType(u(32), 16);
const rows = s('rows', u(32));
const one = c(1, u(9));

/** Every access of both memories in one process: the ports are used directly. Awkward names on purpose. */
export function copyKernel(): KernelIR {
  const beat = v('int', words);
  // The index of the loop beside lanes: the C++ loops over lanes have an index of their own.
  const added = bin('add', u(32), s('class', u(32)), v('l', u(32)));
  const doubled = bin('add', words, beat, cast(added, words));
  return kernelOf({
    name: 'copy_beats',
    scalars: [scalar('rows', u(32)), scalar('class', u(32))],
    memories: [memory('input', 'read', u(32)), memory('template', 'write', u(32))],
    processes: [
      process(
        'double',
        [variable('l', u(32)), variable('int', words), variable('unused', u(7))],
        [
          count(
            'l',
            rows,
            [
              request('input', v('l', u(32)), one),
              receive('input', 'int'),
              set('unused', c(3, u(7))),
              when(bin('ne', u1, lane(beat, c(0, u(4)), u(32)), c(7, u(32))), [
                set('int', doubled),
              ]),
              request('template', v('l', u(32)), one),
              send('template', beat),
              response('template'),
            ],
            1,
          ),
        ],
      ),
    ],
  });
}

/**
 * For every row sums the lanes of its `burst` beats into one word of a beat of `sums`. Requests and
 * their uses are in different processes, so that the ports need processes of their own.
 * @param confirmed whether responses are taken by a process of their own, or by the one that sends.
 */
export function sumKernel(confirmed: boolean): KernelIR {
  const burst = c(3, u(9));
  const row = v('row', u(32));
  const total = v('total', i(40));
  const sum: Expr = { op: 'reduce', type: i(20), reduce: 'add', vector: v('beat', halves) };
  const confirm: Stmt = response('sums');
  const emit: Expr = {
    op: 'with-lane',
    type: words,
    vector: { op: 'const', type: words, value: Array.from({ length: 16 }, () => 0n) },
    index: bin('and', u(4), row, c(15, u(4))),
    value: cast(v('saturated', i(24)), u(32)),
  };
  return kernelOf({
    name: 'sum_rows',
    parameters: { burst: 3 },
    scalars: [scalar('rows', u(32))],
    memories: [memory('values', 'read', i(16), 4), memory('sums', 'write', u(32), 2)],
    streams: [stream('totals', { total: i(40), row: u(32) }, 4)],
    processes: [
      process(
        'askValues',
        [variable('row', u(32))],
        [count('row', rows, [request('values', bin('mul', u(32), row, burst), burst)], 1)],
      ),
      process(
        'add',
        [variable('row', u(32)), variable('part', u(9)), variable('beat', halves), totalVariable],
        [
          count('row', rows, [
            set('total', c(0, i(40)), 12),
            count('part', burst, [
              receive('values', 'beat'),
              set('total', bin('add', i(40), total, sum), 14),
            ]),
            write('totals', total, row),
          ]),
        ],
      ),
      process(
        'askSums',
        [variable('row', u(32))],
        [count('row', rows, [request('sums', row, one)])],
      ),
      process(
        'sendSums',
        [
          variable('i', u(32)),
          variable('row', u(32), false),
          totalVariable,
          variable('saturated', i(24), false),
        ],
        [
          count('i', rows, [
            { ...read('totals', 'total', 'row'), span: at(20) },
            set('saturated', { op: 'saturate', type: i(24), operand: total }, 21),
            send('sums', emit),
            ...(confirmed ? [] : [confirm]),
          ]),
        ],
      ),
      ...(confirmed
        ? [process('confirm', [variable('row', u(32))], [count('row', rows, [confirm])])]
        : []),
    ],
  });
}

const halves = vecType(i(16), 32);
const totalVariable = variable('total', i(40));

/** Runs that hardware would not survive; `input` and `output` have 4 beats. */
export const mistakes: Readonly<
  Record<string, { readonly scalars: Readonly<Record<string, number>>; readonly code: string }>
> = {
  'nothing wrong at all': { scalars: { mistake: 0, written: 3, taken: 3 }, code: '' },
  'a read that nobody requested': {
    scalars: { mistake: 1, written: 3, taken: 3 },
    code: 'NOT_REQUESTED',
  },
  'a beat that is never read': {
    scalars: { mistake: 2, written: 3, taken: 3 },
    code: 'UNFINISHED',
  },
  'a burst of no beats': {
    scalars: { mistake: 3, written: 3, taken: 3 },
    code: 'BURST_LENGTH',
  },
  'a burst past the end': {
    scalars: { mistake: 4, written: 3, taken: 3 },
    code: 'OUT_OF_RANGE',
  },
  'a negative beat': { scalars: { mistake: 5, written: 3, taken: 3 }, code: 'OUT_OF_RANGE' },
  'a stream that is read too often': {
    scalars: { mistake: 0, written: 2, taken: 3 },
    code: 'STREAM_EMPTY',
  },
  'a stream that is not read to its end': {
    scalars: { mistake: 0, written: 4, taken: 3 },
    code: 'UNFINISHED',
  },
};

/** Makes the mistake that its scalars name. */
export function mistakenKernel(): KernelIR {
  const ask = (beat: Expr, beats: number) => request('input', beat, c(beats, u(9)));
  const bodies: readonly (readonly Stmt[])[] = [
    [receive('input', 'beat')],
    [ask(c(0, u(9)), 2), receive('input', 'beat')],
    [ask(c(0, u(9)), 0)],
    [ask(c(3, u(9)), 2)],
    [ask(c(-1, i(9)), 1)],
  ];
  return kernelOf({
    name: 'mistaken',
    scalars: ['mistake', 'written', 'taken'].map((name) => scalar(name, u(8))),
    memories: [memory('input', 'read', u(32)), memory('output', 'write', u(32))],
    streams: [stream('beats', { beat: words })],
    processes: [
      process(
        'first',
        [variable('beat', words), variable('n', u(8))],
        [
          ask(c(0, u(9)), 1),
          receive('input', 'beat'),
          ...bodies.map((body, index) =>
            when(bin('eq', u1, s('mistake', u(8)), c(index + 1, u(8))), body),
          ),
          count('n', s('written', u(8)), [write('beats', v('beat', words))]),
        ],
      ),
      process(
        'second',
        [variable('beat', words), variable('n', u(8))],
        [
          count('n', s('taken', u(8)), [read('beats', 'beat')]),
          request('output', c(0, u(9)), one),
          send('output', v('beat', words)),
          response('output'),
        ],
      ),
    ],
  });
}
