import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { across, type Drawer, evenChances, firstDraws } from './across.ts';
import { against, type Evidence, expectRight, never } from './evidence.ts';
import {
  absent,
  drawSamples,
  type Lists,
  listsOf,
  nodes,
  type Sample,
  type Sampler,
  samplerOf,
} from './run-sampler.ts';
import { inclusion, promises } from './uniformity.ts';
import { expectWrong, type WrongSampler } from './wrong-sampler.ts';

/**
 * The statistics of temporal_sample: nothing from a seed's future or its present, and what is older as
 * neighbor_sample would draw it. And samplers that are wrong.
 */
interface Timed {
  readonly lists: Lists;
  readonly edgeTime: Uint32Array;
}

/** Lists of so many edges of each time, in the order of the times. */
function timedLists(
  lists: readonly (readonly (readonly [edges: number, time: number])[])[],
): Timed {
  const times = lists.map((list) =>
    list.flatMap(([edges, time]) => Array.from({ length: edges }, () => time)),
  );
  const made = listsOf(times.map(({ length }) => length));
  return {
    lists: made,
    edgeTime: Uint32Array.from([...Array(made.begins[0]).fill(0), ...times.flat()]),
  };
}

const now = 1000;

/** How many edges are older than now, of now (a tie), and from the future. */
const ages = [
  [0, 0, 0],
  [0, 0, 40],
  [0, 17, 0],
  [1, 0, 30],
  [4, 30, 1],
  [5, 1, 40],
  [6, 1, 1],
  [7, 0, 0],
  [8, 300, 8],
  [15, 1, 16],
  [16, 1, 0],
  [17, 15, 17],
  [33, 0, 100],
  [250, 250, 250],
  [1500, 1, 200],
] as const;

/** The samples as if the lists were as long as what is older than the seed. */
function olderOnly(samples: readonly Sample[], older: (list: number) => number): Sample[] {
  return samples.map(({ list, drawn }) => ({ list, drawn, degree: older(list) }));
}

/** Draws at the same time of every seed, near both ends of what a time can be and between. */
function prefixes(
  sampler: Sampler,
  { replace, rows }: { replace: 0 | 1; rows: number },
): Evidence[] {
  const fanout = 5;
  const found = ages.map((): Sample[] => []);
  const times = [now, 2 ** 31, absent];
  for (const [at, time] of times.entries()) {
    const { lists, edgeTime } = timedLists(
      ages.map(([older, ties, later]) => [
        // Half of them just so.
        [Math.floor(older / 2), time - 700],
        [Math.ceil(older / 2), time - 1],
        [ties, time],
        [later, Math.min(absent, time + 1)],
      ]),
    );
    const seeds = nodes(rows * ages.length);
    const samples = drawSamples(sampler, {
      parameters: { fanout, replace },
      lists,
      seeds,
      key: 50 + at,
      hop: 1 + at,
      inputs: { times: new Uint32Array(seeds.length).fill(time), edgeTime },
    });
    for (const sample of samples) found[sample.list].push(sample);
  }
  return found.flatMap((samples, list) => {
    const [older, ties, later] = ages[list];
    const what = replace === 1 ? 'with replacement, ' : '';
    const name = `${what}${older} older, ${ties} of now, ${later} later`;
    const among = olderOnly(samples, () => older);
    return [
      never(
        `${name}: not older`,
        samples.some(({ drawn }) => drawn.some((at) => !(at < older))),
      ),
      ...promises(name, among, fanout, replace),
      ...(older > fanout ? inclusion(name, among, fanout, replace) : []),
    ];
  });
}

/** One list of 40 edges, a time each, and a seed at each time: nothing before the first, all after the last. */
function everyMoment(sampler: Sampler, rounds = 20): Evidence[] {
  const fanout = 4;
  const edges = 40;
  const { lists, edgeTime } = timedLists([
    Array.from({ length: edges }, (_, at) => [1, 10 * at + 10] as const),
  ]);
  const moments = 10 * (edges + 2);
  const seeds = nodes(moments * rounds);
  const times = seeds.map((node) => node % moments);
  const olderAt = (row: number) => Math.min(edges, Math.ceil(Math.max(0, times[row] - 10) / 10));
  const samples = drawSamples(sampler, {
    parameters: { fanout, replace: 0 },
    lists,
    seeds,
    key: 8,
    hop: 1,
    inputs: { times, edgeTime },
  }).map((sample, row) => ({ ...sample, degree: olderAt(row) }));
  const newest = samples.filter(({ drawn, degree }) => drawn.includes(degree - 1)).length;
  return [
    never(
      'every moment: not older',
      samples.some(({ drawn, degree }) => drawn.some((at) => !(at < degree))),
    ),
    never('every moment: the newest never', newest === 0),
    ...promises('every moment', samples, fanout, 0),
  ];
}

function independent(sampler: Sampler, rows = 2048): Evidence[] {
  const { lists, edgeTime } = timedLists([
    [
      [12, 5],
      [30, now],
    ],
  ]);
  const draw: Drawer = (seeds, key, hop) =>
    drawSamples(sampler, {
      parameters: { fanout: 1, replace: 0 },
      lists,
      seeds,
      key,
      hop,
      inputs: { times: new Uint32Array(seeds.length).fill(now), edgeTime },
    });
  return across('1 of 12 older', draw, firstDraws(evenChances(12)), rows, 20);
}

const withoutReplacement = (sampler: Sampler) => prefixes(sampler, { replace: 0, rows: 40 });

const file = 'temporal-sample.ts';
const wrong: readonly WrongSampler[] = [
  {
    name: 'not older in place of older: ≤ in place of <',
    caughtBy: '17 of now, 0 later: not older',
    tests: withoutReplacement,
    file,
    changes: [['times[l] < limit', 'times[l] <= limit']],
  },
  {
    name: 'times as signed numbers',
    caughtBy: 'another number of draws',
    tests: withoutReplacement,
    file,
    changes: [['times[l] < limit', '(times[l] | 0) < (limit | 0)']],
  },
  {
    name: 'counts what stands before the list',
    caughtBy: 'not older',
    tests: withoutReplacement,
    file,
    changes: [['(!first || l >= from)', '(!first || l >= 0)']],
  },
  {
    name: 'counts what stands behind the list',
    caughtBy: 'not older',
    tests: withoutReplacement,
    file,
    changes: [['(!final || l <= to)', '(!final || l <= 15)']],
  },
  {
    name: 'forgets the newest that is older',
    caughtBy: 'another number of draws',
    tests: (sampler) => everyMoment(sampler, 3),
    file,
    changes: [['degree: older, hash', 'degree: u32(older === 0 ? 0 : older - 1), hash']],
  },
  {
    name: 'the time of the seed before',
    caughtBy: 'every moment: not older',
    tests: (sampler) => everyMoment(sampler, 3),
    file,
    changes: [['limit: beat[i & 15]', 'limit: beat[(i + 15) & 15]']],
  },
  {
    name: 'draws below j in place of j + 1',
    caughtBy: 'inclusion',
    tests: (sampler) => prefixes(sampler, { replace: 0, rows: 200 }),
    file: 'neighbor-sample.ts',
    changes: [
      ['u32(degree - p.fanout + 1)', 'u32(degree - p.fanout)'],
      ['clash ? bound - 1 : drawn', 'clash ? bound : drawn'],
    ],
  },
  {
    name: 'all keys alike',
    caughtBy: 'keys 20 and 21',
    tests: (sampler) => independent(sampler, 512),
    file: 'neighbor-sample.ts',
    changes: [['let offset = key;', 'let offset = u32(0);']],
  },
];

describe('temporal_sample', async () => {
  const sampler = await samplerOf('temporal_sample');
  const evidence: Evidence[] = [];
  const tests = {
    older: (one: Sampler) => prefixes(one, { replace: 0, rows: 200 }),
    'older, with replacement': (one: Sampler) => prefixes(one, { replace: 1, rows: 100 }),
    everyMoment: (one: Sampler) => everyMoment(one),
    independent: (one: Sampler) => independent(one),
  };
  it.each(Object.entries(tests))('%s', (_, test) => {
    const found = test(sampler);
    evidence.push(...found);
    expect(against(found)).toEqual([]);
  });
  it('the tests together', () => expectRight('temporal_sample', evidence));
});

describe('a wrong temporal_sample is found out', () => {
  const { folder } = temporaryFolder();
  it.each(wrong)('$name', async (one) => {
    await expectWrong(one, 'temporal_sample', join(folder, one.name));
  });
});
