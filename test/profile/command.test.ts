import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { packageRoot } from '../../codegen/support/package-root.ts';
import type { CosimResult } from '../../host/cosim/cosim.ts';
import { call } from '../cli/call.ts';

const wrong = vi.hoisted(() => ({ words: 0 }));
// A Verilog that is wrong would be a bug of the compiler's: its words are made wrong here.
vi.mock('../../host/cosim/cosim.ts', async (original) => {
  const module = await original<typeof import('../../host/cosim/cosim.ts')>();
  const spoiled = async (...args: Parameters<typeof module.cosim>): Promise<CosimResult> => {
    const result = await module.cosim(...args);
    if (wrong.words === 0) return result;
    return { ...result, match: false, different: wrong.words, efficiency: null };
  };
  return { ...module, cosim: spoiled };
});

const kernel = join(packageRoot(), 'test/profile/kernels/two-reads.ts');
const folder = mkdtempSync(join(tmpdir(), 'tilewright-profile-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  wrong.words = 0;
});
const slow = ['--size', '100', '--latency', '400', '--outstanding', '16', '--quick'];

test('text: tables, the bottleneck in a sentence, and who waits for whom', {
  timeout: 300_000,
}, async () => {
  const { code, stdout } = await call(['profile', kernel, ...slow]);
  expect(code).toBe(0);
  expect(stdout).toContain('two_reads (depth=256), size 100, seed 1');
  expect(stdout).toContain('memory: latency 400, outstanding 16, stall 0');
  expect(stdout).toMatch(/^process +begins +busy +input +output +memory +own +idle +waits most$/m);
  expect(stdout).toMatch(/^add .* beats of values$/m);
  expect(stdout).toMatch(/^marks +256 +100 /m);
  expect(stdout).toMatch(/^values +100 +100 /m);
  expect(stdout).toContain('The bottleneck is the latency of the memory `values`');
});

test('--json: one object; --svg: one picture with a lane for each process and memory', async () => {
  const svg = join(folder, 'new', 'timeline.svg');
  const { code, stdout } = await call(['profile', kernel, ...slow, '--json', '--svg', svg]);
  expect(code).toBe(0);
  const answer = JSON.parse(stdout);
  expect(answer).toMatchObject({
    kernel: 'two_reads',
    match: true,
    memory: { latency: 400, outstanding: 16, stall: 0 },
    bottleneck: { kind: 'latency', name: 'values' },
  });
  expect(answer.processes.map(({ name }: { name: string }) => name)).toEqual([
    ...['requestPlaces', 'follow', 'add', 'turn', 'announce', 'send', 'confirm'],
  ]);
  const picture = readFileSync(svg, 'utf8');
  expect(picture).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  for (const lane of ['requestPlaces', 'confirm', 'places', 'values', 'output']) {
    expect(picture).toContain(`text-anchor="end">${lane}</text>`);
  }
  expect(picture).not.toMatch(/NaN|undefined|Infinity/);
  const open = [...picture.matchAll(/<(\w+)(?:\s[^>]*[^/>])?>/g)].map(([, name]) => name);
  const closed = [...picture.matchAll(/<\/(\w+)>/g)].map(([, name]) => name);
  expect(open.sort()).toEqual(closed.sort());
});

test('a run of no rows has a profile too', async () => {
  const svg = join(folder, 'none.svg');
  const { code, stdout } = await call(['profile', kernel, '--size', '0', '--svg', svg]);
  expect(code).toBe(0);
  expect(stdout).toContain('bottleneck');
  expect(readFileSync(svg, 'utf8')).not.toMatch(/NaN|undefined|Infinity/);
});

test('wrong words: it says so, names no bottleneck, and exits 1', async () => {
  wrong.words = 3;
  const { code, stdout } = await call(['profile', kernel, ...slow]);
  expect(code).toBe(1);
  expect(stdout).toContain('two_reads: MISMATCH between golden and sim in 3 words');
  expect(stdout).not.toContain('The bottleneck');
  const json = await call(['profile', kernel, ...slow, '--json']);
  expect(json.code).toBe(1);
  expect(JSON.parse(json.stdout)).toMatchObject({ match: false, different: 3, bottleneck: null });
});

test('Ctrl-C ends it as it ends cosim', async () => {
  const { code, stderr } = await call(['profile', kernel, ...slow], {
    signal: AbortSignal.abort(),
  });
  expect(code).not.toBe(0);
  expect(stderr).toContain('error:');
});

test('wrong calls and files are refused in a line', async () => {
  expect((await call(['profile'])).code).toBe(2);
  const range = await call(['profile', kernel, '--stall', '2']);
  expect(range.code).toBe(2);
  expect(range.stderr).toContain('--stall is 2');
  const unwritable = await call(['profile', kernel, ...slow, '--svg', join(kernel, 'x.svg')]);
  expect(unwritable.code).toBe(1);
  expect(unwritable.stderr).toContain(`cannot write ${join(kernel, 'x.svg')}`);
});
