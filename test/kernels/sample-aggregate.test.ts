import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../codegen/index.ts';
import { goldenKernel } from './golden-run.ts';

/**
 * sample_aggregate against the kernels that it is made of, one after the other: what goes from the sampler to
 * the features through a stream there, goes through memory here.
 */
type Parameters = Readonly<Record<string, number>>;

interface Run {
  readonly seeds: Uint32Array;
  readonly extent: readonly Uint32Array[];
  readonly colIdx: readonly Uint32Array[];
  readonly features: readonly Int16Array[];
  readonly count: number;
  readonly key: number;
  readonly firstNode: number;
  readonly nodes: number;
}

const absent = 0xffffffff;
const fused = await goldenKernel('sample_aggregate');
const sampler = await goldenKernel('neighbor_sample');
const mean = await goldenKernel('mean_aggregate');
const sums = await goldenKernel('sum_aggregate');

function words(bits: number, length: number, of?: ArrayLike<number>) {
  const Elements = bits === 8 ? Int8Array : bits === 16 ? Int16Array : Int32Array;
  return of === undefined ? new Elements(length) : Elements.from(of);
}

const rowIds = (fanout: number) => Math.ceil(fanout / 16) * 16;

function sampled(p: Parameters, fanout: number, hop: number, run: Run, seeds: Uint32Array) {
  const samples = new Uint32Array(seeds.length * rowIds(fanout));
  const { key } = run;
  const at = p['hops'] === 2 ? hop - 1 : 0;
  sampler.run(
    { fanout, replace: p['replace'] },
    { seeds, extent: run.extent[at], colIdx: run.colIdx[at], count: seeds.length, key, hop },
    { samples },
  );
  return samples;
}

/** Row r of port r mod n, back in one memory. */
function gathered(p: Parameters, run: Run) {
  const lanes = p['rowBeats'] * (512 / p['elementBits']);
  const ports = p['featurePorts'];
  const rows = ports * Math.floor(run.features[0].length / lanes);
  return words(
    p['elementBits'],
    0,
    Array.from({ length: rows * lanes }, (_, i) => {
      const [row, lane] = [Math.floor(i / lanes), i % lanes];
      return run.features[row % ports][Math.floor(row / ports) * lanes + lane] ?? 0;
    }),
  );
}

function meansOf(p: Parameters, fanout: number, ids: Uint32Array, features: ArrayBufferView) {
  const rows = ids.length / rowIds(fanout);
  const lanes = p['rowBeats'] * (512 / p['elementBits']);
  const means = words(p['elementBits'], rows * lanes);
  mean.run(
    { fanout, elementBits: p['elementBits'], rowBeats: p['rowBeats'] },
    { ids, features, rows },
    { means },
  );
  return means;
}

/** What sample_aggregate must give, by way of memory. */
function expected(p: Parameters, run: Run): Record<string, ArrayLike<number>> {
  const features = gathered(p, run);
  const first = sampled(p, p['fanout'], 1, run, run.seeds);
  if (p['partial'] === 1) {
    const inside = first.map((id) =>
      id !== absent && id >= run.firstNode && id < run.firstNode + run.nodes
        ? id - run.firstNode
        : absent,
    );
    const lanes = p['rowBeats'] * (512 / p['elementBits']);
    const results = words(2 * p['elementBits'], run.count * lanes);
    const counts = new Uint32Array(run.count);
    sums.run(
      { fanout: p['fanout'], elementBits: p['elementBits'], rowBeats: p['rowBeats'] },
      { ids: inside, features, rows: run.count },
      { sums: results, counts },
    );
    return { results, counts_0: counts };
  }
  if (p['hops'] === 1) return { results: meansOf(p, p['fanout'], first, features) };
  // The neighbours of the first hop, each a seed of the second, fanout of them a seed.
  const inner = Uint32Array.from({ length: run.count * p['fanout'] }, (_, i) => {
    const seed = Math.floor(i / p['fanout']);
    return first[seed * rowIds(p['fanout']) + (i % p['fanout'])];
  });
  const second = sampled(p, p['fanout2'], 2, run, inner);
  const below = meansOf(p, p['fanout2'], second, features);
  // Row i of the first layer is that of slot i: ids that name slots, where a neighbour is.
  const slots = new Uint32Array(first.length).fill(absent);
  inner.forEach((id, i) => {
    const seed = Math.floor(i / p['fanout']);
    if (id !== absent) slots[seed * rowIds(p['fanout']) + (i % p['fanout'])] = i;
  });
  return { results: meansOf(p, p['fanout'], slots, below) };
}

const cases: readonly Parameters[] = [
  {},
  { featurePorts: 2 },
  { featurePorts: 4, engines: 3, rowBeats: 1 },
  { fanout: 1, elementBits: 8, rowBeats: 8 },
  { fanout: 17, featurePorts: 2, engines: 2, replace: 1 },
  { fanout: 64, featurePorts: 4, rowBeats: 3 },
  { fanout: 20, partial: 1, featurePorts: 2 },
  { partial: 1, elementBits: 8, rowBeats: 1, featurePorts: 4, engines: 4 },
  { hops: 2, fanout: 5, fanout2: 3 },
  { hops: 2, fanout: 17, fanout2: 20, featurePorts: 2, elementBits: 8 },
  { hops: 2, fanout: 1, fanout2: 16, featurePorts: 4, rowBeats: 1, replace: 1 },
];

describe('sample_aggregate is neighbor_sample and mean_aggregate in one', () => {
  it.each(cases)('%o', (given) => {
    const defaults = Object.entries(fused.definition.parameters).map(([name, one]) => [
      name,
      one.default,
    ]);
    const p: Parameters = { ...Object.fromEntries(defaults), ...given };
    for (const size of [0, 1, 2, 7, 40]) {
      const run = fused.definition.workload(p, seededRandom(size + 100), size) as unknown as Run;
      const wanted = expected(p, run);
      const { seeds, count, key, firstNode, nodes } = run;
      const inputs: Record<string, ArrayBufferView | number> = {
        ...{ seeds, count, key, firstNode, nodes },
      };
      for (const [at, one] of run.extent.entries()) inputs[`extent_${at}`] = one;
      for (const [at, one] of run.colIdx.entries()) inputs[`colIdx_${at}`] = one;
      for (const [at, one] of run.features.entries()) {
        inputs[`features_${at}`] = words(p['elementBits'], 0, one);
      }
      const outputs: Record<string, ArrayBufferView & ArrayLike<number>> = {
        results: words(p['elementBits'] * (1 + p['partial']), wanted['results'].length),
        ...(p['partial'] === 1 ? { counts_0: new Uint32Array(size) } : {}),
      };
      fused.run(p, inputs, outputs);
      for (const [name, values] of Object.entries(wanted)) {
        expect({ size, [name]: Array.from(outputs[name]) }).toEqual({
          size,
          [name]: Array.from(values),
        });
      }
    }
  });

  it('refuses two hops of a tile', () => {
    const { definition } = fused;
    expect(definition.refuse?.({ partial: 1, hops: 2 })).toMatch(/hops=1/);
    expect(definition.refuse?.({ partial: 1, hops: 1 })).toBeUndefined();
  });
});
