import { availableParallelism } from 'node:os';
import type { Tensor as OrtTensor } from 'onnxruntime-node';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { batchesByLength } from './batches.ts';
import { encoderError } from './encoder-error.ts';
import type { EncoderFolder } from './encoder-folder.ts';
import { hashEncoder, readEncoderFolder } from './encoder-folder.ts';
import { poolTokens } from './pooling.ts';
import { defaultEncoderFolder } from './sentence-encoder-lite.ts';
import type { TokenizedText } from './text-tokenizer.ts';
import { TextTokenizer } from './text-tokenizer.ts';

/** Turns texts into vectors whose inner products tell how alike the texts are. */
export interface SentenceEncoder extends AsyncDisposable {
  readonly folder: string;
  readonly dimensions: number;
  /**
   * One vector of `dimensions` a text, row-major, in the order of the texts. A text without a token (an
   * empty one, for tokenizers that add none) gets zeros; a text over the encoder's limit is cut.
   * @throws TilewrightError `ENCODER_CLOSED` after `close`.
   */
  encode(texts: readonly string[]): Promise<Float32Array>;
  /** SHA-256, in hex, of everything that decides the results; for caches. */
  identity(): Promise<string>;
  close(): Promise<void>;
}

export interface OpenEncoderOptions {
  /** Threads of one inference; default: all cores, at most 4. */
  readonly threads?: number;
  /** Texts in one inference; default 32. */
  readonly batchSize?: number;
  readonly onProgress?: (message: string) => void;
  /** Folder of the artefact store that keeps the default encoder; default: the usual one. */
  readonly cacheFolder?: string;
}

/** Keeps the memory of one inference within bounds when texts are long. */
const mostTokensInBatch = 8192;

type TokenInput = 'input_ids' | 'attention_mask' | 'token_type_ids';
const tokenInputs: readonly TokenInput[] = ['input_ids', 'attention_mask', 'token_type_ids'];

/** The output to use: a vector a text where the model has one, else the vectors of its tokens. */
function chooseOutput(session: InferenceSession, file: string): { name: string; pooled: boolean } {
  const names = session.outputNames;
  if (names.includes('sentence_embedding')) return { name: 'sentence_embedding', pooled: true };
  const hidden = ['last_hidden_state', 'token_embeddings'].find((name) => names.includes(name));
  if (hidden !== undefined) return { name: hidden, pooled: false };
  throw encoderError(
    `${file} has none of the outputs sentence_embedding, last_hidden_state, token_embeddings ` +
      `(it has ${names.join(', ')})`,
  );
}

class OnnxEncoder implements SentenceEncoder {
  readonly folder: string;
  dimensions = 0;
  private readonly files: EncoderFolder;
  private readonly session: InferenceSession;
  private readonly tokenizer: TextTokenizer;
  private readonly output: { readonly name: string; readonly pooled: boolean };
  private readonly batchSize: number;
  private readonly inputs: ReadonlyMap<TokenInput, 'int32' | 'int64'>;
  private hash: Promise<string> | undefined;
  private closed = false;

  constructor(files: EncoderFolder, session: InferenceSession, batchSize: number) {
    this.files = files;
    this.folder = files.folder;
    this.session = session;
    this.batchSize = batchSize;
    this.tokenizer = new TextTokenizer(files);
    this.output = chooseOutput(session, files.modelFile);
    this.inputs = new Map(
      session.inputMetadata.map((input) => {
        if (!tokenInputs.includes(input.name as TokenInput)) {
          throw encoderError(
            `${files.modelFile} takes ${input.name}; a text encoder takes ${tokenInputs.join(', ')}`,
          );
        }
        const type = input.isTensor && input.type === 'int32' ? 'int32' : 'int64';
        return [input.name as TokenInput, type] as const;
      }),
    );
  }

  /** Runs one word, which shows that the model works and how wide its vectors are. */
  async probe(): Promise<void> {
    const { vectors } = await this.run([this.tokenizer.tokenize('word')]);
    this.dimensions = vectors.length;
    if (this.dimensions === 0) throw encoderError(`${this.files.modelFile} gives empty vectors`);
  }

  async encode(texts: readonly string[]): Promise<Float32Array> {
    if (this.closed) {
      throw new TilewrightError(`the encoder ${this.folder} is closed`, {
        code: 'ENCODER_CLOSED',
        hint: 'Open it again, or close it later.',
      });
    }
    const tokenized = texts.map((text) => this.tokenizer.tokenize(text));
    const lengths = tokenized.map(({ ids }) => ids.length);
    const result = new Float32Array(texts.length * this.dimensions);
    for (const batch of batchesByLength(lengths, this.batchSize, mostTokensInBatch)) {
      const { vectors } = await this.run(batch.map((index) => tokenized[index]));
      batch.forEach((index, row) => {
        const vector = vectors.subarray(row * this.dimensions, (row + 1) * this.dimensions);
        result.set(vector, index * this.dimensions);
      });
    }
    return result;
  }

  private feeds(texts: readonly TokenizedText[], tokens: number): Record<string, OrtTensor> {
    const dims = [texts.length, tokens];
    const value: Record<TokenInput, (text: TokenizedText, token: number) => number> = {
      input_ids: ({ ids }, token) => ids[token] ?? this.files.padTokenId,
      attention_mask: ({ ids }, token) => (token < ids.length ? 1 : 0),
      token_type_ids: ({ types }, token) => types[token] ?? 0,
    };
    const feeds: Record<string, OrtTensor> = {};
    for (const [name, type] of this.inputs) {
      const at = (index: number): number =>
        value[name](texts[Math.floor(index / tokens)], index % tokens);
      const length = texts.length * tokens;
      feeds[name] =
        type === 'int32'
          ? new Tensor(
              'int32',
              new Int32Array(length).map((_, index) => at(index)),
              dims,
            )
          : new Tensor(
              'int64',
              new BigInt64Array(length).map((_, index) => BigInt(at(index))),
              dims,
            );
    }
    return feeds;
  }

  private async run(texts: readonly TokenizedText[]): Promise<{ vectors: Float32Array }> {
    const lengths = texts.map(({ ids }) => ids.length);
    const tokens = Math.max(...lengths);
    const { name, pooled } = this.output;
    const { modelFile, pooling } = this.files;
    let output: OrtTensor;
    try {
      output = (await this.session.run(this.feeds(texts, tokens), [name]))[name];
    } catch (error) {
      throw encoderError(`${modelFile} failed to run: ${(error as Error).message}`, error);
    }
    if (!(output.data instanceof Float32Array)) {
      throw encoderError(`${modelFile}: its output ${name} is ${output.type}, not float32`);
    }
    const expected = pooled ? [texts.length] : [texts.length, tokens];
    const { dims } = output;
    if (dims.length !== expected.length + 1 || expected.some((size, at) => dims[at] !== size)) {
      throw encoderError(`${modelFile}: its output ${name} has the shape [${dims.join(', ')}]`);
    }
    const wide = dims[dims.length - 1];
    return {
      vectors: pooled ? output.data : poolTokens(output.data, lengths, tokens, wide, pooling),
    };
  }

  identity(): Promise<string> {
    this.hash ??= hashEncoder(this.files);
    return this.hash;
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.session.release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Opens a text encoder.
 * @param folder a folder as on Hugging Face (`tokenizer.json`, `onnx/model.onnx` or `model.onnx`); without
 * it the default encoder, Universal Sentence Encoder Lite, converted to ONNX on first use. An output
 * `sentence_embedding` is taken as it is; of `last_hidden_state` the mean over the text's tokens (or the
 * first one, where `1_Pooling/config.json` says so), scaled to length 1.
 * @throws TilewrightError `ENCODER_UNUSABLE` when a file is missing or damaged, or no text encoder.
 */
export async function openEncoder(
  folder?: string,
  options: OpenEncoderOptions = {},
): Promise<SentenceEncoder> {
  const files = await readEncoderFolder(folder ?? (await defaultEncoderFolder(options)));
  const threads = options.threads ?? Math.min(4, availableParallelism());
  options.onProgress?.(`loading the text encoder ${files.folder}`);
  let session: InferenceSession;
  try {
    session = await InferenceSession.create(files.modelFile, {
      intraOpNumThreads: threads,
      logSeverityLevel: 3,
      // Threads that wait by spinning take the cores from everything else: three times the CPU time.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    });
  } catch (error) {
    throw encoderError(`cannot load ${files.modelFile}: ${(error as Error).message}`, error);
  }
  try {
    const encoder = new OnnxEncoder(files, session, options.batchSize ?? 32);
    await encoder.probe();
    return encoder;
  } catch (error) {
    await session.release();
    throw error;
  }
}
