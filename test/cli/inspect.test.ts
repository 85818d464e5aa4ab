import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { cardXclbin } from '../package/xclbin/card-xclbin.ts';
import { call, onlyJson } from './call.ts';

const folder = mkdtempSync(join(tmpdir(), 'tilewright-inspect-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = join(folder, 'vadd.xclbin');
writeFileSync(file, cardXclbin());

test("an xclbin of a card's, as tables", async () => {
  const { code, stdout, stderr } = await call(['inspect', file]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const told = stdout.replaceAll(folder, '').replaceAll(/ +/g, ' ');
  for (const line of [
    '/vadd.xclbin: an xclbin for hw, ',
    ' platform xilinx_u250_gen3x16_xdma_shell_3_1\n',
    ' device virtexuplus:xcu250:figd2104:-2L:e\n',
    ' uuid 00112233-4455-6677-8899-aabbccddeeff\n',
    ' version 2.11.466\n written by v++ 2021.1\n written at 2021-06-01T00:00:00.000Z\n',
    ' fits on shell 862c7020a250293e32036f19956669e5\n',
    'kind 99 vadd ',
    'Kernel vadd: c, ap_ctrl_chain\n',
    ' 0 in1 unsigned int* global memory M_AXI_GMEM0 0x10 8\n',
    ' 3 s stream<ap_axiu<32, 0, 0, 0> >& stream s 0x0 4\n',
    'vadd_1 0x1c00000 in1: bank0, out: bank1, s: out_1.s:in_1.s\n',
    'Kernel stream_in: ap_ctrl_hs\n',
    'in_1 - \n',
    ' 0 bank0 DDR4 0x4000000000 16 GiB\n',
    'Not used: bank1, PLRAM[0], HOST[0]\n',
    ' 5 DDR[0:1] DDR4 0x4000000000 32 GiB\n',
    'KERNEL_CLK kernel 500\n',
    'vadd_1 accelerator monitor 258 0x1800000\n',
    'ep_clock_counters_00 1 2 0x41000\n',
  ]) {
    expect(told.replaceAll(/ +\n/g, ' \n').replaceAll(/ \n/g, '\n')).toContain(
      line.replaceAll(/ \n/g, '\n'),
    );
  }
});

test('the same for a script', async () => {
  const { code, stdout } = await call(['inspect', file, '--json']);
  expect(code).toBe(0);
  expect(onlyJson(stdout)).toMatchObject({
    file,
    mode: 'hw',
    signed: true,
    kernels: [
      {
        name: 'vadd',
        arguments: [{ id: 0, name: 'in1', register: '0x10', bytes: 8 }, {}, {}, {}],
        computeUnits: [
          { name: 'vadd_1', banks: { in1: ['bank0'], out: ['bank1'], s: ['out_1.s:in_1.s'] } },
        ],
      },
      { name: 'stream_in' },
    ],
    banks: [{ name: 'bank0', used: true, bytes: 2 ** 34 }, {}, {}, {}, {}],
    interfaces: ['862c7020a250293e32036f19956669e5'],
    endpoints: [{ name: 'ep_clock_counters_00', physicalFunction: 1, bar: 2, offset: '0x41000' }],
  });
});

test.each([
  ['no such file', join(folder, 'none.xclbin'), 'FILE_UNREADABLE'],
  ['a folder', folder, 'FILE_UNREADABLE'],
  ['something else', join(folder, 'text'), 'XCLBIN_FORMAT'],
  ['cut short', join(folder, 'cut.xclbin'), 'XCLBIN_CORRUPT'],
])('%s: one line, exit code 1', async (_name, path, expected) => {
  writeFileSync(join(folder, 'text'), 'no xclbin');
  writeFileSync(join(folder, 'cut.xclbin'), cardXclbin().subarray(0, 2000));
  const { code, stdout, stderr } = await call(['inspect', path]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^error: .*\nhint: .*\n$/);
  const scripted = await call(['inspect', path, '--json']);
  expect(onlyJson(scripted.stdout)).toMatchObject({ error: { code: expected } });
});
