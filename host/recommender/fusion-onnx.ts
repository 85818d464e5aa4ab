import { float32Tensor, GraphBuilder } from '../onnx/index.ts';
import type { FusionNetwork } from './fusion-network.ts';
import { featureCount, graphLayers } from './fusion-network.ts';

/** Names of the inputs and the output of an exported fusion graph. */
export const fusionNames = {
  userGraph: 'h_u',
  userText: 'e_u',
  itemGraph: 'h_i',
  itemText: 'e_i',
  scores: 'scores',
} as const;

/**
 * Writes a fusion network as an ONNX graph: h_u (1 × 3·graphColumns) and e_u (1 × textColumns) of one user,
 * h_i and e_i of `items` items, to `scores` (items). z is taken in its four parts, since repeating the
 * user's half beside every item would only move memory. Standardising is folded into the weights.
 * The same network gives the same bytes.
 */
export function exportFusion(network: FusionNetwork): Uint8Array {
  const { shape, mean, deviation } = network;
  const { graphColumns, textColumns, textHeads, hidden } = shape;
  const features = featureCount(shape);
  const width = graphLayers * graphColumns;

  const w1 = new Float64Array(features * hidden);
  const b1 = network.b1.slice();
  const skip = new Float64Array(features);
  for (let k = 0; k < features; k++) {
    skip[k] = network.skip[k] / deviation[k];
    for (let unit = 0; unit < hidden; unit++) {
      const weight = network.w1[k * hidden + unit] / deviation[k];
      w1[k * hidden + unit] = weight;
      b1[unit] -= mean[k] * weight;
    }
  }
  // A constant of all scores: it changes no order, but keeps them equal to the network's.
  const offset = -mean.reduce((sum, value, k) => sum + value * skip[k], 0);

  const graph = new GraphBuilder('tilewright_fusion');
  const userGraph = graph.input(fusionNames.userGraph, 'float32', [1, width]);
  const userText = graph.input(fusionNames.userText, 'float32', [1, textColumns]);
  const itemGraph = graph.input(fusionNames.itemGraph, 'float32', ['items', width]);
  const itemText = graph.input(fusionNames.itemText, 'float32', ['items', textColumns]);

  const itemLayers = graph.op('Reshape', [
    itemGraph,
    graph.integer([-1, graphLayers, graphColumns]),
  ]);
  const userLayers = graph.op('Reshape', [userGraph, graph.integer([graphLayers, graphColumns])]);
  const userColumns = graph.op('Transpose', [userLayers], {
    attributes: { perm: { ints: [1, 0] } },
  });
  const products = graph.op('Reshape', [
    graph.op('MatMul', [itemLayers, userColumns]),
    graph.integer([-1, graphLayers * graphLayers]),
  ]);
  const lengthsOf = (layers: string, axis: number) =>
    graph.op('ReduceL2', [layers, graph.integer([axis])], {
      attributes: { keepdims: { int: 0 } },
      name: 'lengths',
    });
  const heads = graph.constant(float32Tensor([textHeads, textColumns], network.heads), 'heads');
  const weighted = graph.op('Transpose', [graph.op('Mul', [heads, userText])], {
    attributes: { perm: { ints: [1, 0] } },
  });
  const textProducts = graph.op('MatMul', [itemText, weighted]);
  const pair = graph.op('Concat', [products, lengthsOf(itemLayers, 2), textProducts], {
    attributes: { axis: { int: 1 } },
    name: 'features',
  });

  const matrix = (name: string, rows: number, columns: number, values: Float64Array) =>
    graph.constant(float32Tensor([rows, columns], values), name);
  const wUser = matrix('w_user', graphLayers, hidden, network.wUser);
  const userPart = graph.op('Add', [
    graph.op('MatMul', [
      graph.op('Reshape', [lengthsOf(userLayers, 1), graph.integer([1, graphLayers])]),
      wUser,
    ]),
    matrix('b1', 1, hidden, b1),
  ]);
  const pairPart = graph.op('MatMul', [pair, matrix('w1', features, hidden, w1)]);
  const units = graph.op('Relu', [graph.op('Add', [pairPart, userPart])]);
  const deep = graph.op('MatMul', [units, matrix('w2', hidden, 1, network.w2)]);
  const straight = graph.op('MatMul', [pair, matrix('skip', features, 1, skip)]);
  const sum = graph.op('Add', [graph.op('Add', [deep, straight]), graph.float(offset)]);
  const scores = graph.op('Reshape', [sum, graph.integer([-1])], { name: fusionNames.scores });
  graph.output(scores, 'float32', ['items']);
  // A plain array: protobuf's own is a Buffer, which compares and prints as something else.
  return Uint8Array.from(graph.toBytes());
}
