import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, expect, test } from 'vitest';
import { readXclbin } from '../../../codegen/package/xclbin/read-xclbin.ts';
import { summariseXclbin } from '../../../codegen/package/xclbin/summarise-xclbin.ts';
import { writeXclbin } from '../../../codegen/package/xclbin/write-xclbin.ts';
import { packageRoot } from '../../../codegen/support/package-root.ts';
import { exampleFiles, examplePlatform, exampleXclbin } from './example-xclbin.ts';

const folder = mkdtempSync(join(tmpdir(), 'tilewright-xclbin-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bytes = exampleXclbin();
const summary = summariseXclbin(readXclbin('example.xclbin', bytes));

test('what is written is read back', () => {
  expect(summary).toMatchObject({ mode: 'hw_emu', platform: 'tilewright_u280_1_0' });
  expect(summary.kernels.map(({ name, computeUnits }) => [name, computeUnits])).toEqual([
    [
      'sum',
      [
        {
          name: 'left',
          base: '0x1800000',
          control: 'ap_ctrl_hs',
          banks: { ids: ['HBM[2:4]'], means: ['HBM[1]'] },
        },
        {
          name: 'right',
          base: '0x1810000',
          control: 'ap_ctrl_hs',
          banks: { ids: ['HBM[2:4]'], means: ['HBM[2:4]'] },
        },
      ],
    ],
    [
      'mean',
      [
        {
          name: 'mean_1',
          base: '0x1820000',
          control: 'ap_ctrl_hs',
          banks: { ids: ['DDR[1]'], means: ['HBM[5]'] },
        },
      ],
    ],
  ]);
  expect(summary.clocks).toContainEqual({ name: 'KERNEL_CLK', type: 'kernel', mhz: 300 });
  const used = summary.banks.filter((bank) => bank.used).map(({ name }) => name);
  expect(used).toEqual(['HBM[1]', 'HBM[2:4]', 'HBM[5]', 'DDR[1]']);
});

test('the same input gives the same bytes, another bank another UUID', () => {
  expect(Buffer.compare(exampleXclbin(), bytes)).toBe(0);
  const other = writeXclbin(examplePlatform(), exampleFiles);
  expect(summariseXclbin(readXclbin('other.xclbin', other)).uuid).not.toBe(summary.uuid);
});

test('sections begin at multiples of eight, behind each other, and end with the file', () => {
  let end = 456 + 40 * summary.sections.length;
  for (const { offset, bytes: size } of summary.sections) {
    expect(offset % 8).toBe(0);
    expect(offset - end).toBeGreaterThanOrEqual(0);
    expect(offset - end).toBeLessThan(8);
    end = offset + size;
  }
  expect(end).toBe(bytes.length);
});

test('unzip makes the files of BITSTREAM, executable', async () => {
  const { offset, bytes: size } = summary.sections.find(({ kind }) => kind === 'BITSTREAM') ?? {
    offset: 0,
    bytes: 0,
  };
  mkdirSync(join(folder, 'device0'));
  writeFileSync(join(folder, 'device0.zip'), bytes.subarray(offset, offset + size));
  await execa('unzip', ['-q', '../device0.zip'], { cwd: join(folder, 'device0') });
  for (const [path, content] of exampleFiles) {
    const file = join(folder, 'device0', path);
    expect(Buffer.compare(readFileSync(file), content)).toBe(0);
    expect(statSync(file).mode & 0o111).toBe(0o111);
  }
});

test("XRT's own reader finds kernels, arguments, compute units and banks", async () => {
  const file = join(folder, 'example.xclbin');
  writeFileSync(file, bytes);
  const program = join(folder, 'describe');
  const source = join(packageRoot(), 'test/package/xclbin/describe-xclbin.cpp');
  const include = '-I/usr/include/xrt';
  await execa('g++', ['-std=c++17', include, source, '-o', program, '-lxrt_coreutil', '-luuid']);
  const { stdout } = await execa(program, [file]);
  const lines = stdout.split('\n');
  expect(lines[0]).toBe(`hw_emu tilewright_u280_1_0 ${summary.uuid}`);
  expect(lines.filter((line) => line.startsWith('bank'))).toHaveLength(32);
  expect(lines.filter((line) => line.endsWith('used 1'))).toEqual([
    'bank 1 HBM[1] type 6 base 10000000 KiB 262144 used 1',
    'bank 2 HBM[2:4] type 6 base 20000000 KiB 786432 used 1',
    'bank 3 HBM[5] type 6 base 50000000 KiB 262144 used 1',
    'bank 31 DDR[1] type 1 base 5000000000 KiB 16777216 used 1',
  ]);
  const args = [
    'arg 0 ids m_axi_ids unsigned int* size 8 offset 10',
    'arg 1 means m_axi_means short* size 8 offset 1c',
    'arg 2 rows s_axi_control unsigned int size 4 offset 28',
  ];
  expect(lines.slice(lines.indexOf('kernel sum'))).toEqual([
    'kernel sum',
    ...args,
    'cu sum:left base 1800000 size 1000 control 0',
    'connection ids HBM[2:4]',
    'connection means HBM[1]',
    'cu sum:right base 1810000 size 1000 control 0',
    'connection ids HBM[2:4]',
    'connection means HBM[2:4]',
    'kernel mean',
    ...args,
    'cu mean:mean_1 base 1820000 size 1000 control 0',
    'connection ids DDR[1]',
    'connection means HBM[5]',
  ]);
});
