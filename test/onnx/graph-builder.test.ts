import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import {
  constantOf,
  countOperators,
  float32Tensor,
  GraphBuilder,
  readOnnxModel,
  writeOnnxModel,
} from '../../host/onnx/index.ts';

function linear(): Uint8Array {
  const graph = new GraphBuilder('linear');
  const x = graph.input('x', 'float32', ['batch', 3]);
  const w = graph.constant(float32Tensor([3, 2], [1, 2, 3, 4, 5, 6]), 'w');
  const product = graph.op('MatMul', [x, w]);
  const leaky = graph.op('LeakyRelu', [product], { attributes: { alpha: { float: 0.5 } } });
  const [left, right] = graph.opWithOutputs('Split', [leaky, graph.integer([1, 1])], {
    attributes: { axis: { int: 1 } },
    outputs: 2,
    name: 'half',
  });
  const joined = graph.op('Concat', [right, left], {
    attributes: { axis: { int: 1 } },
    name: 'y',
  });
  graph.output(joined, 'float32', ['batch', 2]);
  return graph.toBytes();
}

describe('GraphBuilder', () => {
  it('builds a model that ONNX Runtime runs', async () => {
    const session = await InferenceSession.create(linear());
    const x = new Tensor('float32', [1, 1, 1, -1, 0, 0], [2, 3]);
    const { y } = await session.run({ x });
    expect([...(y.data as Float32Array)]).toEqual([12, 9, -1, -0.5]);
    await session.release();
  });

  it('gives the same bytes for the same calls, and reads its own', () => {
    const bytes = linear();
    expect(linear()).toEqual(bytes);
    const model = readOnnxModel(bytes);
    expect(countOperators(model)).toEqual([
      ['Concat', 1],
      ['LeakyRelu', 1],
      ['MatMul', 1],
      ['Split', 1],
    ]);
    expect(constantOf(model, 'w')).toEqual(float32Tensor([3, 2], [1, 2, 3, 4, 5, 6]));
    expect(writeOnnxModel(model)).toEqual(bytes);
  });

  it('stores equal integer lists once and keeps names apart', () => {
    const graph = new GraphBuilder('names');
    expect(graph.integer([1, -1])).toBe(graph.integer([1, -1]));
    expect(graph.integer(1)).not.toBe(graph.integer([1]));
    const x = graph.input('x', 'float32', []);
    expect(graph.op('Neg', [x], { name: 'n' })).toBe('n');
    expect(graph.op('Neg', [x], { name: 'n' })).toBe('n_2');
  });

  it('refuses unknown values, taken names and tensors of the wrong size', () => {
    const graph = new GraphBuilder('wrong');
    graph.input('x', 'float32', [1]);
    expect(() => graph.op('Neg', ['y'])).toThrow('takes y, which no earlier node makes');
    expect(() => graph.input('x', 'float32', [1])).toThrow('taken');
    expect(() => graph.constant(float32Tensor([2, 2], [1]))).toThrow('1 elements for dims [2, 2]');
  });
});

describe('readOnnxModel', () => {
  it('refuses bytes that are no model, by name', () => {
    for (const bytes of [
      new Uint8Array(0),
      Uint8Array.of(255, 255, 255),
      linear().subarray(0, 40),
    ]) {
      expect(() => readOnnxModel(bytes, 'some.onnx')).toThrow(
        /some\.onnx is not a readable ONNX model/,
      );
    }
  });
});
