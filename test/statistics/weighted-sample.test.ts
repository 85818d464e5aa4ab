import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildAliasTable } from '../../host/graph/alias-table.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { across, type Drawer, firstDraws } from './across.ts';
import { goodnessOfFit } from './chi-square.ts';
import { against, type Evidence, expectRight, never } from './evidence.ts';
import { drawSamples, type Lists, listsOf, nodes, type Sampler, samplerOf } from './run-sampler.ts';
import { promises } from './uniformity.ts';
import { expectWrong, type WrongSampler } from './wrong-sampler.ts';

/** The statistics of weighted_sample with the tables that the host builds, and of samplers that are wrong. */
const weightings: Readonly<Record<string, readonly number[]>> = {
  equal: Array.from({ length: 12 }, () => 1),
  rising: Array.from({ length: 20 }, (_, at) => at + 1),
  '1 : 1000': [1, 1000],
  'one of 1000 among ones': [1, 1, 1, 1000, 1, 1, 1, 1],
  'one of 1 among thousands': [1000, 1000, 1, 1000, 1000],
  'nothing at both ends': [0, 3, 0, 1, 0, 2, 0],
  'a single weight': [0, 0, 0, 0.25, 0],
  'powers of two': Array.from({ length: 12 }, (_, at) => 2 ** -at),
  alone: [7],
  'a thousand': Array.from({ length: 1000 }, (_, at) => ((at * 7919) % 1000) ** 2),
};

/** The arrays of lists with weights: the alias table is laid out as the edges are. */
function weigh(weights: readonly (readonly number[])[]): { lists: Lists; alias: Uint32Array } {
  const lists = listsOf(weights.map(({ length }) => length));
  const { begins, colIdx } = lists;
  const rowPtr = Uint32Array.from([...begins, colIdx.length]);
  const values = [...Array(begins[0]).fill(0), ...weights.flat()];
  return { lists, alias: buildAliasTable({ nodes: weights.length, rowPtr, colIdx }, values) };
}

/** Every neighbour as often as its weight says, in each draw alone too; one of no weight never. */
function byWeight(names: readonly string[], rows: number): (sampler: Sampler) => Evidence[] {
  return (sampler) => {
    const weights = names.map((name) => weightings[name]);
    const { lists, alias } = weigh(weights);
    const fanout = 5;
    const samples = drawSamples(sampler, {
      parameters: { fanout },
      lists,
      seeds: nodes(rows * weights.length),
      key: 31,
      hop: 1,
      inputs: { alias },
    });
    return names.flatMap((name, list) => {
      const found = samples.filter((sample) => sample.list === list);
      const total = weights[list].reduce((sum, weight) => sum + weight, 0);
      const chances = weights[list].map((weight) => weight / total);
      const counts = (of: readonly (readonly number[])[]) => {
        const all = new Float64Array(chances.length);
        for (const drawn of of) for (const at of drawn) all[at] += 1;
        return all;
      };
      const all = counts(found.map(({ drawn }) => drawn));
      const evidence = [
        ...promises(name, found, fanout, 1),
        never(
          `${name}: drawn in spite of no weight`,
          all.some((count, at) => count > 0 && chances[at] === 0),
        ),
      ];
      if (chances.some((chance) => chance === 1)) return evidence;
      // Where one neighbour is nearly certain, a draw alone has too few others to count.
      const lone = rows * (1 - Math.max(...chances)) < 10 ? [] : [0, fanout - 1];
      const alone = lone.map((draw) => ({
        name: `${name}: draw ${draw} alone`,
        p: goodnessOfFit(counts(found.map(({ drawn }) => [drawn[draw]])), chances),
      }));
      return [...evidence, { name: `${name}: weights`, p: goodnessOfFit(all, chances) }, ...alone];
    });
  };
}

/** Hops, keys and nodes; and two draws of the same sample. */
function independent(sampler: Sampler): Evidence[] {
  const weights = [1, 5, 2, 4, 3, 6];
  const chances = weights.map((weight) => weight / 21);
  const { lists, alias } = weigh([weights]);
  const drawerOf =
    (fanout: number): Drawer =>
    (seeds, key, hop) =>
      drawSamples(sampler, { parameters: { fanout }, lists, seeds, key, hop, inputs: { alias } });
  const compare = firstDraws(chances);
  const pair = drawerOf(2)(nodes(4000), 5, 1);
  const later = pair.map((sample) => ({ ...sample, drawn: sample.drawn.slice(1) }));
  return [
    compare('draws 0 and 1', pair, later),
    ...across('weighted', drawerOf(1), compare, 2048, 20),
  ];
}

const file = 'weighted-sample.ts';
const wrong: readonly WrongSampler[] = [
  {
    name: 'weights shifted by one',
    caughtBy: 'rising: weights',
    tests: byWeight(['rising'], 500),
    file,
    changes: [['const pair = (now.lane & 7) * 2;', 'const pair = ((now.lane + 1) & 7) * 2;']],
  },
  {
    name: 'the coin is the number that chose the slot',
    caughtBy: 'rising: weights',
    tests: byWeight(['rising'], 500),
    file,
    changes: [['coin: mix(random)', 'coin: random']],
  },
  {
    name: 'the alias where the slot is meant',
    caughtBy: 'drawn in spite of no weight',
    tests: byWeight(['nothing at both ends'], 100),
    file,
    changes: [['now.coin < pairs[pair]', 'now.coin >= pairs[pair]']],
  },
  {
    name: 'weights ignored',
    caughtBy: '1 : 1000: weights',
    tests: byWeight(['1 : 1000'], 1200),
    file,
    changes: [['now.coin < pairs[pair] ? neighbour : pairs[u4(pair + 1)]', 'neighbour']],
  },
  {
    name: 'probabilities of 4 bits',
    caughtBy: 'powers of two: weights',
    tests: byWeight(['powers of two'], 3000),
    file,
    changes: [['now.coin < pairs[pair]', 'now.coin >>> 28 < pairs[pair] >>> 28']],
  },
  {
    name: 'a sample of one draw',
    caughtBy: 'draws 0 and 1',
    tests: independent,
    file,
    changes: [['mulLow(at, 0x9e3779b1, 32)', 'mulLow(at, 0, 32)']],
  },
  {
    name: 'all hops alike',
    caughtBy: 'hops 1 and 2',
    tests: independent,
    file: 'neighbor-sample.ts',
    changes: [['+ offset)));', '+ key)));']],
  },
];

describe('weighted_sample', async () => {
  const sampler = await samplerOf('weighted_sample');
  const evidence: Evidence[] = [];
  const tests = { weights: byWeight(Object.keys(weightings), 1200), independent };
  it.each(Object.entries(tests))('%s', (_, test) => {
    const found = test(sampler);
    evidence.push(...found);
    expect(against(found)).toEqual([]);
  });
  it('the tests together', () => expectRight('weighted_sample', evidence));
});

describe('a wrong weighted_sample is found out', () => {
  const { folder } = temporaryFolder();
  it.each(wrong)('$name', async (one) => {
    await expectWrong(one, 'weighted_sample', join(folder, one.name));
  });
});
