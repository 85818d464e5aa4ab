import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { packageRoot } from '../../codegen/support/package-root.ts';
import { call, onlyJson } from './call.ts';

const root = packageRoot();
const folder = mkdtempSync(join(tmpdir(), 'tilewright-generate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const warned = join(root, 'test/diagnostics/warnings/recurrence-multiply.ts');

test('a warning is told with its caret, and the files are written', async () => {
  const out = join(folder, 'warned');
  const { code, stdout, stderr } = await call(['generate', warned, '--out', out]);
  expect(code).toBe(0);
  expect(stderr).toMatch(/recurrence-multiply\.ts:\d+:\d+: warning TW6001: /);
  expect(stderr).toMatch(/^ +\^$/m);
  expect(stdout).not.toContain('TW6001');
  expect(existsSync(join(out, 'manifest.json'))).toBe(true);
});

test('--strict takes it as an error; --json carries it', async () => {
  const out = join(folder, 'strict');
  const { code, stderr } = await call(['generate', warned, '--out', out, '--strict']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: a warning/m);
  expect(existsSync(out)).toBe(false);
  const json = onlyJson((await call(['generate', warned, '--explain', '--json'])).stdout);
  expect(json).toMatchObject({
    warnings: [{ code: 'TW6001', severity: 'warning', span: { line: 45 } }],
    explain: [
      {},
      {},
      { process: 'work', loops: [{ asked: 1, got: 3, limit: { name: 'hash' } }] },
      {},
    ],
  });
});

test('--explain is an aligned table: a line a loop, why it is slower, and at which line', async () => {
  const { code, stdout } = await call(['generate', warned, '--explain']);
  expect(code).toBe(0);
  const [head, ...rows] = stdout.trimEnd().split('\n');
  expect(rows).toHaveLength(4);
  expect(rows[2]).toContain("the next iteration needs 'hash' of this one (line 48)");
  for (const row of rows) expect(row.indexOf('line ')).toBe(head.indexOf('loop'));
});

test('nowhere to write to is a wrong call', async () => {
  const { code, stderr } = await call(['generate', 'mean_aggregate']);
  expect(code).toBe(2);
  expect(stderr).toContain('--out');
});

test('a caret error under --json carries every diagnostic', async () => {
  const wrong = join(root, 'test/diagnostics/kernels/many-errors.ts');
  const { stdout } = await call(['generate', wrong, '--explain', '--json']);
  const { error } = onlyJson(stdout) as { error: { diagnostics: { code: string }[] } };
  expect(error.diagnostics.map(({ code }) => code)).toEqual([
    'TS2322',
    'TW2009',
    'TW2008',
    'TW1011',
  ]);
});

async function until(what: () => boolean): Promise<void> {
  while (!what()) await new Promise((resolve) => setTimeout(resolve, 20));
}

test('--watch compiles again on a change of the kernel or of what it imports', async () => {
  const kernel = join(folder, 'watched.ts');
  const shifts = join(folder, 'shifts.ts');
  writeFileSync(shifts, 'export const places = 4;\n');
  const scale = readFileSync(join(root, 'examples/scale.ts'), 'utf8')
    .replace('const lanes', "import { places } from './shifts.ts';\n\nconst lanes")
    .replace('gain, 4)', 'gain, places)');
  writeFileSync(kernel, scale);
  const out = join(folder, 'watched');
  const verilog = join(out, 'verilog/scale_multiply.v');
  const text = () => (existsSync(verilog) ? readFileSync(verilog, 'utf8') : '');
  let told = '';
  const ended = new AbortController();
  const watching = call(['generate', kernel, '--out', out, '--watch', '--json'], {
    signal: ended.signal,
    listen: (text) => {
      told = text;
    },
  });
  await until(() => text() !== '');
  const first = text();
  // An imported file, written in place.
  writeFileSync(shifts, 'export const places = 5;\n');
  await until(() => text() !== first);
  // The kernel itself, as an editor that renames on save writes it; first with an error.
  const save = (content: string) => {
    writeFileSync(`${kernel}~`, content);
    renameSync(`${kernel}~`, kernel);
  };
  save(scale.replace('gain, places', 'gain, missing'));
  await until(() => told.includes("Cannot find name 'missing'"));
  save(scale);
  writeFileSync(shifts, 'export const places = 4;\n');
  await until(() => text() === first);
  ended.abort();
  const { code, stdout, stderr } = await watching;
  expect(code).toBe(0);
  expect(stderr).toContain("Cannot find name 'missing'");
  expect(stderr).toContain('Watching watched.ts, shifts.ts');
  expect(onlyJson(stdout)).toMatchObject({ kernel: 'scale' });
});

test('a shorter clock gives more stages, and says what it could not shorten', async () => {
  const reports = async (clock: string) => {
    const { code, stdout } = await call([
      ...['generate', 'mean_aggregate', '--explain', '--json', '--clock', clock],
    ]);
    expect(code).toBe(0);
    const { explain } = onlyJson(stdout) as {
      explain: { stages: number; budget: number; stretch: number }[];
    };
    return explain;
  };
  const stages = (all: readonly { readonly stages: number }[]) =>
    all.reduce((sum, one) => sum + one.stages, 0);
  const [short, long] = [await reports('2.4'), await reports('8')];
  expect(stages(short)).toBeGreaterThan(stages(long));
  expect(long.every(({ budget, stretch }) => budget === 8 && stretch === 0)).toBe(true);
  expect(short.every(({ budget, stretch }) => Math.abs(budget - stretch - 2.4) < 0.02)).toBe(true);
});
