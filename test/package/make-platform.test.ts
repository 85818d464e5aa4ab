import { expect, test } from 'vitest';
import { cardMemory, memoryCards } from '../../codegen/package/card-memory.ts';
import { parseConnectivity } from '../../codegen/package/connectivity.ts';
import { makePlatform } from '../../codegen/package/make-platform.ts';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { exampleManifest, examplePlatform } from './xclbin/example-xclbin.ts';

function banksOf(connectivity?: string, card?: 'u250' | 'u280') {
  const { banks, computeUnits } = examplePlatform(connectivity, { card });
  return Object.fromEntries(
    computeUnits.flatMap(({ instance, connections }) =>
      Object.entries(connections).map(([name, bank]) => [`${instance}.${name}`, banks[bank].name]),
    ),
  );
}

test('where nothing is said: DDR[0], or a bank of HBM for each port', () => {
  expect(banksOf()).toEqual({
    'sum_1.ids': 'DDR[0]',
    'sum_1.means': 'DDR[0]',
    'mean_1.ids': 'DDR[0]',
    'mean_1.means': 'DDR[0]',
  });
  expect(banksOf('nk=sum:2', 'u280')).toEqual({
    'sum_1.ids': 'HBM[0]',
    'sum_1.means': 'HBM[1]',
    'sum_2.ids': 'HBM[2]',
    'sum_2.means': 'HBM[3]',
    'mean_1.ids': 'HBM[4]',
    'mean_1.means': 'HBM[5]',
  });
});

test('more ports than banks of HBM share them in turn', () => {
  const { banks, computeUnits } = examplePlatform('nk=sum:20', { card: 'u50' });
  const used = computeUnits.flatMap(({ connections }) => Object.values(connections));
  expect(new Set(used).size).toBe(banks.length);
  expect(Math.max(...used)).toBe(31);
});

test('ranges that overlap become one bank, the others stay', () => {
  const { banks } = examplePlatform('sp=sum_1.ids:HBM[0:3]\nsp=mean_1.ids:HBM[2:5]');
  expect(banks.slice(0, 3).map(({ name }) => name)).toEqual(['HBM[0:5]', 'HBM[6]', 'HBM[7]']);
  expect(banks[0].bytes).toBe(6n * 256n * 2n ** 20n);
  for (const [index, { base }] of banks.entries()) {
    const before = banks[index - 1];
    if (before !== undefined) expect(base).toBeGreaterThanOrEqual(before.base + before.bytes);
  }
});

test.each(memoryCards)('the banks of %s do not overlap, and begin at whole pages', (card) => {
  let end = 0n;
  for (const { base, bytes } of cardMemory(card)) {
    expect(base % 4096n).toBe(0n);
    expect(base).toBeGreaterThanOrEqual(end);
    end = base + bytes;
  }
});

test('windows of registers lie one behind the other', () => {
  const { computeUnits } = examplePlatform('nk=sum:2:a,b');
  expect(computeUnits.map(({ instance, base }) => [instance, base])).toEqual([
    ['a', 0x1800000],
    ['b', 0x1810000],
    ['mean_1', 0x1820000],
  ]);
});

test.each([
  ['sp=sum_1.ids:HBM[32]', undefined, 2, "has no memory 'HBM[32]'"],
  ['sp=sum_1.ids:HBM[3:1]', undefined, 2, "has no memory 'HBM[3:1]'"],
  ['nk=sum:1\nsp=sum_1.m_axi_ids:DDR[4]', undefined, 3, 'Its banks are DDR[0] to DDR[3].'],
  ['sp=sum_1.ids:HBM[0]', 'u250', 2, '--card u280 or u50 or u55c'],
  ['sp=sum_1.ids:PLRAM[0]', 'u280', 2, 'Name one of HBM[0] to [31], DDR[0] to [1].'],
  ['sp=sum_1.ids:DDR', undefined, 2, "has no memory 'DDR'"],
  ['sp=sum_1.rows:DDR[0]', undefined, 2, 'sum_1 has no memory argument rows'],
  ['sp=sum_9.ids:DDR[0]', undefined, 2, 'names a compute unit that there is not'],
  ['nk=other:2', undefined, 2, 'nk= for other, which is not built'],
  ['nk=sum:2:a,mean_1', undefined, undefined, 'two compute units are called mean_1'],
  [`nk=sum:1:${'a'.repeat(70)}`, undefined, undefined, 'longer than the 63 bytes'],
  ['nk=sum:64\nnk=mean:65', undefined, undefined, '129 compute units'],
] as const)('%s (%s)', (text, card, line, expected) => {
  try {
    examplePlatform(text, { card });
  } catch (error) {
    if (!(error instanceof TilewrightError)) throw error;
    expect(error.code).toBe('CONNECTIVITY');
    expect(`${error.message} ${error.hint}`).toContain(expected);
    if (line !== undefined) expect(error.location).toEqual({ file: 'card.cfg', line });
    return;
  }
  throw new Error('nothing was refused');
});

test('--cu and nk= that differ, and a kernel that is named twice', () => {
  const connectivity = parseConnectivity('[connectivity]\nnk=sum:2', 'card.cfg');
  const sum = { manifest: exampleManifest('sum'), folder: '/sum' };
  expect(() => makePlatform([{ ...sum, count: 3 }], { connectivity })).toThrow(/3 units.*nk=.*2/);
  expect(() => makePlatform([sum, sum])).toThrow('named twice');
});
