import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runOn } from '../../host/cosim/compare-runs.ts';
import { encodeWorkload } from '../../host/cosim/encode-workload.ts';
import { buildKernel } from '../../host/device/build-kernel.ts';
import { openDevice } from '../../host/device/open-device.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { across, drawerOf, evenChances, firstDraws, inCommon } from './across.ts';
import { against, type Evidence, expectRight, never } from './evidence.ts';
import {
  argumentsOf,
  drawSamples,
  listsOf,
  nodes,
  readSamples,
  type Sampler,
  samplerOf,
} from './run-sampler.ts';
import {
  inclusion,
  pairs,
  promises,
  subsets,
  successive,
  type Uniformity,
  uniformity,
} from './uniformity.ts';
import { expectWrong, type WrongSampler } from './wrong-sampler.ts';

/**
 * The statistics of neighbor_sample, on its TypeScript; test/equality carries them over to the hardware. And
 * samplers that are a little wrong, each of which the same tests must find out.
 */
const around = (powers: readonly number[]) =>
  powers.flatMap((power) => [2 ** power - 1, 2 ** power, 2 ** power + 1]);
const manyDegrees = [
  1,
  2,
  ...around([4, 5, 6, 7, 8, 9, 10, 11, 12, 13]),
  100,
  1000,
  5000,
  9999,
  10_000,
];

const fewDegrees = [1, 2, 3, 4, 5, 6, 7, 8, 9, 31, 32, 33, 1023, 9999, 10_000];
const manyKeys = [1, 2, 0x80000000, 0xdeadbeef];

function degrees(sampler: Sampler): Evidence[] {
  const given: readonly Uniformity[] = [
    { fanout: 16, replace: 0, degrees: manyDegrees, rows: 150, keys: manyKeys },
    { fanout: 5, replace: 0, degrees: fewDegrees, rows: 300, keys: manyKeys },
    { fanout: 1, replace: 0, degrees: fewDegrees, rows: 300, keys: manyKeys },
    { fanout: 64, replace: 0, degrees: [63, 64, 65, 129, 10_000], rows: 100, keys: [1, 2] },
    { fanout: 5, replace: 1, degrees: fewDegrees, rows: 200, keys: manyKeys },
  ];
  return given.flatMap((one) => uniformity(sampler, one));
}

function small(sampler: Sampler): Evidence[] {
  return [
    ...subsets(sampler, 1500, [3, 4]),
    ...pairs(sampler, {
      fanout: 16,
      replace: 0,
      degrees: [18, 24, 33],
      rows: 600,
      keys: [5, 6],
    }),
    ...successive(sampler, 16, 11, { rows: 600, keys: [7, 8] }),
  ];
}

/** Many draws of one long list, for what is wrong by a few percent only, and how many samples are alike. */
function longList(sampler: Sampler): Evidence[] {
  const given = { fanout: 8, degrees: [10_000], keys: [9, 10] };
  return [...uniformity(sampler, { ...given, replace: 1, rows: 5000 }), alike(sampler)];
}

/** Two nodes with the same sample, 4 of 9,973: one pair in 4 · 10^14. */
function alike(sampler: Sampler): Evidence {
  const samples = drawSamples(sampler, {
    parameters: { fanout: 4, replace: 0 },
    lists: listsOf([9973]),
    seeds: nodes(3000),
    key: 12,
    hop: 1,
  });
  const different = new Set(samples.map(({ drawn }) => drawn.join()));
  return never('two nodes alike', different.size < samples.length);
}

function independent(sampler: Sampler): Evidence[] {
  const single = drawerOf(sampler, 1, 12);
  const several = drawerOf(sampler, 16, 64);
  return [
    ...across('1 of 12', single, firstDraws(evenChances(12)), 3072, 20),
    ...across('16 of 64', several, inCommon(16), 1024, 1000),
    ...overKeys(sampler),
  ];
}

/** One node with key after key, one hop after the other. */
function overKeys(sampler: Sampler): Evidence[] {
  const draw = drawerOf(sampler, 1, 7);
  const node = nodes(1, 40);
  const keys = Array.from(nodes(2000), (key) => draw(node, key, 1)[0]);
  const hops = Array.from(nodes(2000), (hop) => draw(node, 77, hop)[0]);
  const compare = firstDraws(evenChances(7));
  const halves = (name: string, samples: typeof keys) =>
    compare(
      name,
      samples.filter((_, at) => at % 2 === 0),
      samples.filter((_, at) => at % 2 === 1),
    );
  return [halves('one node, keys c and c + 1', keys), halves('one node, hops h and h + 1', hops)];
}

type Tests = (sampler: Sampler) => Evidence[];

/** Cheap parts of the tests above, which is enough for what is wrong everywhere. */
const oneFanout: Tests = (sampler) =>
  uniformity(sampler, {
    fanout: 5,
    replace: 0,
    degrees: [4, 5, 6, 7, 33],
    rows: 200,
    keys: [1, 2],
  });
const singles: Tests = (sampler) =>
  across('1 of 12', drawerOf(sampler, 1, 12), firstDraws(evenChances(12)), 512, 20);

const file = 'neighbor-sample.ts';
const wrong: readonly WrongSampler[] = [
  {
    name: 'draws below j in place of j + 1',
    caughtBy: 'inclusion',
    tests: oneFanout,
    file,
    changes: [
      ['u32(degree - p.fanout + 1)', 'u32(degree - p.fanout)'],
      ['clash ? bound - 1 : drawn', 'clash ? bound : drawn'],
    ],
  },
  {
    name: 'takes j − 1 where the draw is taken already',
    caughtBy: 'a neighbour twice',
    tests: oneFanout,
    file,
    changes: [['clash ? bound - 1 : drawn', 'clash ? bound - 2 : drawn']],
  },
  {
    name: 'takes j where the neighbour beside the draw is taken',
    caughtBy: 'subsets',
    tests: (sampler) => subsets(sampler, 1500, [3, 4]),
    file,
    changes: [['taken[l] === drawn', '(taken[l] >>> 1) === (drawn >>> 1)']],
  },
  {
    name: 'overlooks the draw before',
    caughtBy: 'a neighbour twice',
    tests: oneFanout,
    file,
    changes: [['taken[l] === drawn', 'l !== 0 && taken[l] === drawn']],
  },
  {
    name: 'takes the first of a list that is one longer than the fanout',
    caughtBy: 'degree 6: inclusion',
    tests: oneFanout,
    file,
    changes: [['degree > p.fanout)', 'degree > p.fanout + 1)']],
  },
  {
    name: 'starts one behind the list',
    caughtBy: 'outside of the list',
    tests: oneFanout,
    file,
    changes: [['const position = u32(begin + pick);', 'const position = u32(begin + pick + 1);']],
  },
  {
    name: 'draws of 15 random bits',
    caughtBy: 'degree 10000: inclusion',
    tests: longList,
    file,
    changes: [['randoms.write(mix(value));', 'randoms.write(u32(mix(value) & 0xfffe0000));']],
  },
  {
    name: 'node hashes of 16 bits',
    caughtBy: 'two nodes alike',
    tests: (sampler) => [alike(sampler)],
    file,
    changes: [['+ offset)));', '+ offset)) & 0xffff);']],
  },
  {
    name: 'draws in equal steps',
    caughtBy: 'draws 0 and 1',
    tests: (sampler) => successive(sampler, 16, 11, { rows: 600, keys: [7, 8] }),
    file,
    changes: [['randoms.write(mix(value));', 'randoms.write(value);']],
  },
  {
    name: 'the same draw twice, in turn',
    caughtBy: 'draws 1 and 2',
    tests: (sampler) => successive(sampler, 16, 11, { rows: 600, keys: [7, 8] }),
    file,
    changes: [
      ['randoms.write(mix(value));', 'randoms.write(mix(at & 1 ? u32(value + golden) : value));'],
    ],
  },
  {
    name: 'all hops alike',
    caughtBy: 'hops 1 and 2',
    tests: singles,
    file,
    changes: [['+ offset)));', '+ key)));']],
  },
  {
    name: 'hops alike by twos',
    caughtBy: 'hops 2 and 3',
    tests: singles,
    file,
    changes: [['let rest = hop;', 'let rest = u32(hop & ~1);']],
  },
  {
    name: 'keys that differ in the last bit alike',
    caughtBy: 'keys 20 and 21',
    tests: singles,
    file,
    changes: [['let offset = key;', 'let offset = u32(key | 1);']],
  },
  {
    name: 'nodes beside each other alike',
    caughtBy: 'nodes v and v + 1',
    tests: singles,
    file,
    changes: [['mix(nodes.read())', 'mix(u32(nodes.read() | 1))']],
  },
  {
    name: 'nodes joined with the key before they are mixed',
    caughtBy: 'nodes v and v ^ 1, keys c and c ^ 1',
    tests: singles,
    file,
    changes: [
      ['mix(nodes.read())', 'mix(u32(nodes.read() ^ key))'],
      ['let offset = key;', 'let offset = u32(0);'],
    ],
  },
];

describe('neighbor_sample', async () => {
  const sampler = await samplerOf('neighbor_sample');
  const evidence: Evidence[] = [];
  const tests = { degrees, small, longList, independent };
  it.each(Object.entries(tests))('%s', (_, test) => {
    const found = test(sampler);
    evidence.push(...found);
    expect(against(found)).toEqual([]);
  });
  it('on the C++', async () => {
    const found = await native();
    evidence.push(...found);
    expect(against(found)).toEqual([]);
  });
  it('the tests together', () => expectRight('neighbor_sample', evidence));
});

/** On the C++ under g++, which is fast enough for every neighbour of the longest list to be counted. */
async function native(): Promise<Evidence[]> {
  const [fanout, degree] = [16, 10_000];
  const kernel = await buildKernel('neighbor_sample', { fanout });
  await using device = await openDevice('native');
  const lists = listsOf([degree]);
  const draw = { parameters: { fanout }, lists, seeds: nodes(50_000), key: 13, hop: 1 };
  const workload = encodeWorkload(kernel.manifest, argumentsOf(draw));
  const { outputs } = await runOn(device, kernel, workload);
  const bytes = outputs.get('samples') ?? new Uint8Array();
  const samples = readSamples(
    draw,
    new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4),
  );
  const name = `native, fanout ${fanout}, degree ${degree}`;
  return [...promises(name, samples, fanout, 0), ...inclusion(name, samples, fanout, 0)];
}

describe('a wrong neighbor_sample is found out', () => {
  const { folder } = temporaryFolder();
  it.each(wrong)('$name', async (one) => {
    await expectWrong(one, 'neighbor_sample', join(folder, one.name));
  });
});
