import type { NodeContext } from './context.ts';

/** Adds the ONNX nodes for one TensorFlow node and returns the value(s) that stand for its output(s). */
export type Mapping = (context: NodeContext) => string | string[];

/** The same operator under another name, inputs in the same order. */
function same(type: string): Mapping {
  return (c) => c.result(type, c.values());
}

/** A reduction whose axes are a constant second input. */
function reduction(type: string): Mapping {
  return (c) =>
    c.result(type, [c.value(0), c.builder.integer(c.constants(1))], {
      attributes: { keepdims: { int: c.flag('keep_dims') ? 1 : 0 } },
    });
}

function square(c: NodeContext): string {
  return c.result('Mul', [c.value(0), c.value(0)]);
}

function reciprocalSquareRoot(c: NodeContext): string {
  return c.result('Reciprocal', [c.op('Sqrt', [c.value(0)])]);
}

function biasAdd(c: NodeContext): string {
  if (c.text('data_format') === 'NCHW') throw c.unsupported('a bias of channels first');
  return c.result('Add', c.values());
}

function cast(c: NodeContext): string {
  const type = c.elementType('DstT');
  const to = { float32: 1, int64: 7, bool: 9 }[type as 'float32' | 'int64' | 'bool'];
  return c.result('Cast', [c.value(0)], { attributes: { to: { int: to } } });
}

function matMul(c: NodeContext): string {
  const turned = (index: number, turn: boolean): string =>
    turn
      ? c.op('Transpose', [c.value(index)], { attributes: { perm: { ints: [1, 0] } } })
      : c.value(index);
  return c.result('MatMul', [turned(0, c.flag('transpose_a')), turned(1, c.flag('transpose_b'))]);
}

function batchMatMul(c: NodeContext): string {
  const turned = (index: number, turn: boolean): string => {
    if (!turn) return c.value(index);
    const rank = c.rank(index);
    if (rank === undefined) throw c.unsupported(`the rank of input ${index} is not known`);
    const perm = [...Array(rank).keys()];
    [perm[rank - 2], perm[rank - 1]] = [rank - 1, rank - 2];
    return c.op('Transpose', [c.value(index)], { attributes: { perm: { ints: perm } } });
  };
  return c.result('MatMul', [turned(0, c.flag('adj_x')), turned(1, c.flag('adj_y'))]);
}

/** A 1 × 1 convolution of stride 1, channels last, is a matrix product over the last axis. */
function conv2d(c: NodeContext): string {
  const [height, width, from, to] = c.weightDims(1);
  const plain = [...c.integers('strides'), ...c.integers('dilations')].every((step) => step === 1);
  if (height !== 1 || width !== 1 || !plain || c.text('data_format') === 'NCHW') {
    throw c.unsupported('only 1 × 1 convolutions of stride 1 with channels last are mapped');
  }
  const kernel = c.op('Reshape', [c.value(1), c.builder.integer([from, to])]);
  return c.result('MatMul', [c.value(0), kernel]);
}

export const arithmeticOperators: Readonly<Record<string, Mapping>> = {
  Add: same('Add'),
  AddV2: same('Add'),
  BatchMatMul: batchMatMul,
  BatchMatMulV2: batchMatMul,
  BiasAdd: biasAdd,
  Cast: cast,
  Conv2D: conv2d,
  Cos: same('Cos'),
  Greater: same('Greater'),
  Less: same('Less'),
  LogicalNot: same('Not'),
  MatMul: matMul,
  Max: reduction('ReduceMax'),
  Maximum: same('Max'),
  Mean: reduction('ReduceMean'),
  Mul: same('Mul'),
  Prod: reduction('ReduceProd'),
  RealDiv: same('Div'),
  Relu: same('Relu'),
  Rsqrt: reciprocalSquareRoot,
  Sin: same('Sin'),
  Softmax: same('Softmax'),
  Square: square,
  Sub: same('Sub'),
  Sum: reduction('ReduceSum'),
  Tanh: same('Tanh'),
};
