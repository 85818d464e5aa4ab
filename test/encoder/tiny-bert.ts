import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ElementType } from '../../host/onnx/index.ts';
import { float32Tensor, GraphBuilder } from '../../host/onnx/index.ts';

export const tinyWords = [
  '[PAD]',
  '[UNK]',
  '[CLS]',
  '[SEP]',
  'toy',
  'story',
  'space',
  'the',
  '##s',
];
export const tinyWidth = 6;
const positions = 8;

/** Seeded numbers in [-1, 1). */
function weights(seed: number, length: number): Float32Array {
  let state = seed;
  return new Float32Array(length).map(() => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

const parameters = {
  word: weights(1, tinyWords.length * tinyWidth),
  position: weights(2, positions * tinyWidth),
  type: weights(3, 2 * tinyWidth),
  query: weights(4, tinyWidth * tinyWidth),
  key: weights(5, tinyWidth * tinyWidth),
  value: weights(6, tinyWidth * tinyWidth),
  scale: weights(7, tinyWidth),
  bias: weights(8, tinyWidth),
};

const epsilon = 1e-6;

export interface TinyBertOptions {
  readonly inputType?: 'int64' | 'int32';
  /** Name of the output; `sentence_embedding` is the first token's vector as it is. */
  readonly output?: string;
  /** Name of the first input. */
  readonly idsName?: string;
}

/** BERT in small: embeddings, one layer of attention with one head, a residual and a layer norm. */
export function tinyBert(options: TinyBertOptions = {}): Uint8Array {
  const { inputType = 'int64', output = 'last_hidden_state', idsName = 'input_ids' } = options;
  const g = new GraphBuilder('tiny_bert');
  const input = (name: string): string =>
    g.input(name, inputType as ElementType, ['batch', 'tokens']);
  const ids = input(idsName);
  const mask = input('attention_mask');
  const types = input('token_type_ids');
  const matrix = (name: keyof typeof parameters, rows: number): string =>
    g.constant(float32Tensor([rows, tinyWidth], parameters[name]), name);
  const vector = (name: keyof typeof parameters): string =>
    g.constant(float32Tensor([tinyWidth], parameters[name]), name);

  const shape = g.op('Shape', [ids]);
  const tokens = g.op('Squeeze', [
    g.op('Slice', [shape, g.integer([1]), g.integer([2])]),
    g.integer([0]),
  ]);
  const range = g.op('Range', [g.integer(0), tokens, g.integer(1)]);
  const embedded = g.op('Add', [
    g.op('Add', [
      g.op('Gather', [matrix('word', tinyWords.length), ids]),
      g.op('Gather', [matrix('type', 2), types]),
    ]),
    g.op('Gather', [matrix('position', positions), range]),
  ]);
  const [query, key, value] = (['query', 'key', 'value'] as const).map((name) =>
    g.op('MatMul', [embedded, matrix(name, tinyWidth)]),
  );
  const turned = g.op('Transpose', [key], { attributes: { perm: { ints: [0, 2, 1] } } });
  const present = g.op('Cast', [mask], { attributes: { to: { int: 1 } } });
  const absent = g.op('Mul', [g.op('Sub', [g.float(1), present]), g.float(-1e9)]);
  const scores = g.op('Add', [
    g.op('MatMul', [query, turned]),
    g.op('Unsqueeze', [absent, g.integer([1])]),
  ]);
  const mixed = g.op('MatMul', [g.op('Softmax', [scores]), value]);
  const normal = g.op(
    'LayerNormalization',
    [g.op('Add', [embedded, mixed]), vector('scale'), vector('bias')],
    { attributes: { epsilon: { float: epsilon } } },
  );
  if (output === 'sentence_embedding') {
    const first = g.op('Gather', [normal, g.integer(0)], {
      attributes: { axis: { int: 1 } },
      name: output,
    });
    g.output(first, 'float32', ['batch', tinyWidth]);
  } else {
    g.output(g.op('Identity', [normal], { name: output }), 'float32', [
      'batch',
      'tokens',
      tinyWidth,
    ]);
  }
  return g.toBytes();
}

/** The same model in plain numbers: one text's token vectors. */
export function tinyBertByHand(ids: readonly number[]): number[][] {
  const row = (table: Float32Array, at: number): number[] => [
    ...table.subarray(at * tinyWidth, (at + 1) * tinyWidth),
  ];
  const times = (x: readonly number[], m: Float32Array): number[] =>
    Array.from({ length: tinyWidth }, (_, to) =>
      x.reduce((sum, factor, from) => sum + factor * m[from * tinyWidth + to], 0),
    );
  const x = ids.map((id, at) => {
    const [word, place, type] = [
      row(parameters.word, id),
      row(parameters.position, at),
      row(parameters.type, 0),
    ];
    return word.map((value, i) => value + place[i] + type[i]);
  });
  const keys = x.map((token) => times(token, parameters.key));
  const values = x.map((token) => times(token, parameters.value));
  return x.map((token) => {
    const query = times(token, parameters.query);
    const scores = keys.map((key) => Math.exp(key.reduce((sum, k, i) => sum + k * query[i], 0)));
    const total = scores.reduce((sum, score) => sum + score, 0);
    const mixed = token.map(
      (own, i) => own + values.reduce((sum, value, j) => sum + (scores[j] / total) * value[i], 0),
    );
    const mean = mixed.reduce((sum, value) => sum + value, 0) / tinyWidth;
    const variance = mixed.reduce((sum, value) => sum + (value - mean) ** 2, 0) / tinyWidth;
    return mixed.map(
      (value, i) =>
        ((value - mean) / Math.sqrt(variance + epsilon)) * parameters.scale[i] + parameters.bias[i],
    );
  });
}

/** A WordPiece tokenizer as BERT's: `[CLS] … [SEP]`, lower case. */
export function tinyTokenizer(): object {
  const special = (id: number, content: string) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [0, 1, 2, 3].map((id) => special(id, tinyWords[id])),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [
        { SpecialToken: { id: '[CLS]', type_id: 0 } },
        { Sequence: { id: 'A', type_id: 0 } },
        { SpecialToken: { id: '[SEP]', type_id: 0 } },
      ],
      pair: [],
      special_tokens: {},
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(tinyWords.map((word, id) => [word, id])),
    },
  };
}

/** Writes the folder as Hugging Face lays it out. */
export function writeTinyBert(folder: string, model: Uint8Array = tinyBert()): string {
  mkdirSync(join(folder, 'onnx'), { recursive: true });
  writeFileSync(join(folder, 'onnx', 'model.onnx'), model);
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tinyTokenizer()));
  writeFileSync(
    join(folder, 'config.json'),
    JSON.stringify({ model_type: 'bert', max_position_embeddings: positions, pad_token_id: 0 }),
  );
  return folder;
}
