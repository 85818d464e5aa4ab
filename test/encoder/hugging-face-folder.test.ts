import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openEncoder } from '../../host/encoder/index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { tinyBert, tinyBertByHand, tinyWidth, writeTinyBert } from './tiny-bert.ts';

const { folder } = temporaryFolder();

/** Mean over tokens, scaled to length 1. */
function pooled(ids: readonly number[]): number[] {
  const tokens = tinyBertByHand(ids);
  const sum = tokens[0].map((_, i) => tokens.reduce((total, token) => total + token[i], 0));
  const length = Math.hypot(...sum);
  return sum.map((value) => value / length);
}

function expectClose(actual: Float32Array, expected: readonly number[], row = 0): void {
  expected.forEach((value, at) => {
    expect(actual[row * expected.length + at]).toBeCloseTo(value, 5);
  });
}

describe('an encoder folder as on Hugging Face', () => {
  it('gives the mean of the tokens, scaled to length 1, whatever the batch', async () => {
    const encoder = await openEncoder(writeTinyBert(join(folder, 'plain')), { threads: 1 });
    expect(encoder.dimensions).toBe(tinyWidth);
    const texts = ['Toy Story', 'the', 'toys space toys', ''];
    const ids = [
      [2, 4, 5, 3],
      [2, 7, 3],
      [2, 4, 8, 6, 4, 8, 3],
      [2, 3],
    ];
    const together = await encoder.encode(texts);
    for (const [row, text] of texts.entries()) {
      expectClose(together, pooled(ids[row]), row);
      const alone = await encoder.encode([text]);
      alone.forEach((value, at) => {
        expect(Math.abs(value - together[row * tinyWidth + at])).toBeLessThan(1e-6);
      });
    }
    expect(await encoder.encode([])).toHaveLength(0);
    await encoder.close();
    await encoder.close();
    await expect(encoder.encode(['x'])).rejects.toMatchObject({ code: 'ENCODER_CLOSED' });
  });

  it('cuts a long text and keeps the last special token', async () => {
    const encoder = await openEncoder(writeTinyBert(join(folder, 'long')), { threads: 1 });
    const long = await encoder.encode(['the '.repeat(100_000)]);
    expectClose(long, pooled([2, 7, 7, 7, 7, 7, 7, 3]));
    await encoder.close();
  });

  it('takes int32 inputs, model.onnx beside tokenizer.json, and the first token', async () => {
    const own = writeTinyBert(join(folder, 'int32'), tinyBert({ inputType: 'int32' }));
    renameSync(join(own, 'onnx', 'model.onnx'), join(own, 'model.onnx'));
    mkdirSync(join(own, '1_Pooling'));
    writeFileSync(join(own, '1_Pooling', 'config.json'), '{"pooling_mode_cls_token": true}');
    const encoder = await openEncoder(own, { threads: 1 });
    const [first] = tinyBertByHand([2, 4, 3]);
    expectClose(
      await encoder.encode(['toy']),
      first.map((x) => x / Math.hypot(...first)),
    );
    await encoder.close();
  });

  it('takes an output sentence_embedding as it is', async () => {
    const model = tinyBert({ output: 'sentence_embedding' });
    const encoder = await openEncoder(writeTinyBert(join(folder, 'sentence'), model));
    expectClose(await encoder.encode(['toy', 'the the']), tinyBertByHand([2, 4, 3])[0]);
    await encoder.close();
  });

  it('names itself by its content', async () => {
    const identity = async (name: string, change?: (own: string) => void): Promise<string> => {
      const own = writeTinyBert(join(folder, name));
      change?.(own);
      const encoder = await openEncoder(own, { threads: 1 });
      const hash = await encoder.identity();
      await encoder.close();
      return hash;
    };
    const one = await identity('same-1');
    expect(await identity('same-2')).toBe(one);
    const shorter = (own: string) =>
      writeFileSync(join(own, 'config.json'), '{"max_position_embeddings": 6}');
    expect(await identity('other', shorter)).not.toBe(one);
  });
});

describe('an encoder folder that cannot be used', () => {
  it.each<[string, (own: string) => void, RegExp]>([
    ['no folder', (own) => rmSync(own, { recursive: true }), /does not exist/],
    ['no tokenizer', (own) => rmSync(join(own, 'tokenizer.json')), /has no tokenizer\.json/],
    [
      'no model',
      (own) => rmSync(join(own, 'onnx'), { recursive: true }),
      /has neither onnx\/model\.onnx nor model\.onnx/,
    ],
    [
      'a damaged model',
      (own) => writeFileSync(join(own, 'onnx', 'model.onnx'), tinyBert().subarray(0, 700)),
      /cannot load .*model\.onnx/,
    ],
    [
      'an empty model',
      (own) => writeFileSync(join(own, 'onnx', 'model.onnx'), ''),
      /cannot load .*model\.onnx/,
    ],
    [
      'a damaged tokenizer',
      (own) => writeFileSync(join(own, 'tokenizer.json'), '{"model": {"type": "Word'),
      /cannot read .*tokenizer\.json/,
    ],
    [
      'a tokenizer of an unknown kind',
      (own) => writeFileSync(join(own, 'tokenizer.json'), '{"model": {"type": "Magic"}}'),
      /tokenizer\.json cannot be used/,
    ],
    [
      'an input that no text encoder takes',
      (own) => writeFileSync(join(own, 'onnx/model.onnx'), tinyBert({ idsName: 'pixels' })),
      /takes pixels; a text encoder takes input_ids, attention_mask, token_type_ids/,
    ],
    [
      'no known output',
      (own) => writeFileSync(join(own, 'onnx/model.onnx'), tinyBert({ output: 'logits' })),
      /has none of the outputs .*\(it has logits\)/,
    ],
  ])('%s', async (name, spoil, message) => {
    const own = writeTinyBert(join(folder, name.replaceAll(' ', '-')));
    spoil(own);
    const opened = openEncoder(own, { threads: 1 });
    await expect(opened).rejects.toThrow(message);
    await expect(opened).rejects.toMatchObject({
      name: 'TilewrightError',
      code: 'ENCODER_UNUSABLE',
      hint: expect.stringContaining('tokenizer.json'),
    });
  });
});
