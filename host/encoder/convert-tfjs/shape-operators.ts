import type { Mapping } from './arithmetic-operators.ts';
import type { NodeContext } from './context.ts';

/** Later than the end of any axis. */
const farEnd = Number.MAX_SAFE_INTEGER;

function bit(mask: number, index: number): boolean {
  return ((mask >> index) & 1) === 1;
}

function stridedSlice(c: NodeContext): string {
  if (c.integer('ellipsis_mask', 0) !== 0 || c.integer('new_axis_mask', 0) !== 0) {
    throw c.unsupported('an ellipsis or a new axis in a slice');
  }
  const begin = c.constants(1);
  const end = c.constants(2);
  const strides = c.constants(3);
  if (strides.some((stride) => stride < 1)) throw c.unsupported('a slice that runs backwards');
  const shrunk = begin.flatMap((_, axis) =>
    bit(c.integer('shrink_axis_mask', 0), axis) ? axis : [],
  );
  const starts = begin.map((from, axis) => (bit(c.integer('begin_mask', 0), axis) ? 0 : from));
  const ends = end.map((to, axis) => {
    // One element at `begin`, whatever `end` says; the last one has no index after it to stop at.
    if (shrunk.includes(axis)) return starts[axis] === -1 ? farEnd : starts[axis] + 1;
    return bit(c.integer('end_mask', 0), axis) ? farEnd : to;
  });
  const list = (values: readonly number[]): string => c.builder.integer(values);
  const inputs = [c.value(0), list(starts), list(ends), list([...begin.keys()]), list(strides)];
  if (shrunk.length === 0) return c.result('Slice', inputs);
  return c.result('Squeeze', [c.op('Slice', inputs), list(shrunk)]);
}

function slice(c: NodeContext): string {
  const begin = c.constants(1);
  const ends = c.constants(2).map((size, axis) => (size === -1 ? farEnd : begin[axis] + size));
  const axes = c.builder.integer([...begin.keys()]);
  return c.result('Slice', [c.value(0), c.builder.integer(begin), c.builder.integer(ends), axes]);
}

function reshape(c: NodeContext): string {
  // In TensorFlow a 0 is a dimension of 0; by default ONNX would copy the input's dimension.
  return c.result('Reshape', c.values(), { attributes: { allowzero: { int: 1 } } });
}

function expandDims(c: NodeContext): string {
  return c.result('Unsqueeze', [c.value(0), c.builder.integer(c.constants(1))]);
}

function squeeze(c: NodeContext): string {
  const axes = c.integers('squeeze_dims');
  return c.result(
    'Squeeze',
    axes.length === 0 ? [c.value(0)] : [c.value(0), c.builder.integer(axes)],
  );
}

function pack(c: NodeContext): string {
  const axis = c.integer('axis', 0);
  const parts = c.values().map((value) => c.op('Unsqueeze', [value, c.builder.integer([axis])]));
  return c.result('Concat', parts, { attributes: { axis: { int: axis } } });
}

function concat(c: NodeContext): string {
  const last = c.inputCount - 1;
  const [axis] = c.constants(last);
  return c.result('Concat', c.values().slice(0, last), { attributes: { axis: { int: axis } } });
}

function splitV(c: NodeContext): string[] {
  const sizes = c.constants(1);
  const [axis] = c.constants(2);
  return c.builder.opWithOutputs('Split', [c.value(0), c.builder.integer(sizes)], {
    attributes: { axis: { int: axis } },
    outputs: sizes.length,
    name: c.node.name,
  });
}

function transpose(c: NodeContext): string {
  const perm = c.constants(1);
  const value = c.result('Transpose', [c.value(0)], { attributes: { perm: { ints: perm } } });
  return c.setRank(value, perm.length);
}

function gather(c: NodeContext): string {
  if (c.integer('batch_dims', 0) !== 0) throw c.unsupported('a gather with batch dimensions');
  const [axis] = c.constants(2);
  return c.result('Gather', [c.value(0), c.value(1)], { attributes: { axis: { int: axis } } });
}

/** TensorFlow gives one row of indices for each true element, ONNX one column. */
function where(c: NodeContext): string {
  if (c.inputCount !== 1) throw c.unsupported('a choice between two inputs');
  const columns = c.op('NonZero', [c.value(0)]);
  return c.result('Transpose', [columns], { attributes: { perm: { ints: [1, 0] } } });
}

/** Inputs: indices, updates, shape. Indices that repeat add up. */
function scatterNd(c: NodeContext): string {
  const type = c.elementType('T') === 'float32' ? 'float32' : 'int64';
  const data = type === 'float32' ? Float32Array.of(0) : BigInt64Array.of(0n);
  const zeros = c.op('ConstantOfShape', [c.value(2)], {
    attributes: { value: { tensor: { type, dims: [1], data } } },
  });
  return c.result('ScatterND', [zeros, c.value(0), c.value(1)], {
    attributes: { reduction: { text: 'add' } },
  });
}

/** Inputs: indices, shape, values, the value of all other elements. */
function sparseToDense(c: NodeContext): string {
  const background = c.op('Expand', [c.value(3), c.value(1)]);
  return c.result('ScatterND', [background, c.value(0), c.value(2)]);
}

export const shapeOperators: Readonly<Record<string, Mapping>> = {
  ConcatV2: concat,
  ExpandDims: expandDims,
  GatherNd: (c) => c.result('GatherND', c.values()),
  GatherV2: gather,
  Identity: (c) => c.result('Identity', c.values()),
  Pack: pack,
  Range: (c) => c.result('Range', c.values()),
  Reshape: reshape,
  ScatterNd: scatterNd,
  Shape: (c) => c.result('Shape', c.values()),
  Slice: slice,
  SparseToDense: sparseToDense,
  SplitV: splitV,
  Squeeze: squeeze,
  StridedSlice: stridedSlice,
  Transpose: transpose,
  Where: where,
};
