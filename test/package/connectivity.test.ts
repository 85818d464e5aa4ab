import { expect, test } from 'vitest';
import { nameUnits, parseConnectivity } from '../../codegen/package/connectivity.ts';
import type { Manifest } from '../../codegen/package/manifest.ts';

const element = { signed: false, width: 32 };

function manifest(kernel: string): Manifest {
  return {
    kernel,
    arguments: [
      { kind: 'memory', name: 'ids', port: 'm_axi_ids', element, lanes: 16, register: 16 },
      { kind: 'scalar', name: 'rows', type: element, register: 28, bytes: 4 },
    ],
  } as unknown as Manifest;
}

const file = `# of two kernels
platform=xilinx_u50
[connectivity]
nk = sum:2:left,right
sp=left.ids:HBM[0]   # its own
sp=right.m_axi_ids:HBM[1:3]
sp=mean_1.ids:DDR[0]
slr=left:SLR1
[vivado]
prop=run.impl_1.strategy=Performance_Explore
`;

test('compute units, banks, and what is for v++ alone', () => {
  const connectivity = parseConnectivity(file, 'card.cfg');
  expect([...connectivity.others]).toEqual([
    ['', ['platform=xilinx_u50']],
    ['connectivity', ['slr=left:SLR1']],
    ['vivado', ['prop=run.impl_1.strategy=Performance_Explore']],
  ]);
  const units = nameUnits(
    [{ manifest: manifest('sum') }, { manifest: manifest('mean') }],
    connectivity,
  );
  expect(units.map(({ instance, banks }) => [instance, banks])).toEqual([
    ['left', { ids: 'HBM[0]' }],
    ['right', { ids: 'HBM[1:3]' }],
    ['mean_1', { ids: 'DDR[0]' }],
  ]);
});

test('names of units as v++ gives them', () => {
  const units = nameUnits([
    { manifest: manifest('sum'), count: 2 },
    { manifest: manifest('mean') },
  ]);
  expect(units.map(({ instance }) => instance)).toEqual(['sum_1', 'sum_2', 'mean_1']);
  const stops = parseConnectivity('[connectivity]\nnk=sum:2:a.b', 'card.cfg');
  expect(stops.units.get('sum')).toEqual(['a', 'b']);
});

test.each([
  ['[connectivity]\nsp=left:DDR[0]', 2, "'left:DDR[0]' joins no argument"],
  ['[connectivity]\nsp=a.ids:DDR[0]\nsp=a.ids:DDR[1]', 3, 'a.ids has a bank already'],
  ['[connectivity]\nnk=sum:0', 2, "'sum:0' names no compute units"],
  ['[connectivity]\nnk=sum:999999999', 2, '999999999 compute units of sum are more than XRT'],
  ['[connectivity]\nnk=sum:2:a', 2, 'sum is to have 2 units, and 1 are named'],
  ['[connectivity]\nnk=sum:1\nnk=sum:1', 3, 'sum has its units already'],
  ['[connectivity]\nwhat is this', 2, "'what is this' is no setting"],
])('%j is refused at its line', (text, line, message) => {
  expect(() => parseConnectivity(text, 'card.cfg')).toThrow(
    expect.objectContaining({
      message: expect.stringContaining(message),
      location: { file: 'card.cfg', line },
    }),
  );
});

test.each([
  ['nk=other:1', 'nk= for other, which is not built', '--cu other'],
  ['sp=sum_2.ids:DDR[0]', 'a compute unit that there is not', 'sum_1'],
  ['sp=sum_1.rows:DDR[0]', 'sum_1 has no memory argument rows', 'ids'],
  ['sp=sum_1.ids:DDR[0]\nsp=sum_1.m_axi_ids:DDR[1]', 'sum_1.ids has two banks', 'port'],
  ['nk=sum:2', '--cu asks for 1 units of sum, and nk= for 2', 'one place'],
])('%j is refused for these kernels', (line, message, hint) => {
  const connectivity = parseConnectivity(`[connectivity]\n${line}`, 'card.cfg');
  expect(() => nameUnits([{ manifest: manifest('sum'), count: 1 }], connectivity)).toThrow(
    expect.objectContaining({
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    }),
  );
});

test('two units of one name are refused', () => {
  const connectivity = parseConnectivity('[connectivity]\nnk=sum:1:mean_1', 'card.cfg');
  expect(() =>
    nameUnits([{ manifest: manifest('sum') }, { manifest: manifest('mean') }], connectivity),
  ).toThrow('two compute units are called mean_1');
});
