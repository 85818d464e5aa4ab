// Rows that a kernel says come to nothing are left out of its runs where they are many.
import { expect, test } from 'vitest';
import { buildManifest } from '../../codegen/package/build-manifest.ts';
import type { Manifest, ManifestRows } from '../../codegen/package/manifest.ts';
import type { BuiltKernel } from '../../host/device/built-kernel.ts';
import { blankRowPatterns } from '../../host/device/library/blank-rows.ts';
import { sumKernel } from '../hls-cpp/small-kernels.ts';
import { countingDevice, mode, sumWords, valueWords } from './counted-rows.ts';

const elements = { values: 2 * valueWords, sums: sumWords };
/** Of which the kernel knows nothing: it would give other sums. */
const given = 0x01020304;

function counted(rows: ManifestRows): BuiltKernel {
  const manifest = buildManifest(sumKernel(true), '', new Map(), rows);
  return { manifest, folder: '', sourceFile: '' };
}

const saying = counted({
  ...{ count: 'rows', elements },
  blank: { when: { values: -1 }, gives: { sums: given } },
});

interface Setting {
  readonly threads: number;
  readonly rows: number;
  readonly blank: (row: number) => boolean;
  readonly modes?: Readonly<Record<number, number>>;
  /** Rows that the buffer of sums has room for. */
  readonly room?: number;
}

/** Runs it; the sums by row: a row's first one, or undefined where they are not as of one row. */
async function ran({ threads, rows, blank, modes = {}, room = rows }: Setting) {
  await using device = countingDevice(threads);
  const kernel = await device.load(saying);
  const words = new Uint32Array(rows * valueWords);
  for (let row = 0; row < rows; row++) {
    const own = words.subarray(row * valueWords, (row + 1) * valueWords);
    own.fill(blank(row) ? 0xffffffff : 0);
    if (!blank(row)) own[1] = row + 1000;
    if (modes[row] !== undefined) own[0] = modes[row];
  }
  const values = device.allocate(words.byteLength);
  const sums = device.allocate(room * 4 * sumWords);
  values.write(new Uint8Array(words.buffer));
  const { log } = await kernel.run({ values, sums, rows });
  const out = new Uint32Array(room * sumWords);
  sums.read(new Uint8Array(out.buffer));
  const found = Array.from({ length: rows }, (_, row) => {
    const part = [...out.subarray(row * sumWords, (row + 1) * sumWords)];
    if (part.every((word) => word === given)) return given;
    return part.every((word, at) => word === part[0] + at) ? part[0] : undefined;
  });
  return { log, found };
}

const all = (rows: number, one: (row: number) => number) =>
  Array.from({ length: rows }, (_, row) => one(row));

test.each([1, 3])('%i threads: many rows are blank', async (threads) => {
  for (const rows of [16, 100, 600, 5000]) {
    for (const blank of [
      (row: number) => row % 3 === 1,
      (row: number) => row % 32 >= 16,
      (row: number) => row % 7 !== 0,
      () => true,
    ]) {
      const { found } = await ran({ threads, rows, blank });
      expect(found).toEqual(all(rows, (row) => (blank(row) ? given : row + 1000)));
    }
  }
});

test('a few blank rows are run as all others', async () => {
  const blank = (row: number) => row % 100 === 7;
  // All of its words but the first: 47 times -1.
  const sum = (0x100000000 - (valueWords - 1)) >>> 0;
  const { found } = await ran({ threads: 1, rows: 600, blank });
  expect(found).toEqual(all(600, (row) => (blank(row) ? sum : row + 1000)));
});

test.each([1, 3])(
  '%i threads: what fails and what prints is told of its own row',
  async (threads) => {
    const blank = (row: number) => row % 2 === 1;
    for (const rows of [400, 3000]) {
      const setting = { threads, rows, blank };
      const prints = { 4: mode.print, 300: mode.print };
      expect((await ran({ ...setting, modes: prints })).log).toEqual(['row 4', 'row 300']);
      await expect(ran({ ...setting, modes: { 302: mode.fail } })).rejects.toMatchObject({
        message: 'sum_rows: row 302 fails',
      });
      await expect(ran({ ...setting, room: 350 })).rejects.toMatchObject({
        message: 'sum_rows: row 350 is outside',
      });
    }
  },
);

test.each([
  [
    { when: { sums: 0 }, gives: { sums: 0 } },
    /blank.when names 'sums', which is no memory that is read/,
  ],
  [{ when: { values: 0 }, gives: { values: 0 } }, /blank.gives names 'values'/],
  [{ when: { valves: 0 }, gives: { sums: 0 } }, /blank.when names 'valves'/],
  [{ when: { values: 40_000 }, gives: { sums: 0 } }, /'values' cannot hold 40000/],
  [{ when: { values: 0 }, gives: { sums: -1 } }, /'sums' cannot hold -1/],
  [{ when: { values: 0 }, gives: { sums: 0.5 } }, /'sums' cannot hold 0.5/],
  [{ when: {}, gives: { sums: 0 } }, /blank.when is empty/],
  [{ when: { values: 0 }, gives: {} }, /blank.gives says nothing of 'sums'/],
  [{ when: { values: 0 }, gives: { sums: 5n } }, /'sums' is 5n, which is no number/],
  [{ when: { values: '5' }, gives: { sums: 0 } }, /'values' is "5", which is no number/],
  [{ when: { values: undefined }, gives: { sums: 0 } }, /'values' is undefined, which is no/],
  [{ when: { values: 0 }, gives: { sums: 2 ** 53 } }, /'sums' is \d+, which is more than/],
  [{ when: { values: 0 } }, /blank has no when and gives/],
  [{ gives: { sums: 0 } }, /blank has no when and gives/],
  [null, /blank has no when and gives/],
])('%o is refused', (blank, message) => {
  const wrong = () => counted({ count: 'rows', elements, blank } as ManifestRows);
  expect(wrong).toThrow(expect.objectContaining({ code: 'KERNEL_ROWS' }));
  expect(wrong).toThrow(message);
});

test.each([
  [{ count: 'row', elements }, /count is 'row', which is no scalar/],
  [{ count: 'rows', elements: { value: 1 } }, /there is no memory 'value'/],
  [{ count: 'rows', elements: { values: 0 } }, /a row of 'values' cannot have 0 elements/],
  [{ count: 'rows', elements: { values: 1 } }, /elements says nothing of 'sums', which is written/],
  [{ count: 'rows' }, /it gives no count and elements/],
  [null, /it gives no count and elements/],
])('%o is refused', (rows, message) => {
  expect(() => counted(rows as ManifestRows)).toThrow(message);
});

test('a count of rows that may be below 0 is refused', () => {
  const kernel = sumKernel(true);
  const [rows] = kernel.scalars;
  for (const scalar of [
    { ...rows, type: { ...rows.type, signed: true } },
    { ...rows, fraction: 4 },
  ]) {
    const wrong = { ...kernel, scalars: [scalar] };
    expect(() => buildManifest(wrong, '', new Map(), { count: 'rows', elements })).toThrow(
      /count is 'rows', which is no unsigned integer/,
    );
  }
});

test('memories called as what every object has, and rows of any length', () => {
  const { manifest } = saying;
  const places = [0, 2, 4];
  const other = { ...manifest.arguments[0], name: 'constructor' } as Manifest['arguments'][number];
  const renamed = { ...manifest, arguments: [other, ...manifest.arguments.slice(1)] };
  expect(blankRowPatterns(renamed, places, 5)?.roles[0]).toBe(0);
  const rows = { ...manifest.rows, count: 'rows', elements: { values: 2 ** 40, sums: sumWords } };
  expect(blankRowPatterns({ ...manifest, rows }, places, 5)).toBeUndefined();
});
