import type { Dataset, Split } from '../dataset/interactions.ts';
import type { CachedEncoder } from '../encoder/index.ts';
import type { FusionInputs, GraphSide, RecommenderModel } from '../recommender/index.ts';
import type { AggregationKernels, Device } from '../stream/index.ts';
import { type CommandContext, realNumber } from './command.ts';
import { dataOption, loadData } from './data-option.ts';
import { threadsOf, threadsOption } from './threads-option.ts';

/** Options of every command that works with a trained model. */
export const recommenderOptions = {
  data: dataOption,
  encoder: {
    describe:
      'Text encoder: a Hugging Face folder (tokenizer.json, onnx/model.onnx); default: built in',
    type: 'string',
    requiresArg: true,
  },
  device: {
    describe: 'Where sampling and aggregation run: golden, native, hls, sim, xrt or opencl',
    type: 'string',
    requiresArg: true,
    default: 'native',
  },
  ...threadsOption,
} as const;

export const clockOption = {
  clock: realNumber('clock', 'Clock that turns cycles into milliseconds, MHz (default 300)', {
    min: 1,
    max: 1000,
  }),
} as const;

export interface OpenRecommender extends AsyncDisposable {
  readonly dataset: Dataset;
  readonly split: Split;
  /** Rows that the model was trained on: the split's training and validation parts. */
  readonly trainingRows: Uint32Array;
  readonly model: RecommenderModel;
  /** False when the model was trained by this call. */
  readonly cached: boolean;
  readonly kernels: AggregationKernels;
  readonly device: Device;
  readonly graph: GraphSide;
  readonly inputs: FusionInputs;
  readonly encoder: CachedEncoder;
}

/** Data, encoder, trained model and the graph side on a device: what `recommend`, `evaluate` and `demo` share. */
export async function openRecommender(
  options: {
    readonly data: string;
    readonly encoder?: string | undefined;
    readonly device: string;
    readonly threads?: number | undefined;
  },
  context: CommandContext,
): Promise<OpenRecommender> {
  const { openDevice } = await import('../device/open-device.ts');
  const device = await openDevice(options.device, threadsOf(options));
  try {
    return await open(options, context, device);
  } catch (error) {
    await device.close();
    throw error;
  }
}

async function open(
  options: Parameters<typeof openRecommender>[0],
  context: CommandContext,
  device: Device,
): Promise<OpenRecommender> {
  const { buildKernel } = await import('../device/build-kernel.ts');
  const { openDevice } = await import('../device/open-device.ts');
  const { splitLeaveLastOut } = await import('../dataset/split.ts');
  const { openEncoder, cachedEncoder } = await import('../encoder/index.ts');
  const recommender = await import('../recommender/index.ts');
  const { progress, signal } = context;

  const encoder = await progress.step('Opening the text encoder', async (onProgress) =>
    cachedEncoder(await openEncoder(options.encoder, { onProgress })),
  );
  try {
    const dataset = await loadData(options.data, context);
    const split = splitLeaveLastOut(dataset.interactions);
    const trainingRows = Uint32Array.from([...split.train, ...split.validation]).sort();
    const settings = recommender.defaultOptions;
    const { fanout, dimension } = settings;
    const kernels = await progress.step('Building both kernels', async () => ({
      sample: await buildKernel('neighbor_sample', { fanout }),
      aggregate: await buildKernel('mean_aggregate', { fanout, rowBeats: dimension / 32 }),
    }));
    // The result does not depend on the device that trains; this one is quick.
    await using trainer = await openDevice('native');
    const { model, cached } = await progress.step('Training the recommender', async (onProgress) =>
      recommender.storedModel({
        dataset,
        rows: trainingRows,
        options: settings,
        encoder: await encoder.identity(),
        signal,
        onProgress,
        prepare: async () => {
          onProgress(`encoding ${dataset.itemIds.length} titles`);
          const texts = dataset.titles.map((title, item) =>
            recommender.itemText(title, dataset.genres[item]),
          );
          const values = await encoder.encode(texts);
          return { text: { dimensions: encoder.dimensions, values }, kernels, device: trainer };
        },
      }),
    );
    const graph = await progress.step(`Sampling and aggregating two hops on ${device.name}`, () =>
      recommender.graphSide(
        device,
        kernels,
        recommender.graphOf(model.histories),
        model.h0,
        model.histories.users,
        model.key,
        signal,
      ),
    );
    return {
      dataset,
      split,
      trainingRows,
      model,
      cached,
      kernels,
      device,
      graph,
      inputs: recommender.fusionInputs(model, graph),
      encoder,
      [Symbol.asyncDispose]: async () => {
        await encoder.close();
        await device.close();
      },
    };
  } catch (error) {
    await encoder.close();
    throw error;
  }
}
