import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { recompute } from '../../bench/axi-efficiency.ts';
import { packageRoot } from '../../codegen/support/package-root.ts';
import { jitiCli } from '../support/jiti.ts';

const folder = mkdtempSync(join(tmpdir(), 'tilewright-axi-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const header = 'cycle,port,channel,address,beats';
// Two bursts of two beats, latency 5; the third is asked for in the cycle of the first one's last beat, when
// that still holds its slot. One word is written. Registers are no part of it.
const log = [
  header,
  '3,s_axi_control,AW,0x0,1',
  '10,kernel,start,,',
  '11,m_axi_a,AR,0x1000,2',
  '12,m_axi_a,AR,0x1080,2',
  '16,m_axi_a,R,0x1000,1',
  '17,m_axi_a,AR,0x2000,1',
  '17,m_axi_a,R,0x1040,1',
  '18,m_axi_a,R,0x1080,1',
  '20,m_axi_a,R,0x10c0,1',
  '21,m_axi_w,AW,0x3000,1',
  '22,m_axi_w,W,0x3000,1',
  '26,m_axi_w,B,0x0,0',
  '28,m_axi_a,R,0x2000,1',
  '30,kernel,done,,',
  '31,s_axi_control,R,0x0,1',
  '',
].join('\n');

test('a log written by hand', () => {
  const [run, ...others] = recompute(log);
  expect(others).toEqual([]);
  expect(run).toEqual({
    start: 10,
    done: 30,
    cycles: 20,
    ports: [
      {
        port: 'm_axi_a',
        direction: 'read',
        bursts: 3,
        beats: 5,
        mostInFlight: 3,
        latency: { least: 5, mean: (5 + 6 + 11) / 3, most: 11 },
        share: 0.25,
      },
      {
        port: 'm_axi_w',
        direction: 'write',
        bursts: 1,
        beats: 1,
        mostInFlight: 1,
        latency: { least: 5, mean: 5, most: 5 },
        share: 0.05,
      },
    ],
  });
});

test('a slot is free in the cycle after the last beat', () => {
  const later = log.replace('17,m_axi_a,AR', '18,m_axi_a,AR');
  const rows = later.split('\n').slice(1, -1);
  rows.sort((a, b) => Number(a.split(',')[0]) - Number(b.split(',')[0]));
  const [run] = recompute([header, ...rows].join('\n'));
  expect(run.ports[0].mostInFlight).toBe(2);
});

test('several runs in one log', () => {
  const again = log.split('\n').slice(1).join('\n');
  expect(recompute(log + again).map(({ cycles }) => cycles)).toEqual([20, 20]);
});

test.each([
  ['', /first line/],
  [`${header}\n1,2\n`, /line 2 is no row/],
  [`${header}\n9,kernel,done,,\n`, /without a start/],
  [`${header}\n1,kernel,start,,\n2,m_axi_a,R,0x0,1\n3,kernel,done,,\n`, /of no burst/],
  [`${header}\n1,kernel,start,,\n2,m_axi_a,AR,0x0,1\n3,kernel,done,,\n`, /in flight when/],
])('what is no log is refused: %j', (text, message) => {
  expect(() => recompute(text)).toThrow(message);
});

const script = join(packageRoot(), 'bench', 'axi-efficiency.ts');

function run(...words: string[]): { status: number; stdout: string; stderr: string } {
  try {
    const stdout = execFileSync(process.execPath, [jitiCli, script, ...words], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return { status: 0, stdout, stderr: '' };
  } catch (error) {
    return error as { status: number; stdout: string; stderr: string };
  }
}

test('the script', () => {
  const file = join(folder, 'axi.csv');
  writeFileSync(file, log);
  const text = run(file, '--port', 'a', '--useful-beats', '4');
  expect(text.stdout).toContain('efficiency of m_axi_a: 4 / 20 = 0.2000');
  const json = run(file, '--port', 'm_axi_a', '--json', '--outstanding', '3');
  expect(JSON.parse(json.stdout)).toMatchObject({ cycles: 20, efficiency: 0.25, within: true });
  const over = run(file, '--outstanding', '2');
  expect(over.status).toBe(1);
  expect(over.stdout).toContain('MORE in flight than the 2 allowed');
  const absent = run(file, '--port', 'b');
  expect(absent.status).toBe(2);
  expect(absent.stderr).toContain('no port b');
  expect(run(join(folder, 'none.csv')).status).toBe(2);
});

test('it knows nothing of tilewright', () => {
  const imports = [...readFileSync(script, 'utf8').matchAll(/from '([^']+)'/g)];
  expect(imports.map(([, from]) => from).filter((from) => !from.startsWith('node:'))).toEqual([]);
});
