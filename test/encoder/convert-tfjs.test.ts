import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { convertGraphModel, mappedOperators } from '../../host/encoder/convert-tfjs/convert.ts';
import type { TfAttribute } from '../../host/encoder/convert-tfjs/graph-model.ts';
import { readGraphModel } from '../../host/encoder/convert-tfjs/graph-model.ts';
import { GraphBuilder } from '../../host/onnx/index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const { folder, write } = temporaryFolder();
let models = 0;

type Attributes = Record<string, TfAttribute>;
type Node = [op: string, inputs: string[], attributes?: Attributes];
type Constants = Record<
  string,
  { dims: number[]; float?: number[]; int?: number[]; bool?: number[] }
>;

/** Writes a TF.js graph model; node i is called n<i>, the placeholder x. Returns the path of model.json. */
function writeModel(nodes: Node[], constants: Constants = {}): string {
  const name = `model-${models++}`;
  const parts: Uint8Array[] = [];
  const weights = Object.entries(constants).map(([key, { dims, float, int, bool }]) => {
    const data = float
      ? Float32Array.from(float)
      : int
        ? Int32Array.from(int)
        : Uint8Array.from(bool ?? []);
    parts.push(new Uint8Array(data.buffer));
    return { name: key, shape: dims, dtype: float ? 'float32' : int ? 'int32' : 'bool' };
  });
  const bytes = Buffer.concat(parts);
  const half = Math.ceil(bytes.length / 2);
  write(join(name, 'w1'), bytes.subarray(0, half));
  write(join(name, 'w2'), bytes.subarray(half));
  const node = [
    { name: 'x', op: 'Placeholder' },
    ...Object.keys(constants).map((key) => ({ name: key, op: 'Const' })),
    ...nodes.map(([op, input, attr], at) => ({ name: `n${at}`, op, input, attr })),
  ];
  return write(
    join(name, 'model.json'),
    JSON.stringify({
      modelTopology: { node },
      weightsManifest: [{ paths: ['w1', 'w2'], weights }],
    }),
  );
}

const float: TfAttribute = { type: 1 };
const int: TfAttribute = { type: 3 };

/** Converts the model, feeds x (float32) and returns the last node's dims and values. */
async function compute(
  x: { dims: number[]; values: number[] },
  nodes: Node[],
  constants: Constants = {},
): Promise<{ dims: number[]; values: number[] }> {
  const builder = new GraphBuilder('test');
  const input = builder.input(
    'x',
    'float32',
    x.dims.map((_, at) => `d${at}`),
  );
  const last = convertGraphModel(await readGraphModel(writeModel(nodes, constants)), builder, {
    x: input,
  });
  const y = builder.op('Cast', [last], { attributes: { to: { int: 1 } }, name: 'y' });
  builder.output(y, 'float32', []);
  const session = await InferenceSession.create(builder.toBytes(), { logSeverityLevel: 4 });
  const feeds = { x: new Tensor('float32', Float32Array.from(x.values), x.dims) };
  const result = (await session.run(feeds))['y'];
  await session.release();
  return { dims: [...result.dims], values: [...(result.data as Float32Array)] };
}

const six = { dims: [2, 3], values: [1, 2, 3, 4, 5, 6] };

describe('converting TensorFlow operators', () => {
  it.each<[string, Node[], Constants, number[], number[]]>([
    [
      'StridedSlice: masks and a shrunk axis',
      [
        [
          'StridedSlice',
          ['x', 'b', 'e', 's'],
          { begin_mask: { i: '1' }, end_mask: { i: '1' }, shrink_axis_mask: { i: '2' } },
        ],
      ],
      {
        b: { dims: [2], int: [1, 1] },
        e: { dims: [2], int: [1, 2] },
        s: { dims: [2], int: [1, 1] },
      },
      [2],
      [2, 5],
    ],
    [
      'StridedSlice: the last element by a negative index',
      [['StridedSlice', ['x', 'b', 'e', 's'], { shrink_axis_mask: { i: '1' } }]],
      { b: { dims: [1], int: [-1] }, e: { dims: [1], int: [0] }, s: { dims: [1], int: [1] } },
      [3],
      [4, 5, 6],
    ],
    [
      'StridedSlice: a step of two',
      [['StridedSlice', ['x', 'b', 'e', 's'], { begin_mask: { i: '3' }, end_mask: { i: '3' } }]],
      {
        b: { dims: [2], int: [0, 0] },
        e: { dims: [2], int: [0, 0] },
        s: { dims: [2], int: [1, 2] },
      },
      [2, 2],
      [1, 3, 4, 6],
    ],
    [
      'Slice: to the end',
      [['Slice', ['x', 'b', 'n']]],
      { b: { dims: [2], int: [0, 1] }, n: { dims: [2], int: [1, -1] } },
      [1, 2],
      [2, 3],
    ],
    [
      'Shape, Pack and Reshape',
      [
        ['Shape', ['x']],
        ['StridedSlice', ['n0', 'b', 'e', 's'], { shrink_axis_mask: { i: '1' } }],
        ['Pack', ['n1', 'two'], { axis: { i: '0' } }],
        ['Reshape', ['x', 'n2']],
      ],
      {
        b: { dims: [1], int: [1] },
        e: { dims: [1], int: [2] },
        s: { dims: [1], int: [1] },
        two: { dims: [], int: [2] },
      },
      [3, 2],
      [1, 2, 3, 4, 5, 6],
    ],
    [
      'MatMul with both sides turned',
      [['MatMul', ['x', 'w'], { transpose_a: { b: true }, transpose_b: { b: true } }]],
      { w: { dims: [1, 2], float: [10, 1] } },
      [3, 1],
      [14, 25, 36],
    ],
    [
      'BatchMatMul with the second side turned',
      [
        ['Transpose', ['x', 'perm']],
        ['BatchMatMul', ['n0', 'n0'], { adj_x: { b: true }, adj_y: { b: false } }],
      ],
      { perm: { dims: [2], int: [1, 0] } },
      [2, 2],
      [14, 32, 32, 77],
    ],
    [
      'Conv2D of 1 × 1, channels last, and BiasAdd',
      [
        ['ExpandDims', ['x', 'zero']],
        ['ExpandDims', ['n0', 'zero']],
        [
          'Conv2D',
          ['n1', 'k'],
          { strides: { list: { i: ['1', '1', '1', '1'] } }, data_format: { s: 'TkhXQw==' } },
        ],
        ['BiasAdd', ['n2', 'bias'], { data_format: { s: [78, 72, 87, 67] } }],
        ['Squeeze', ['n3'], { squeeze_dims: { list: { i: ['0', '1'] } } }],
      ],
      {
        zero: { dims: [], int: [0] },
        k: { dims: [1, 1, 3, 2], float: [1, 0, 0, 1, 0, 1] },
        bias: { dims: [2], float: [100, 200] },
      },
      [2, 2],
      [101, 205, 104, 211],
    ],
    [
      'SplitV and ConcatV2',
      [
        ['SplitV', ['x', 'sizes', 'axis']],
        ['ConcatV2', ['n0:1', 'n0', 'axis']],
      ],
      { sizes: { dims: [2], int: [1, 2] }, axis: { dims: [], int: [1] } },
      [2, 3],
      [2, 3, 1, 5, 6, 4],
    ],
    [
      'Greater, Where and GatherNd',
      [
        ['Greater', ['x', 'limit']],
        ['Where', ['n0']],
        ['GatherNd', ['x', 'n1']],
      ],
      { limit: { dims: [], float: [3.5] } },
      [3],
      [4, 5, 6],
    ],
    [
      'ScatterNd adds up where indices repeat',
      [['ScatterNd', ['at', 'x', 'shape'], { T: float }]],
      { at: { dims: [2, 1], int: [1, 1] }, shape: { dims: [2], int: [3, 3] } },
      [3, 3],
      [0, 0, 0, 5, 7, 9, 0, 0, 0],
    ],
    [
      'SparseToDense fills the rest',
      [['SparseToDense', ['at', 'shape', 'v', 'rest'], { T: int }]],
      {
        at: { dims: [2, 2], int: [0, 1, 1, 0] },
        shape: { dims: [2], int: [2, 2] },
        v: { dims: [2], int: [7, 8] },
        rest: { dims: [], int: [-1] },
      },
      [2, 2],
      [-1, 7, 8, -1],
    ],
    [
      'GatherV2 along the second axis',
      [['GatherV2', ['x', 'at', 'axis']]],
      { at: { dims: [2], int: [2, 0] }, axis: { dims: [], int: [1] } },
      [2, 2],
      [3, 1, 6, 4],
    ],
    [
      'Mean, Sub, Square, Sum, Rsqrt',
      [
        ['Mean', ['x', 'axes'], { keep_dims: { b: true } }],
        ['Sub', ['x', 'n0']],
        ['Square', ['n1']],
        ['Sum', ['n2', 'axes'], { keep_dims: { b: false } }],
        ['Rsqrt', ['n3']],
      ],
      { axes: { dims: [1], int: [-1] } },
      [2],
      [Math.SQRT1_2, Math.SQRT1_2],
    ],
    [
      'Range, Less, Cast and LogicalNot',
      [
        ['Range', ['zero', 'five', 'two']],
        ['Less', ['n0', 'two']],
        ['LogicalNot', ['n1']],
        ['Cast', ['n2'], { SrcT: { type: 10 }, DstT: { type: 1 } }],
      ],
      { zero: { dims: [], int: [0] }, two: { dims: [], int: [2] }, five: { dims: [], int: [5] } },
      [3],
      [0, 1, 1],
    ],
    [
      'Max, Maximum and Prod of integers',
      [
        ['Max', ['m', 'axis'], { keep_dims: { b: false } }],
        ['Maximum', ['n0', 'four']],
        ['Prod', ['n1', 'axis'], { keep_dims: { b: false } }],
      ],
      {
        m: { dims: [2, 2], int: [1, 9, 3, 2] },
        axis: { dims: [1], int: [0] },
        four: { dims: [], int: [4] },
      },
      [],
      [36],
    ],
    [
      'Softmax over the last axis',
      [
        ['Mul', ['x', 'zero']],
        ['Softmax', ['n0']],
      ],
      { zero: { dims: [], float: [0] } },
      [2, 3],
      Array(6).fill(Math.fround(1 / 3)),
    ],
    [
      'a constant of truth values',
      [['LogicalNot', ['t']]],
      { t: { dims: [2], bool: [1, 0] } },
      [2],
      [0, 1],
    ],
  ])('%s', async (_name, nodes, constants, dims, values) => {
    const result = await compute(six, nodes, constants);
    expect(result.dims).toEqual(dims);
    result.values.forEach((value, at) => {
      expect(value).toBeCloseTo(values[at], 6);
    });
    expect(result.values).toHaveLength(values.length);
  });

  it('computes the elementary functions', async () => {
    for (const [op, reference] of [
      ['Sin', Math.sin],
      ['Cos', Math.cos],
      ['Tanh', Math.tanh],
      ['Relu', (x: number) => Math.max(0, x)],
      ['Identity', (x: number) => x],
    ] as const) {
      const x = { dims: [3], values: [-1.5, 0, 2] };
      const { values } = await compute(x, [[op, ['x']]]);
      values.forEach((value, at) => {
        expect(value, op).toBeCloseTo(reference(x.values[at]), 5);
      });
    }
  });
});

describe('what cannot be converted', () => {
  const fails = (nodes: Node[], constants: Constants = {}) =>
    compute(six, nodes, constants).then(
      () => expect.unreachable('it was converted'),
      (error: unknown) => error as Error & { code: string },
    );

  it('names every operator that is not mapped', async () => {
    const error = await fails([
      ['Tanh', ['x']],
      ['LSTMBlockCell', ['n0']],
      ['Erf', ['n1']],
    ]);
    expect(error.code).toBe('TFJS_UNSUPPORTED');
    expect(error.message).toContain('operator LSTMBlockCell (node n1) is not mapped');
    expect(error.message).toContain('not mapped: Erf, LSTMBlockCell');
    expect(mappedOperators()).toContain('SparseToDense');
  });

  it('names the node whose form is not supported', async () => {
    const wide = { k: { dims: [3, 3, 1, 1], float: Array(9).fill(1) } };
    expect((await fails([['Conv2D', ['x', 'k']]], wide)).message).toMatch(
      /node n0 \(Conv2D\): only 1/,
    );
    const backwards = {
      b: { dims: [1], int: [1] },
      e: { dims: [1], int: [0] },
      s: { dims: [1], int: [-1] },
    };
    expect((await fails([['StridedSlice', ['x', 'b', 'e', 's']]], backwards)).message).toContain(
      'runs backwards',
    );
    const turned: Attributes = { adj_y: { b: true } };
    expect((await fails([['BatchMatMul', ['x', 'x'], turned]])).message).toContain('rank');
    expect((await fails([['ExpandDims', ['x', 'x']]])).message).toContain('x is not a constant');
    expect((await fails([['Tanh', ['nowhere']]])).message).toContain('takes nowhere');
  });

  it('names what is wrong with the files', async () => {
    const path = writeModel([['Tanh', ['w']]], { w: { dims: [4], float: [1, 2, 3, 4] } });
    const beside = (name: string) => path.replace('model.json', name);
    const relative = (name: string) => beside(name).slice(folder.length + 1);
    write(relative('w2'), new Uint8Array(3));
    await expect(readGraphModel(path)).rejects.toThrow('hold 11 bytes, and 16 are needed');
    const elsewhere = JSON.stringify({
      modelTopology: { node: [] },
      weightsManifest: [{ paths: ['w9'], weights: [] }],
    });
    write(relative('other.json'), elsewhere);
    await expect(readGraphModel(beside('other.json'))).rejects.toThrow('shard w9 cannot be read');
    write(relative('layers.json'), '{"format": "layers-model"}');
    await expect(readGraphModel(beside('layers.json'))).rejects.toThrow('not a TF.js graph model');
    await expect(readGraphModel(beside('none.json'))).rejects.toMatchObject({
      code: 'TFJS_UNREADABLE',
    });
    const quantised = writeModel([['Tanh', ['w']]], { w: { dims: [1], float: [1] } });
    const json = JSON.stringify({
      modelTopology: { node: [] },
      weightsManifest: [
        { paths: [], weights: [{ name: 'w', shape: [1], dtype: 'float32', quantization: {} }] },
      ],
    });
    write(quantised.slice(folder.length + 1), json);
    await expect(readGraphModel(quantised)).rejects.toThrow('weight w is quantised');
  });
});
