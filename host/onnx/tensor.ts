import type { onnx } from 'onnx-proto';
import { schema } from './proto.ts';

/** Element types that tilewright's graphs use, by their names in ONNX Runtime. */
export type ElementType =
  | 'float32'
  | 'float64'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'bool';

const codes = {
  float32: schema.TensorProto.DataType.FLOAT,
  float64: schema.TensorProto.DataType.DOUBLE,
  int8: schema.TensorProto.DataType.INT8,
  uint8: schema.TensorProto.DataType.UINT8,
  int16: schema.TensorProto.DataType.INT16,
  int32: schema.TensorProto.DataType.INT32,
  int64: schema.TensorProto.DataType.INT64,
  bool: schema.TensorProto.DataType.BOOL,
} as const satisfies Record<ElementType, number>;

/** A constant of a graph. `data` holds the elements in row-major order; `bool` is a Uint8Array of 0 and 1. */
export interface TensorValue {
  readonly type: ElementType;
  /** [] for a scalar. */
  readonly dims: readonly number[];
  readonly data:
    | Float32Array
    | Float64Array
    | Int8Array
    | Uint8Array
    | Int16Array
    | Int32Array
    | BigInt64Array;
}

/** ONNX's number for an element type. */
export function typeCode(type: ElementType): number {
  return codes[type];
}

/** @throws RangeError for a type that `ElementType` lacks. */
export function typeOfCode(code: number): ElementType {
  const found = Object.entries(codes).find(([, known]) => known === code);
  if (found === undefined) throw new RangeError(`ONNX element type ${code} is not supported`);
  return found[0] as ElementType;
}

export function elementCount(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

export function float32Tensor(dims: readonly number[], values: ArrayLike<number>): TensorValue {
  return { type: 'float32', dims, data: Float32Array.from(values) };
}

export function int64Tensor(dims: readonly number[], values: readonly number[]): TensorValue {
  return { type: 'int64', dims, data: BigInt64Array.from(values, (value) => BigInt(value)) };
}

/** @throws RangeError when the number of elements is not the product of `dims`. */
export function toTensorProto(name: string, tensor: TensorValue): onnx.ITensorProto {
  const { dims, data } = tensor;
  if (data.length !== elementCount(dims)) {
    throw new RangeError(`tensor ${name}: ${data.length} elements for dims [${dims.join(', ')}]`);
  }
  return {
    name,
    dims: [...dims],
    dataType: typeCode(tensor.type),
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}

const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
} as const;

/** The elements of a tensor that is stored inside the model, raw or as a list. */
export function fromTensorProto(proto: onnx.ITensorProto): TensorValue {
  const type = typeOfCode(proto.dataType ?? 0);
  const dims = (proto.dims ?? []).map(Number);
  const make = arrays[type];
  if (proto.rawData && proto.rawData.length > 0) {
    const bytes = Uint8Array.from(proto.rawData);
    const data = new make(bytes.buffer, 0, bytes.length / make.BYTES_PER_ELEMENT);
    return { type, dims, data };
  }
  const list =
    type === 'float32'
      ? proto.floatData
      : type === 'float64'
        ? proto.doubleData
        : type === 'int64'
          ? proto.int64Data
          : proto.int32Data;
  const numbers = (list ?? []).map(Number);
  const data =
    type === 'int64'
      ? BigInt64Array.from(numbers, (value) => BigInt(value))
      : (arrays[type] as typeof Int32Array).from(numbers);
  return { type, dims, data };
}
