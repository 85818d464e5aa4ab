import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { encoderError } from './encoder-error.ts';

/** How one vector is made of a model's vectors of tokens. */
export type Pooling = 'mean' | 'first';

/** The files of a Hugging Face folder, as far as a text encoder needs them. */
export interface EncoderFolder {
  readonly folder: string;
  readonly modelFile: string;
  /** The parsed tokenizer.json and tokenizer_config.json ({} where there is none). */
  readonly tokenizer: object;
  readonly tokenizerConfig: object;
  readonly padTokenId: number;
  /** Longer texts are cut to this many tokens, special ones included. */
  readonly maxTokens: number;
  readonly pooling: Pooling;
}

/** Encoders state no limit where they have none; without one a long text would take all memory. */
const usualMaxTokens = 512;

async function readJson(file: string, missing?: object): Promise<Record<string, unknown>> {
  if (missing !== undefined && !existsSync(file)) return { ...missing };
  try {
    const json: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof json !== 'object' || json === null) throw new Error('it is not a JSON object');
    return json as Record<string, unknown>;
  } catch (error) {
    throw encoderError(`cannot read ${file}: ${(error as Error).message}`, error);
  }
}

function count(value: unknown): number | undefined {
  // Tokenizers without a limit say 1e30.
  return typeof value === 'number' && value > 0 && value < 1e6 ? value : undefined;
}

/**
 * Reads what an encoder folder holds.
 * @throws TilewrightError `ENCODER_UNUSABLE` when the folder, its tokenizer.json or its model is missing.
 */
export async function readEncoderFolder(folder: string): Promise<EncoderFolder> {
  if (!existsSync(folder)) throw encoderError(`the encoder folder ${folder} does not exist`);
  const tokenizerFile = join(folder, 'tokenizer.json');
  if (!existsSync(tokenizerFile)) {
    throw encoderError(`the encoder folder ${folder} has no tokenizer.json`);
  }
  const modelFile = ['onnx/model.onnx', 'model.onnx']
    .map((name) => join(folder, name))
    .find((file) => existsSync(file));
  if (modelFile === undefined) {
    throw encoderError(`the encoder folder ${folder} has neither onnx/model.onnx nor model.onnx`);
  }
  const tokenizer = await readJson(tokenizerFile);
  const tokenizerConfig = await readJson(join(folder, 'tokenizer_config.json'), {});
  const config = await readJson(join(folder, 'config.json'), {});
  const sentence = await readJson(join(folder, 'sentence_bert_config.json'), {});
  const pooling = await readJson(join(folder, '1_Pooling', 'config.json'), {});
  const truncation = tokenizer['truncation'] as { max_length?: unknown } | null | undefined;
  const padding = tokenizer['padding'] as { pad_id?: unknown } | null | undefined;
  const limits = [
    count(sentence['max_seq_length']),
    count(tokenizerConfig['model_max_length']),
    count(truncation?.max_length),
    count(config['max_position_embeddings']),
  ].filter((limit) => limit !== undefined);
  return {
    folder,
    modelFile,
    tokenizer,
    tokenizerConfig,
    padTokenId: Number(config['pad_token_id'] ?? padding?.pad_id ?? 0),
    maxTokens: limits.length === 0 ? usualMaxTokens : Math.min(...limits),
    pooling: pooling['pooling_mode_cls_token'] === true ? 'first' : 'mean',
  };
}

/** SHA-256, in hex, of everything that decides an encoder's results. */
export async function hashEncoder(encoder: EncoderFolder): Promise<string> {
  const hash = createHash('sha256');
  const { tokenizer, tokenizerConfig, padTokenId, maxTokens, pooling } = encoder;
  hash.update(JSON.stringify({ tokenizer, tokenizerConfig, padTokenId, maxTokens, pooling }));
  // Large models keep their weights in files beside the model, e.g. model.onnx_data.
  const folder = dirname(encoder.modelFile);
  const name = basename(encoder.modelFile);
  const files = (await readdir(folder)).filter((file) => file.startsWith(name)).sort();
  for (const file of files) {
    for await (const chunk of createReadStream(join(folder, file), { highWaterMark: 1 << 20 })) {
      hash.update(chunk as Buffer);
    }
  }
  return hash.digest('hex');
}
