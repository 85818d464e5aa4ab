import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emitControl } from '../../codegen/backends/verilog/emit-control.ts';
import { runTool } from '../../codegen/support/run-tool.ts';
import { filesUnderTest, libraryModules } from './library.ts';

type Parameters = Readonly<Record<string, number>>;

const folder = mkdtempSync(join(tmpdir(), 'tilewright-lint-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(async () => {
  const files = await filesUnderTest();
  files.set('empty_control.v', emitControl({ module: 'empty_control', arguments: [] }));
  files.set(
    'narrow_control.v',
    emitControl({
      module: 'narrow_control',
      arguments: [{ kind: 'scalar', name: 'tiny', type: { width: 3 }, register: 0x10 }],
    }),
  );
  // Names that the slave uses itself, and words of Verilog.
  const awkward = ['clk', 'data', 'start', 'input', 'reg', 'a', 'a_low', 'ctl_data'];
  files.set(
    'awkward_control.v',
    emitControl({
      module: 'awkward_control',
      arguments: awkward.map((name, index) => {
        return { kind: 'scalar', name, type: { width: 40 }, register: 0x10 + 8 * index };
      }),
    }),
  );
  for (const [name, text] of files) await writeFile(join(folder, name), text);
});

// Each way of storing words, at the edges of its range.
const fifoShapes: Parameters[] = [
  [1, 1],
  [512, 1],
  [1, 2],
  [64, 2],
  [65, 2],
  [8, 3],
  [40, 4],
  [7, 33],
  [512, 64],
  [512, 65],
  [9, 100],
  [128, 65],
  [33, 257],
  [8, 1024],
  [1, 1, 1],
  [64, 2, 1],
  [512, 2, 14],
  [40, 60, 9],
  [128, 65, 3],
].map(([WIDTH, DEPTH, SLACK = 0]) => ({ WIDTH, DEPTH, SLACK }) as Parameters);
const portShapes: Parameters[] = [
  { OUTSTANDING: 1, REQUEST_DEPTH: 1, DATA_DEPTH: 1 },
  { OUTSTANDING: 16, REQUEST_DEPTH: 2, DATA_DEPTH: 2, REQUEST_SLACK: 3 },
  { OUTSTANDING: 64, REQUEST_DEPTH: 4, DATA_DEPTH: 32 },
  { OUTSTANDING: 224, REQUEST_DEPTH: 16, DATA_DEPTH: 512 },
];

const shapes: Readonly<Record<string, readonly Parameters[]>> = {
  tw_fifo: fifoShapes,
  tw_ram: [
    { WIDTH: 1, DEPTH: 1, ADDRESS: 1 },
    { WIDTH: 32, DEPTH: 256, ADDRESS: 8 },
    { WIDTH: 72, DEPTH: 24, ADDRESS: 5 },
  ],
  tw_axi_address: [{ REQUEST_DEPTH: 1 }, { REQUEST_DEPTH: 16 }],
  tw_axi_read: portShapes,
  tw_axi_write: portShapes,
  bench_control: [{}],
  empty_control: [{}],
  narrow_control: [{}],
  awkward_control: [{}],
};

const list = (parameters: Parameters, each: (name: string, value: number) => string): string[] =>
  Object.entries(parameters).map(([name, value]) => each(name, value));

/** All three tools print nothing at all when they have nothing to say. */
async function silence(tool: string, args: string[]): Promise<void> {
  const { stdout, stderr } = await runTool(tool, args, { cwd: folder });
  expect(`${stdout}${stderr}`, [tool, ...args].join(' ')).toBe('');
}

describe('every module is clean', () => {
  test('and every file of the library is listed here', async () => {
    expect(Object.keys(shapes)).toEqual(expect.arrayContaining(await libraryModules()));
  });

  for (const [module, variants] of Object.entries(shapes)) {
    test(`${module} in Verilator`, async () => {
      for (const variant of variants) {
        const values = list(variant, (name, value) => `-G${name}=${value}`);
        await silence('verilator', ['--lint-only', '-Wall', '-y', '.', ...values, `${module}.v`]);
      }
    });

    test(`${module} in Icarus`, async () => {
      for (const variant of variants) {
        const values = list(variant, (name, value) => `-P${module}.${name}=${value}`);
        const standard = ['-g2005', '-Wall', '-y', '.', '-o', '/dev/null', '-s', module];
        await silence('iverilog', [...standard, ...values, `${module}.v`]);
      }
    });

    test(`${module} in Yosys, without latches and multiple drivers`, async () => {
      // One run for all shapes: yosys takes longer to start than to check one of them.
      const script = ['read_verilog *.v'];
      variants.forEach((variant, index) => {
        const values = list(variant, (name, value) => `-chparam ${name} ${value}`).join(' ');
        script.push(
          'design -push-copy',
          `hierarchy -check -top ${module} ${values}`,
          'proc',
          'flatten',
          'opt',
          'memory -nomap',
          'opt -full',
          'check -assert',
          'select -assert-none t:$dlatch t:$_DLATCH_* t:$sr',
          `tee -q -o ${module}-${index}.stat stat`,
          'design -pop',
        );
      });
      await silence('yosys', ['-q', '-e', '.*', '-p', script.join('; ')]);
    });
  }
});
