import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { compileKernel, loadKernelModule, TilewrightError } from '../../codegen/index.ts';
import { checkKernel } from '../fuzz/check-kernel.ts';

// A kernel of several files, outside the checkout: nothing there leads to tilewright but its name.
const folder = mkdtempSync(join(tmpdir(), 'tilewright-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const kernel = join(folder, 'kernel.ts');
const files: Readonly<Record<string, string>> = {
  'kernel.ts': `import {
  kernel, pipeline, type ReadPort, readMemory, scalar, u16, u32, vec, type WritePort, writeMemory,
} from 'tilewright/language';
import grow, { type Limits, scaled as scaledBy, steps } from './util';
import * as numbers from './numbers/index.ts';
import { more, tiny } from 'tiny';
import { byte } from './all.ts';

export const { low, high: [, most] } = { low: 3, high: [1, 250] };

function ask(rows: u16, input: ReadPort<u32>, output: WritePort<u32>): void {
  for (let row = 0; row < rows; row++) {
    pipeline();
    input.request(row, 1);
    output.request(row, 1);
  }
}

function work(rows: u16, input: ReadPort<u32>, output: WritePort<u32>): void {
  const limits: Limits = { low, most };
  for (let row = 0; row < rows; row++) {
    const v = input.receive();
    const first = grow(v[0]);
    const clipped = vec(u32, 16, (l) => numbers.clip(v[l], limits));
    const kind = numbers.inner.kindOf(v[1], numbers.Kind.odd);
    output.send(
      vec(u32, 16, (l) =>
        l === 0 ? first
        : l === 1 ? scaledBy(v[1])
        : l === 2 ? u32(steps[v[2] & 3] + more(tiny))
        : l === 3 ? kind
        : l === 4 ? byte(v[4])
        : clipped[l],
      ),
    );
  }
}

function confirm(rows: u16, output: WritePort<u32>): void {
  for (let row = 0; row < rows; row++) output.response();
}

export default kernel({
  name: 'several_files',
  summary: 'functions, constants, types and tables of other files',
  parameters: {},
  arguments: () => ({ input: readMemory(u32), output: writeMemory(u32), rows: scalar(u16) }),
  dataflow(_p, { input, output, rows }) {
    ask(rows, input, output);
    work(rows, input, output);
    confirm(rows, output);
  },
  workload(_p, random, size) {
    const input = Uint32Array.from({ length: size * 16 }, () => random.integer(0, 0xffffffff));
    return { input, output: size * 16, rows: size };
  },
});
`,
  'util.ts': `import { mulLow, table, u8, u32 } from 'tilewright/language';
import { low } from './kernel.ts';

export type Limits = { readonly low: number; readonly most: number };

const factor = 5;
export const steps = table(u8, 4, (i) => i * i + 1);

export function scaled(x: u32): u32 {
  return u32(mulLow(x, factor, 32) + low);
}

export default (x: u32): u32 => u32(scaled(x) ^ (x >>> 3));
`,
  'numbers/index.ts': `import { u32 } from 'tilewright/language';
import type { Limits } from '../util.ts';

export * as inner from './kinds.ts';
export { Kind } from './kinds.ts';

export function clip(x: u32, { low, most }: Limits): u32 {
  if (x < low) return u32(low);
  return u32(x > most ? most : x);
}
`,
  'numbers/kinds.ts': `import { u32 } from 'tilewright/language';

export enum Kind { even, odd }

export const kindOf = (x: u32, kind: Kind): u32 => u32((x & 1) === kind ? 7 : 9);
`,
  'all.ts': `export { u8 as byte } from 'tilewright/language';
`,
  'node_modules/tiny/package.json':
    '{ "name": "tiny", "type": "module", "main": "index.js", "types": "index.d.ts" }',
  'node_modules/tiny/index.js': 'export const tiny = 11;\nexport const more = (x) => x + 1;\n',
  'node_modules/tiny/index.d.ts':
    'export declare const tiny: number;\nexport declare const more: (x: number) => number;\n',
};

function write(name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

beforeEach(() => {
  for (const [name, text] of Object.entries(files)) write(name, text);
});

async function refused(): Promise<TilewrightError> {
  try {
    await compileKernel(kernel);
  } catch (error) {
    if (error instanceof TilewrightError) return error;
    throw error;
  }
  throw new Error('the kernel compiles');
}

test('a kernel of several files means the same everywhere', { timeout: 300_000 }, async () => {
  const runs = [{ seed: 1, size: 9, stall: 0, latency: 64, outstanding: 64 }];
  expect(await checkKernel(kernel, runs, ['passes', 'hls', 'verilator'])).toEqual([]);
  const { imports } = await loadKernelModule(kernel);
  expect(imports.map(({ file }) => file.slice(folder.length + 1)).sort()).toEqual([
    'all.ts',
    'numbers/index.ts',
    'numbers/kinds.ts',
    'util.ts',
  ]);
});

test('the hash of the source covers every file, and a change is seen by the next run', async () => {
  const before = await compileKernel(kernel);
  write('util.ts', files['util.ts'].replace('factor = 5', 'factor = 6'));
  const after = await compileKernel(kernel);
  expect(after.manifest.sourceSha256).not.toBe(before.manifest.sourceSha256);
  expect([...after.files]).not.toEqual([...before.files]);
  write('util.ts', files['util.ts']);
  expect((await compileKernel(kernel)).manifest).toEqual(before.manifest);
});

test('a diagnostic names the file and the line that are at fault', async () => {
  write('numbers/index.ts', files['numbers/index.ts'].replace('x > most', 'x / most'));
  const found = await refused();
  expect(found.message).toContain(
    [
      "numbers/index.ts:9:14: error TW2009: '/' on hardware values: a divider is not part of the language",
      '    return u32(x / most ? most : x);',
      '               ^',
    ].join('\n'),
  );
  write('numbers/index.ts', files['numbers/index.ts'].replace('x < low', 'x < lowest'));
  const types = await refused();
  expect(types.message).toContain("numbers/index.ts:8:11: error TS2304: Cannot find name 'lowest'");
  write('numbers/index.ts', files['numbers/index.ts']);
  write('util.ts', `${files['util.ts']}\nthrow new Error('not today');\n`);
  const thrown = await refused();
  expect(thrown.message).toContain(
    'util.ts:15:7: error TW4012: this throws when the file is loaded',
  );
  write('util.ts', files['util.ts']);
});

test('what a package exports is a compile-time value', async () => {
  write('kernel.ts', files['kernel.ts'].replace('more(tiny)', 'more(v[2])'));
  const { message } = await refused();
  expect(message).toContain('error TW1016: a compile-time function cannot be called');
  write('kernel.ts', files['kernel.ts'].replace('more(tiny)', 'more(2)'));
  await compileKernel(kernel);
});
