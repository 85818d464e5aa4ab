// Ranking quality by the protocol `full`: the recommender, the recommender without parts of z, and beside
// them in the same run popularity, ItemKNN and EASE, for several training seeds.
//
//   npx jiti bench/ranking.ts [--json] [--data SOURCE] [--device NAME] [--part test|validation]
//                             [--seeds N] [--first-seed N]

import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { renderTable } from '../codegen/support/table.ts';
import { loadDataset, splitLeaveLastOut } from '../host/dataset/index.ts';
import { buildKernel } from '../host/device/build-kernel.ts';
import { openDevice } from '../host/device/open-device.ts';
import { cachedEncoder, openEncoder } from '../host/encoder/index.ts';
import {
  defaultOptions,
  type EvaluationRow,
  evaluateFull,
  fusionInputs,
  graphOf,
  graphSide,
  itemText,
  pairedGain,
  trainModel,
} from '../host/recommender/index.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    data: { type: 'string', default: 'movielens-dslabs' },
    device: { type: 'string', default: 'native' },
    part: { type: 'string', default: 'test' },
    seeds: { type: 'string', default: '1' },
    'first-seed': { type: 'string', default: '1' },
  },
});
const testing = values.part === 'test';
if (!testing && values.part !== 'validation') {
  throw new RangeError(`--part is test or validation, not ${values.part}`);
}
const say = (text: string) => process.stderr.write(`${text}\n`);

const dataset = await loadDataset(values.data);
const split = splitLeaveLastOut(dataset.interactions);
// For the test a model may know the validation part, as it would on the day. Choices are made on the
// validation part alone, from models that know the training part only.
const rows = testing ? Uint32Array.from([...split.train, ...split.validation]).sort() : split.train;
const held = testing ? split.test : split.validation;

const { fanout, dimension } = defaultOptions;
const kernels = {
  sample: await buildKernel('neighbor_sample', { fanout }),
  aggregate: await buildKernel('mean_aggregate', { fanout, rowBeats: dimension / 32 }),
};
await using device = await openDevice(values.device);
await using encoder = await cachedEncoder(await openEncoder());
const texts = dataset.titles.map((title, item) => itemText(title, dataset.genres[item]));
say(`encoding ${texts.length} titles`);
const text = { dimensions: encoder.dimensions, values: await encoder.encode(texts) };

interface SeedResult {
  readonly seed: number;
  /** Processor time of training on this machine, which may be busy with other things. */
  readonly trainSeconds: number;
  readonly rows: readonly EvaluationRow[];
}

const results: SeedResult[] = [];
const first = Number(values['first-seed']);
for (let seed = first; seed < first + Number(values.seeds); seed++) {
  say(`seed ${seed}: training`);
  const before = process.cpuUsage();
  const options = { ...defaultOptions, seed };
  const model = await trainModel({ dataset, rows, text, kernels, device, options });
  const used = process.cpuUsage(before);
  const trainSeconds = (used.user + used.system) / 1e6;
  const { histories, h0, key } = model;
  const graph = await graphSide(device, kernels, graphOf(histories), h0, histories.users, key);
  const evaluated = await evaluateFull(
    model,
    fusionInputs(model, graph),
    dataset,
    held,
    (message) => say(`seed ${seed}: ${message}`),
    { peers: true },
  );
  results.push({ seed, trainSeconds, rows: evaluated });
}

const machine = `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores`;
if (values.json) {
  const json = {
    machine,
    protocol: 'full',
    dataset: dataset.name,
    part: values.part,
    device: device.name,
    options: defaultOptions,
    seeds: results.map(({ seed, trainSeconds, rows: evaluated }) => ({
      seed,
      trainSeconds,
      rows: evaluated.map(({ name, figures, ranks }) => ({
        name,
        ...figures,
        behindFull: pairedGain(evaluated[0].ranks, ranks),
      })),
    })),
  };
  process.stdout.write(`${JSON.stringify(json)}\n`);
} else {
  for (const { seed, trainSeconds, rows: evaluated } of results) {
    const shown = (value: number, error: number) => `${value.toFixed(4)} ± ${error.toFixed(4)}`;
    const table = renderTable(
      [
        { title: `${dataset.name}, full, ${values.part}, seed ${seed}` },
        { title: 'NDCG@10' },
        { title: 'HR@10' },
        { title: 'full is ahead by' },
      ],
      evaluated.map(({ name, figures, ranks }, at) => {
        const ahead = pairedGain(evaluated[0].ranks, ranks);
        return [
          name,
          shown(figures.ndcg, figures.ndcgError),
          shown(figures.hitRate, figures.hitRateError),
          at === 0 ? '' : shown(ahead.mean, ahead.error),
        ];
      }),
    );
    process.stdout.write(
      `${table}\n${evaluated[0].figures.users} users, all unseen items, mid-rank ties, standard errors; ` +
        `trained in ${trainSeconds.toFixed(1)} s of processor time on ${device.name}\n\n`,
    );
  }
  process.stdout.write(`${machine}\n`);
}
