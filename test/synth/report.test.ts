import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cardNames, cardOf, shareOf } from '../../host/synth/cards.ts';
import { Netlist, parseStat, placeInName } from '../../host/synth/netlist.ts';
import { resourcesOf, sumResources } from '../../host/synth/resources.ts';
import { parseSta } from '../../host/synth/sta-report.ts';
import { VerilogLines } from '../../host/synth/verilog-lines.ts';
import { describePath, locatePath } from '../../host/synth/worst-path.ts';

// What Yosys 0.23 wrote for the three Verilog files beside it.
const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');
const lines = (name: string) => new VerilogLines(fixture(name));

test('cells become resources: memory in LUTs, half block RAMs, what lies beside the LUTs', () => {
  const { resources, unknown } = resourcesOf({
    LUT2: 3,
    LUT6: 4,
    RAM32M16: 2,
    RAM64M: 1,
    SRL16E: 5,
    FDRE: 10,
    FDSE: 1,
    DSP48E2: 2,
    RAMB36E2: 1,
    RAMB18E2: 3,
    URAM288: 1,
    CARRY4: 9,
    MUXF7: 2,
    INV: 7,
    ODDRE1: 1,
  });
  expect(resources).toEqual({ lut: 7 + 25, lutram: 25, ff: 11, dsp: 2, bram: 2.5, uram: 1 });
  expect(unknown).toEqual(['ODDRE1']);
  expect(sumResources([resources, resources]).bram).toBe(5);
});

test('the statistics of Yosys', () => {
  const stat = parseStat(fixture('stat.json'));
  expect([...stat.keys()]).toEqual(['chain']);
  const { resources, unknown } = resourcesOf(stat.get('chain') ?? {});
  expect(resources).toMatchObject({ lut: 33 + 5 + 5, ff: 48, lutram: 0 });
  expect(unknown).toEqual([]);
  expect(() => parseStat('')).toThrow('it is empty');
  expect(() => parseStat('{"modules": ')).toThrow('it is no JSON');
  expect(() => parseStat('{}')).toThrow('it has no modules');
  expect(() => new Netlist('[]')).toThrow('it has no modules');
});

test('shares of a card: LUTs as memory are at most those that the data sheet gives in megabits', () => {
  const megabits = { u50: 24.6, u250: 48.3, u280: 36.7, zcu104: 6.2 };
  for (const name of cardNames) {
    const { resources } = cardOf(name);
    expect((resources.lutram * 64) / 2 ** 20).toBeCloseTo(megabits[name], 1);
    // Two flip-flops beside each LUT, on every UltraScale+ device.
    expect(resources.ff).toBe(2 * resources.lut);
  }
  const half = { lut: 115_200, lutram: 0, ff: 0, dsp: 864, bram: 0, uram: 96 };
  expect(shareOf(half, cardOf('zcu104'))).toMatchObject({ lut: 0.5, dsp: 0.5, uram: 1 });
});

test('the report of sta, from the start of the path to its end', () => {
  const [path, ...others] = parseSta(fixture('sta.txt'));
  expect(others).toEqual([]);
  expect(path).toMatchObject({ module: 'chain', ps: 2628 });
  expect(path.input).toBeUndefined();
  expect(path.output).toBeUndefined();
  expect(path.steps.map(({ type, ps }) => [type, ps])).toEqual([
    ['FDRE', 303],
    ['LUT2', 541],
    ['CARRY4', 1069],
    ['CARRY4', 1183],
    ['CARRY4', 1297],
    ['CARRY4', 1536],
    ['LUT6', 1943],
    ['CARRY4', 2501],
    ['LUT2', 2628],
    ['FDRE', 2628],
  ]);
  expect(path.steps[1]).toMatchObject({
    from: 'I0',
    to: 'O',
    net: { name: 'process_work.r_total', bit: 1 },
  });
});

test('a path from a port, and one that ends at a cell without delays', () => {
  const text = [
    "Latest arrival time in 'one' is 700:",
    '     700 (<unknown>)',
    'Warning: Critical-path does not terminate in a recognised endpoint.',
    '           \\buffer_in [5]',
    '     700 $abc$1$lut (LUT6.I1->O)',
    '           \\x [3]',
    '       0   \\x [3] (<primary input>)',
    '',
    "Latest arrival time in 'two' is 900:",
    '     900   \\y [2] (<primary output>)',
    '           \\y [2]',
    '     900 $auto$1 (CARRY4.CI->O)',
    '           $abc$2',
    '     303 $auto$2 (FDRE.C->Q)',
    '       0   \\clk (<primary input>)',
    '',
  ].join('\n');
  const [one, two] = parseSta(text);
  expect(one).toMatchObject({
    input: { name: 'x', bit: 3 },
    output: { name: 'buffer_in', bit: 5 },
  });
  expect(two).toMatchObject({ ps: 900, output: { name: 'y', bit: 2 } });
  expect(two.input).toBeUndefined();
});

test('lines of the Verilog, and signals of any stage, lead to lines of the TypeScript', () => {
  const work = lines('chain_work.v');
  const exact = (line: number) => [{ file: 'kernels/chain.ts', line, exact: true }];
  expect(work.process).toBe('work');
  expect(work.ofSignal('s0_scaled')).toEqual(exact(13));
  expect(work.ofSignal('s4_scaled')).toEqual(exact(13));
  expect(work.ofSignal('r_total')).toEqual(exact(14));
  const at = (text: string) =>
    fixture('chain_work.v')
      .split('\n')
      .findIndex((one) => one.includes(text)) + 1;
  expect(work.ofLine(at('assign s0_scaled'))).toEqual(exact(13));
  expect(work.ofLine(at('r_total <= '))).toEqual(exact(14));
  expect(work.ofLine(at('assign total'))).toEqual([]);
  // A value that has no line of its own has those of its stage.
  expect(work.ofSignal('s0_x').map(({ line, exact }) => [line, exact])).toEqual([
    [12, false],
    [13, false],
    [14, false],
  ]);
  expect(lines('chain_store.v').ofSignal('s1_value')).toEqual([
    { file: 'kernels/chain.ts', line: 22, exact: false },
    { file: 'other.ts', line: 7, exact: false },
  ]);
  expect(lines('chain.v').process).toBeUndefined();
  expect(placeInName('$flatten\\process_work.$gt$chain_work.v:14$2_Y')).toEqual({
    file: 'chain_work.v',
    line: 14,
  });
  expect(placeInName('$abc$3593$aiger3592$199')).toBeUndefined();
});

test('a path into a memory, and one that nothing waits for', () => {
  const cell = (type: string, connections: Record<string, number[]>) => ({
    type,
    attributes: {},
    connections,
  });
  const net = (bits: number[]) => ({ bits, attributes: {} });
  const design = (reader: Record<string, object>) => ({
    modules: {
      top: {
        cells: { product: cell('DSP48E1', { A: [2], PCOUT: [3] }), ...reader },
        netnames: { x: net([2]), out: net([3]) },
      },
    },
  });
  const path = {
    module: 'top',
    ps: 3000,
    steps: [{ ps: 3000, cell: 'product', type: 'DSP48E1', from: 'A', to: 'PCOUT' }],
    output: { name: 'out', bit: 0 },
    inside: true,
  };
  const located = (reader: Record<string, object>) =>
    locatePath(path, new Netlist(JSON.stringify(design(reader))));
  expect(located({})).toMatchObject({ unread: 'DSP48E1' });
  const memory = located({ ram: cell('RAM32M', { DIA: [3], DOA: [9] }) });
  expect(memory).toMatchObject({ memory: 'RAM32M' });
  expect(memory.unread).toBeUndefined();
});

test('the slowest path in the words of the kernel', () => {
  const [path] = parseSta(fixture('sta.txt'));
  const verilog = new Map(
    ['chain.v', 'chain_work.v', 'chain_store.v'].map((name) => [name, lines(name)]),
  );
  const located = locatePath(path, new Netlist(fixture('netlist.json')));
  const told = describePath(located, { verilog, lineText: (_file, line) => `  text of ${line}` });
  expect(told).toMatchObject({
    ns: 2.628,
    start: 'process_work.r_total[1]',
    end: 'process_work.r_total[0]',
    memory: null,
    unread: null,
    through: ['process_work'],
    library: [],
    stageLines: [],
  });
  // The adder and what prepares its operands take longer than the comparison behind it.
  expect(told.source).toEqual({ file: 'kernels/chain.ts', line: 13, text: 'text of 13' });
  expect(told.steps.map(({ cells }) => cells).join(', ')).toContain('4 CARRY4');
  const signals = told.steps.map(({ signal }) => signal);
  expect(signals[0]).toBe('r_total[1]');
  expect(signals[signals.length - 2]).toBe('s0_total[0]');
});
