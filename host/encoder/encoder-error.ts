import { TilewrightError } from '../../codegen/support/errors.ts';

const layout =
  'A folder as on Hugging Face holds tokenizer.json and onnx/model.onnx (or model.onnx); export one ' +
  'with: optimum-cli export onnx --model NAME FOLDER.';

/** Something about an encoder folder that keeps it from being used. */
export function encoderError(message: string, cause?: unknown, hint = layout): TilewrightError {
  return new TilewrightError(message, { code: 'ENCODER_UNUSABLE', hint, cause });
}
