export type { CachedEncoder } from './embedding-cache.ts';
export { cachedEncoder } from './embedding-cache.ts';
export type { OpenEncoderOptions, SentenceEncoder } from './open-encoder.ts';
export { openEncoder } from './open-encoder.ts';
export type { ConvertOptions } from './sentence-encoder-lite.ts';
export { defaultEncoderFolder } from './sentence-encoder-lite.ts';
