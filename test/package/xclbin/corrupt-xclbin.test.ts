import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from '../../../codegen/index.ts';
import { readXclbin } from '../../../codegen/package/xclbin/read-xclbin.ts';
import { summariseXclbin } from '../../../codegen/package/xclbin/summarise-xclbin.ts';
import { TilewrightError } from '../../../codegen/support/errors.ts';
import { cardXclbin } from './card-xclbin.ts';
import { exampleXclbin } from './example-xclbin.ts';

const files = [
  { name: 'of an emulation', bytes: exampleXclbin() },
  { name: 'of a card', bytes: cardXclbin() },
];

/** The error, checked to be one that names the part and the byte; undefined when the file reads. */
function errorOf(bytes: Uint8Array): string | undefined {
  try {
    JSON.stringify(summariseXclbin(readXclbin('cut.xclbin', bytes)));
    return undefined;
  } catch (error) {
    if (!(error instanceof TilewrightError)) throw error;
    expect(error.hint).not.toBe('');
    if (error.code === 'XCLBIN_FORMAT') {
      expect(error.message).toMatch(/^cut\.xclbin is (no xclbin|an xclbin of the old format)/);
    } else {
      expect(error.code).toBe('XCLBIN_CORRUPT');
      expect(error.message).toMatch(
        /^cut\.xclbin: (head|section [A-Z_]+|section kind \d+), byte \d+: /,
      );
    }
    return error.message;
  }
}

test.each(files)('cut short at every boundary: $name', ({ bytes }) => {
  const { sections } = summariseXclbin(readXclbin('whole.xclbin', bytes));
  const heads = sections.map((_, index) => 456 + 40 * index);
  const bounds = sections.flatMap(({ offset, bytes: size }) => [offset, offset + size]);
  const cuts = [0, 7, 8, 304, 455, ...heads, ...bounds].filter((cut) => cut < bytes.length);
  expect(cuts.length).toBeGreaterThan(20);
  for (const cut of cuts) expect(errorOf(bytes.subarray(0, cut)), `at ${cut}`).toBeDefined();
});

test.each(files)('cut short at 200 random places: $name', ({ bytes }) => {
  const random = seededRandom(6);
  for (let turn = 0; turn < 200; turn++) {
    const cut = random.integer(0, bytes.length - 1);
    expect(errorOf(bytes.subarray(0, cut)), `at ${cut}`).toBeDefined();
  }
});

test('the error of a cut file names the section that is hurt', () => {
  const [{ bytes }] = files;
  const { sections } = summariseXclbin(readXclbin('whole.xclbin', bytes));
  const last = sections[sections.length - 1];
  expect(errorOf(bytes.subarray(0, bytes.length - 1))).toContain(`section ${last.kind}`);
  expect(errorOf(bytes.subarray(0, bytes.length - 1))).toContain(`byte ${last.offset}`);
});

test.each(files)('bits that flipped: $name', ({ bytes }) => {
  const flips = fc.array(fc.record({ at: fc.nat(bytes.length - 1), bit: fc.nat(7) }), {
    minLength: 1,
    maxLength: 8,
  });
  fc.assert(
    fc.property(flips, (all) => {
      const hurt = bytes.slice();
      for (const { at, bit } of all) hurt[at] ^= 1 << bit;
      errorOf(hurt);
    }),
    { numRuns: 600 },
  );
});

test.each(files)('words of the headers and the counts that changed: $name', ({ bytes }) => {
  const { sections } = summariseXclbin(readXclbin('whole.xclbin', bytes));
  const words = [
    ...Array.from({ length: (456 + 40 * sections.length) / 4 }, (_, index) => index * 4),
    ...sections.filter(({ bytes: size }) => size >= 4).map(({ offset }) => offset),
  ];
  for (const at of words) {
    for (const value of [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff]) {
      const hurt = bytes.slice();
      new DataView(hurt.buffer).setUint32(at, value, true);
      errorOf(hurt);
    }
  }
});

test('bytes that are no xclbin', () => {
  for (const text of ['', 'xclbin', 'xclbin0\0 and so on', '\x7fELF and so on']) {
    expect(errorOf(new TextEncoder().encode(text))).toMatch(/no xclbin|old format/);
  }
});
