import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { evenChances } from './across.ts';
import { independence } from './chi-square.ts';
import { against, type Evidence, expectRight } from './evidence.ts';
import { nodes, type Sample, type Sampler, samplerOf } from './run-sampler.ts';
import { inclusion, pairEvidence, promises } from './uniformity.ts';
import { expectWrong, type WrongSampler } from './wrong-sampler.ts';

/**
 * The statistics of sample_aggregate, which gives no samples: they are read off its sums and means, by features
 * that tell the nodes apart.
 */
const lanes = 64;
const plain = { fanout2: 1, hops: 1, elementBits: 16, rowBeats: 2, featurePorts: 1, engines: 0 };

/** Samples out of one list of nodes 0 … degree − 1: node i has a 1 in lane i, so a sum says who was drawn. */
function sampled(
  sampler: Sampler,
  given: { fanout: number; degree: number; replace: number; rows: number },
): Sample[] {
  const { fanout, degree, replace, rows } = given;
  const features = [0, 1].map(() => new Int16Array(Math.ceil(degree / 2) * lanes));
  for (let node = 0; node < degree; node++) {
    features[node % 2][Math.floor(node / 2) * lanes + node] = 1;
  }
  const sums = new Int32Array(rows * lanes);
  const counts = new Uint32Array(rows);
  const parameters = { ...plain, fanout, replace, partial: 1, featurePorts: 2, engines: 3 };
  sampler.run(
    parameters,
    {
      seeds: nodes(rows),
      extent_0: Uint32Array.from({ length: 2 * rows }, (_, at) => (at % 2) * degree),
      colIdx_0: nodes(degree),
      features_0: features[0],
      features_1: features[1],
      ...{ count: rows, key: 61, firstNode: 0, nodes: degree },
    },
    { results: sums, counts_0: counts },
  );
  return Array.from(counts, (_, row) => ({
    list: 0,
    degree,
    drawn: Array.from({ length: degree }, (_, at) => at).flatMap((at) =>
      Array.from({ length: sums[row * lanes + at] }, () => at),
    ),
  }));
}

function uniform(sampler: Sampler, rows = 1000): Evidence[] {
  return [
    { fanout: 5, degree: 5, replace: 0 },
    { fanout: 5, degree: 6, replace: 0 },
    { fanout: 5, degree: 33, replace: 0 },
    { fanout: 5, degree: 64, replace: 1 },
  ].flatMap((one) => {
    const samples = sampled(sampler, { ...one, rows });
    const { fanout, degree, replace } = one;
    const name = `fanout ${fanout}, degree ${degree}${replace === 1 ? ', with replacement' : ''}`;
    return [
      ...promises(name, samples, fanout, replace),
      ...(degree > fanout ? inclusion(name, samples, fanout, replace) : []),
      ...(degree === 33 ? [pairEvidence(name, samples, fanout)] : []),
    ];
  });
}

const fan = 6;

/**
 * One neighbour of each seed, then one of that one, each of 6: which they were. The lists of the first hop are
 * `first`; node m of the second hop leads to 6 leaves, whose features say m mod 6 and which of them it is.
 */
function twoHops(sampler: Sampler, first: (seed: number) => readonly number[], rows: number) {
  const lists = Array.from(nodes(rows), first);
  const degree = lists[0].length;
  const leaves = fan * fan;
  const features = new Int16Array(leaves * lanes);
  for (let leaf = 0; leaf < leaves; leaf++) {
    features.set([Math.floor(leaf / fan), leaf % fan], leaf * lanes);
  }
  const means = new Int16Array(rows * lanes);
  sampler.run(
    { ...plain, fanout: 1, hops: 2, replace: 0, partial: 0 },
    {
      seeds: nodes(rows),
      extent_0: Uint32Array.from({ length: 2 * rows }, (_, at) => ((at + 1) >> 1) * degree),
      colIdx_0: Uint32Array.from(lists.flat()),
      extent_1: Uint32Array.from(
        { length: 2 * rows * fan },
        (_, at) => ((at >> 1) % fan) * fan + (at % 2) * fan,
      ),
      colIdx_1: nodes(leaves),
      features_0: features,
      ...{ count: rows, key: 62, firstNode: 0, nodes: 0 },
    },
    { results: means },
  );
  return Array.from({ length: rows }, (_, row) => [means[row * lanes], means[row * lanes + 1]]);
}

/** A draw of the second hop tells nothing of that of the first, also where both are of the same node. */
function hops(sampler: Sampler, rows = 1500): Evidence[] {
  const chances = evenChances(fan);
  const there = twoHops(
    sampler,
    (seed) => Array.from({ length: fan }, (_, at) => seed * fan + at),
    rows,
  );
  // Each seed its own and only neighbour, which the second hop draws from.
  const second = twoHops(sampler, (seed) => [seed], rows).map(([, leaf]) => leaf);
  const first = there.map(([neighbour]) => neighbour);
  return [
    {
      name: 'both draws of two hops',
      p: independence(
        there.map(([a, b]) => [a, b] as const),
        chances,
      ),
    },
    {
      name: 'both draws of a node',
      p: independence(
        first.map((a, row) => [a, second[row]] as const),
        chances,
      ),
    },
  ];
}

const wrong: readonly WrongSampler[] = [
  {
    name: 'the second hop draws as the first',
    caughtBy: 'both draws of a node',
    tests: (sampler) => hops(sampler, 500),
    file: 'sample-aggregate.ts',
    changes: [['rows, key, u32(2), nodes,', 'rows, key, u32(1), nodes,']],
  },
  {
    name: 'draws below j in place of j + 1',
    caughtBy: 'inclusion',
    tests: (sampler) => uniform(sampler, 500),
    file: 'neighbor-sample.ts',
    changes: [
      ['u32(degree - p.fanout + 1)', 'u32(degree - p.fanout)'],
      ['clash ? bound - 1 : drawn', 'clash ? bound : drawn'],
    ],
  },
];

describe('sample_aggregate', async () => {
  const sampler = await samplerOf('sample_aggregate');
  const evidence: Evidence[] = [];
  it.each([
    ['uniform', uniform],
    ['hops', hops],
  ] as const)('%s', (_, test) => {
    const found = test(sampler);
    evidence.push(...found);
    expect(against(found)).toEqual([]);
  });
  it('the tests together', () => expectRight('sample_aggregate', evidence));
});

describe('a wrong sample_aggregate is found out', () => {
  const { folder } = temporaryFolder();
  it.each(wrong)('$name', async (one) => {
    await expectWrong(one, 'sample_aggregate', join(folder, one.name));
  });
});
