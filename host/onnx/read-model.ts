import type { onnx } from 'onnx-proto';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { schema } from './proto.ts';
import type { TensorValue } from './tensor.ts';
import { fromTensorProto } from './tensor.ts';

/** A model in memory: ONNX's own message, and its constants by name. */
export interface OnnxModel {
  readonly proto: onnx.ModelProto;
  readonly constants: ReadonlyMap<string, onnx.ITensorProto>;
}

/**
 * Reads a serialised ONNX model.
 * @param name what to call it in an error.
 * @throws TilewrightError `ONNX_UNREADABLE` when the bytes are no ONNX model.
 */
export function readOnnxModel(bytes: Uint8Array, name = 'the model'): OnnxModel {
  try {
    const proto = schema.ModelProto.decode(bytes);
    const { graph } = proto;
    if (!graph?.node || graph.node.length === 0) throw new Error('it holds no graph');
    const constants = new Map(
      (graph.initializer ?? []).map((tensor) => [tensor.name ?? '', tensor]),
    );
    return { proto, constants };
  } catch (error) {
    throw new TilewrightError(`${name} is not a readable ONNX model: ${(error as Error).message}`, {
      code: 'ONNX_UNREADABLE',
      hint: 'Export or copy the model again; the file may be cut off.',
      cause: error,
    });
  }
}

/** The value of a constant. @throws RangeError when the model has none of that name. */
export function constantOf(model: OnnxModel, name: string): TensorValue {
  const tensor = model.constants.get(name);
  if (tensor === undefined) throw new RangeError(`the model has no constant ${name}`);
  return fromTensorProto(tensor);
}

/** How often each operator occurs, most frequent first, then by name. */
export function countOperators(model: OnnxModel): [string, number][] {
  const counts = new Map<string, number>();
  for (const { opType } of model.proto.graph?.node ?? []) {
    counts.set(opType ?? '', (counts.get(opType ?? '') ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

export function writeOnnxModel(model: OnnxModel): Uint8Array {
  return schema.ModelProto.encode(model.proto).finish();
}
