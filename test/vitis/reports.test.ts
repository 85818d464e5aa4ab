import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseCsynth } from '../../codegen/package/vitis/csynth-report.ts';
import { parseTiming } from '../../codegen/package/vitis/timing-report.ts';
import { parseUtilisation } from '../../codegen/package/vitis/utilisation-report.ts';

/** Written after published descriptions and excerpts of such reports, not by the tools. */
const report = (name: string) => readFileSync(join(import.meta.dirname, 'reports', name), 'utf8');

test('csynth.xml: intervals, latency, loops by module, nested loops, resources', () => {
  const { report: hls, warnings } = parseCsynth(report('csynth.xml'));
  expect(warnings).toEqual([]);
  expect(hls).toEqual({
    top: 'gain',
    version: '2024.2',
    targetNs: 3.33,
    estimatedNs: 2.433,
    interval: { min: 71, max: 4294967373 },
    used: { BRAM_18K: 60, DSP: 32, FF: 21077, LUT: 17890, URAM: 0 },
    available: { BRAM_18K: 4032, DSP: 9024, FF: 2607360, LUT: 1303680, URAM: 960 },
    loops: [
      {
        module: 'multiply',
        name: 'VITIS_LOOP_88_1',
        interval: 1,
        depth: 5,
        latency: { min: 1, max: 4294967300 },
        trips: { min: 0, max: 4294967295 },
      },
      {
        module: 'rows',
        name: 'Outer',
        latency: { min: 160, max: 160 },
        trips: { min: 16, max: 16 },
      },
      {
        module: 'rows',
        name: 'Inner',
        interval: 1,
        depth: 2,
        latency: { min: 8, max: 8 },
        trips: { min: 8, max: 8 },
      },
      { module: 'rows', name: 'Unknown' },
    ],
  });
});

test('csynth.xml of a release that writes it otherwise', () => {
  const { report: hls, warnings } = parseCsynth(
    '<profile><AreaEstimates><Resources><DSP48E>3</DSP48E></Resources></AreaEstimates></profile>',
  );
  expect(hls).toEqual({ top: '', loops: [], used: { DSP: 3 }, available: {} });
  expect(warnings).toEqual(['the HLS report has no PerformanceEstimates']);
});

test('timing summary: worst slack, failing endpoints, each clock', () => {
  expect(parseTiming(report('timing.rpt'))).toEqual({
    setupNs: -0.12,
    holdNs: 0.01,
    failingEndpoints: 4,
    met: false,
    clocks: [
      { name: 'clk_kernel_00_unbuffered', periodNs: 3.333, setupNs: -0.12, endpoints: 654321 },
      { name: 'hbm_aclk', periodNs: 2.222, setupNs: 0.014, endpoints: 3236 },
    ],
  });
  const met = report('timing.rpt').replaceAll('-0.120', ' 0.120');
  expect(parseTiming(met)).toMatchObject({ setupNs: 0.12, met: true });
  // A missed hold or pulse width is missed timing too.
  expect(parseTiming(met.replace('0.010        0.000   ', '-0.010       0.000   ')).met).toBe(
    false,
  );
  const windows = parseTiming(report('timing.rpt').replaceAll('\n', '\r\n'));
  expect(windows).toEqual(parseTiming(report('timing.rpt')));
});

test('kernel utilisation: counts and shares of each row', () => {
  const rows = parseUtilisation(report('kernel_util.rpt'));
  expect(rows.map(({ name }) => name)).toEqual([
    'Platform',
    'User Budget',
    'Used Resources',
    'gain',
    'gain_1',
  ]);
  expect(rows[4]).toEqual({
    name: 'gain_1',
    used: { LUT: 17364, LUTAsMem: 681, FF: 19200, BRAM: 30, URAM: 0, DSP: 32 },
    percent: { LUT: 1.53, LUTAsMem: 0.12, FF: 0.83, BRAM: 1.77, URAM: 0, DSP: 0.35 },
  });
});

test.each([
  ['csynth.xml', parseCsynth],
  ['timing.rpt', parseTiming],
  ['kernel_util.rpt', parseUtilisation],
] as const)('%s cut off anywhere is read in part or refused, never a crash', (name, parse) => {
  const text = report(name);
  let refused = 0;
  for (let end = 0; end < text.length; end += 7) {
    try {
      parse(text.slice(0, end));
    } catch (error) {
      expect(error).toMatchObject({ code: expect.stringMatching(/^(XML|VITIS_REPORT)$/) });
      refused += 1;
    }
  }
  expect(refused).toBeGreaterThan(10);
  for (const other of ['', 'no report', '\u0000\u0001', '| Name | LUT |', '<a>']) {
    expect(() => parse(other)).toThrow(expect.objectContaining({ hint: expect.any(String) }));
  }
});
