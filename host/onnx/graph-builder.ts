import type { onnx } from 'onnx-proto';
import { schema } from './proto.ts';
import type { ElementType, TensorValue } from './tensor.ts';
import { float32Tensor, int64Tensor, toTensorProto, typeCode } from './tensor.ts';

/** A dimension: a number, or a name for one that each run decides. */
export type Dimension = number | string;

/** An attribute with its type, since ONNX tells `1` from `1.0`. */
export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly text: string }
  | { readonly ints: readonly number[] }
  | { readonly floats: readonly number[] }
  | { readonly tensor: TensorValue };

export interface NodeOptions {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Name of the node and of its (first) output; made up when left out. */
  readonly name?: string;
  /** How many outputs the node has; default 1. */
  readonly outputs?: number;
}

/** Opset 18: `axes` of the reductions are inputs, `ScatterND` can add, LayerNormalization exists. */
export const opsetVersion = 18;
const irVersion = 8;

function toAttributeProto(name: string, value: Attribute): onnx.IAttributeProto {
  const { AttributeType } = schema.AttributeProto;
  if ('int' in value) return { name, type: AttributeType.INT, i: value.int };
  if ('float' in value) return { name, type: AttributeType.FLOAT, f: value.float };
  if ('text' in value) {
    return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value.text) };
  }
  if ('ints' in value) return { name, type: AttributeType.INTS, ints: [...value.ints] };
  if ('floats' in value) return { name, type: AttributeType.FLOATS, floats: [...value.floats] };
  return { name, type: AttributeType.TENSOR, t: toTensorProto('', value.tensor) };
}

function toValueInfo(
  name: string,
  type: ElementType,
  dims: readonly Dimension[],
): onnx.IValueInfoProto {
  const dim = dims.map((size) =>
    typeof size === 'number' ? { dimValue: size } : { dimParam: size },
  );
  return { name, type: { tensorType: { elemType: typeCode(type), shape: { dim } } } };
}

/**
 * Builds an ONNX graph node by node. Values are named by strings: what `input`, `constant` and `op` return is
 * what later nodes take. Nodes must be added in order, inputs before uses.
 *
 *     const graph = new GraphBuilder('linear');
 *     const x = graph.input('x', 'float32', ['batch', 4]);
 *     const w = graph.constant(float32Tensor([4, 1], weights), 'w');
 *     graph.output(graph.op('MatMul', [x, w], { name: 'y' }), 'float32', ['batch', 1]);
 *     const session = await InferenceSession.create(graph.toBytes());
 */
export class GraphBuilder {
  private readonly graphName: string;
  private readonly nodes: onnx.INodeProto[] = [];
  private readonly initializers: onnx.ITensorProto[] = [];
  private readonly inputs: onnx.IValueInfoProto[] = [];
  private readonly outputs: onnx.IValueInfoProto[] = [];
  private readonly names = new Set<string>();
  private readonly integers = new Map<string, string>();

  constructor(name: string) {
    this.graphName = name;
  }

  private fresh(wanted: string): string {
    let name = wanted;
    for (let count = 2; this.names.has(name); count++) name = `${wanted}_${count}`;
    this.names.add(name);
    return name;
  }

  private check(values: readonly string[], user: string): void {
    for (const value of values) {
      // '' stands for an optional input that is left out.
      if (value !== '' && !this.names.has(value)) {
        throw new RangeError(`${user} takes ${value}, which no earlier node makes`);
      }
    }
  }

  input(name: string, type: ElementType, dims: readonly Dimension[]): string {
    if (this.names.has(name)) throw new RangeError(`the name ${name} is taken`);
    this.inputs.push(toValueInfo(this.fresh(name), type, dims));
    return name;
  }

  constant(value: TensorValue, name = 'constant'): string {
    const own = this.fresh(name);
    this.initializers.push(toTensorProto(own, value));
    return own;
  }

  /** A list of int64 (axes, shapes), or a scalar; equal ones are stored once. */
  integer(value: number | readonly number[]): string {
    const list = typeof value === 'number' ? [value] : value;
    const dims = typeof value === 'number' ? [] : [list.length];
    const key = `${dims.length}:${list.join(',')}`;
    let name = this.integers.get(key);
    if (name === undefined) {
      name = this.constant(int64Tensor(dims, list), `int_${list.join('_').replaceAll('-', 'm')}`);
      this.integers.set(key, name);
    }
    return name;
  }

  /** A float32 scalar. */
  float(value: number): string {
    return this.constant(float32Tensor([], [value]), 'float');
  }

  /** Adds a node and returns the name of its first output. */
  op(type: string, inputs: readonly string[], options: NodeOptions = {}): string {
    return this.opWithOutputs(type, inputs, options)[0];
  }

  /** Adds a node and returns the names of all its outputs. */
  opWithOutputs(type: string, inputs: readonly string[], options: NodeOptions = {}): string[] {
    const { attributes = {}, name = type, outputs = 1 } = options;
    this.check(inputs, `node ${name} (${type})`);
    const first = this.fresh(name);
    const made = [first];
    for (let at = 1; at < outputs; at++) made.push(this.fresh(`${first}:${at}`));
    this.nodes.push({
      name: first,
      opType: type,
      input: [...inputs],
      output: made,
      attribute: Object.entries(attributes).map(([key, value]) => toAttributeProto(key, value)),
    });
    return made;
  }

  output(value: string, type: ElementType, dims: readonly Dimension[]): void {
    this.check([value], `output ${value}`);
    this.outputs.push(toValueInfo(value, type, dims));
  }

  /** The serialised model. The same calls give the same bytes. */
  toBytes(): Uint8Array {
    return schema.ModelProto.encode({
      irVersion,
      producerName: 'tilewright',
      opsetImport: [{ domain: '', version: opsetVersion }],
      graph: {
        name: this.graphName,
        node: this.nodes,
        initializer: this.initializers,
        input: this.inputs,
        output: this.outputs,
      },
    }).finish();
  }
}
