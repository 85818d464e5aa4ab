import { InferenceSession, Tensor } from 'onnxruntime-node';
import { TilewrightError } from '../../codegen/support/errors.ts';
import type { FusionInputs } from './fusion-network.ts';
import { graphLayers } from './fusion-network.ts';
import { fusionNames } from './fusion-onnx.ts';

/** Scores items for users with an exported fusion graph, on ONNX Runtime. */
export interface FusionSession extends AsyncDisposable {
  /**
   * The scores of all items for one user.
   * @throws TilewrightError `SCORE_NOT_FINITE` naming the user and the item.
   */
  score(user: number): Promise<Float32Array>;
  close(): Promise<void>;
}

export interface FusionColumns {
  readonly graphColumns: number;
  readonly textColumns: number;
}

/**
 * Opens an exported fusion graph over the inputs of all users and items. One thread: so sums are always
 * taken in one order, and the same inputs give the same scores.
 */
export async function openFusion(
  model: Uint8Array,
  inputs: FusionInputs,
  columns: FusionColumns,
): Promise<FusionSession> {
  const session = await InferenceSession.create(model, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
  });
  const { textColumns } = columns;
  const width = graphLayers * columns.graphColumns;
  const { userGraph, userText, itemGraph, itemText } = inputs;
  const items = itemText.length / textColumns;
  const itemPart = {
    [fusionNames.itemGraph]: new Tensor('float32', itemGraph, [items, width]),
    [fusionNames.itemText]: new Tensor('float32', itemText, [items, textColumns]),
  };
  const rowOf = (values: Float32Array, row: number, length: number) =>
    new Tensor('float32', values.subarray(row * length, (row + 1) * length), [1, length]);
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= session.release();
    return closing;
  };
  return {
    async score(user) {
      const results = await session.run({
        ...itemPart,
        [fusionNames.userGraph]: rowOf(userGraph, user, width),
        [fusionNames.userText]: rowOf(userText, user, textColumns),
      });
      const scores = results[fusionNames.scores].data as Float32Array;
      const bad = scores.findIndex((score) => !Number.isFinite(score));
      if (bad < 0) return scores;
      throw new TilewrightError(`the score of item ${bad} for user ${user} is ${scores[bad]}`, {
        code: 'SCORE_NOT_FINITE',
        hint: 'Train the model again; its inputs or weights hold a value that is not finite.',
      });
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
