import { Tokenizer } from '@huggingface/tokenizers';
import { encoderError } from './encoder-error.ts';
import type { EncoderFolder } from './encoder-folder.ts';

export interface TokenizedText {
  readonly ids: readonly number[];
  /** Of the same length: 0 for the first sequence of a pair, which is all there is here. */
  readonly types: readonly number[];
}

interface Encoded {
  readonly ids: readonly number[];
  readonly token_type_ids?: readonly number[];
}

/** No vocabulary has pieces this long; what lies beyond could not become one of the first tokens. */
const charactersPerToken = 64;

/** Turns texts into ids, special tokens included, cut to the encoder's limit. */
export class TextTokenizer {
  private readonly tokenizer: Tokenizer;
  private readonly maxTokens: number;

  /** @throws TilewrightError `ENCODER_UNUSABLE` when tokenizer.json is not a supported tokenizer. */
  constructor(encoder: EncoderFolder) {
    this.maxTokens = encoder.maxTokens;
    try {
      this.tokenizer = new Tokenizer(
        { added_tokens: [], ...encoder.tokenizer },
        encoder.tokenizerConfig,
      );
      this.tokenizer.encode('a');
    } catch (error) {
      throw encoderError(
        `${encoder.folder}/tokenizer.json cannot be used: ${(error as Error).message}`,
        error,
      );
    }
  }

  tokenize(text: string): TokenizedText {
    const limit = this.maxTokens * charactersPerToken;
    // Cut before half a character, which would become a character of its own.
    const head = text.length <= limit ? text : text.slice(0, limit).replace(/[\uD800-\uDBFF]$/, '');
    const whole = this.encode(head, true);
    const types = whole.token_type_ids ?? whole.ids.map(() => 0);
    if (whole.ids.length <= this.maxTokens) return { ids: whole.ids, types };
    return this.cut(head, whole.ids, types);
  }

  private encode(text: string, special: boolean): Encoded {
    const options = { add_special_tokens: special, return_token_type_ids: true } as const;
    return this.tokenizer.encode(text, options);
  }

  /** Cuts the text's own tokens, not the special ones before and after them. */
  private cut(text: string, ids: readonly number[], types: readonly number[]): TokenizedText {
    const plain = this.encode(text, false).ids;
    const special = ids.length - plain.length;
    let before = 0;
    while (before < special && !plain.every((id, at) => ids[before + at] === id)) before++;
    const kept = Math.max(0, this.maxTokens - special);
    const take = <T>(list: readonly T[]): T[] => [
      ...list.slice(0, before + kept),
      ...list.slice(before + plain.length),
    ];
    return { ids: take(ids), types: take(types) };
  }
}
