export type { Attribute, Dimension, NodeOptions } from './graph-builder.ts';
export { GraphBuilder, opsetVersion } from './graph-builder.ts';
export type { OnnxModel } from './read-model.ts';
export { constantOf, countOperators, readOnnxModel, writeOnnxModel } from './read-model.ts';
export type { ElementType, TensorValue } from './tensor.ts';
export { elementCount, float32Tensor, int64Tensor } from './tensor.ts';
