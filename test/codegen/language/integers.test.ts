import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  mulHigh,
  mulLow,
  seededRandom,
  shiftLeft,
  shiftRight,
  signed,
  unsigned,
} from '../../../codegen/language/index.ts';
import { type IntegerType, integer } from '../../../codegen/language/integer-type.ts';

const runs = { numRuns: 40, seed: 7 };
const number = fc.oneof(
  fc.maxSafeInteger(),
  fc.constantFrom(0, -0, 1, -1, 2 ** 53 - 1, -(2 ** 53 - 1), 2 ** 31, -(2 ** 31), 2 ** 32 - 1),
);
const bits64 = fc.bigInt({ min: -(1n << 70n), max: 1n << 70n });

/** The value that two's complement of `width` bits gives. */
function wrapped(isSigned: boolean, width: number, value: bigint): bigint {
  return isSigned ? BigInt.asIntN(width, value) : BigInt.asUintN(width, value);
}

function clamped(isSigned: boolean, width: number, value: bigint): bigint {
  const min = isSigned ? -(1n << BigInt(width - 1)) : 0n;
  const max = (1n << BigInt(isSigned ? width - 1 : width)) - 1n;
  return value < min ? min : value > max ? max : value;
}

describe.each([false, true])('signed %s', (isSigned) => {
  test.each(Array.from({ length: 64 }, (_, at) => at + 1))('%i bits wrap and saturate', (width) => {
    const type = integer(isSigned, width) as IntegerType<number | bigint>;
    expect(type.text).toBe(`${isSigned ? 'i' : 'u'}${width}`);
    fc.assert(
      fc.property(number, (value) => {
        const narrow = type(value);
        expect(typeof narrow).toBe(width > 53 ? 'bigint' : 'number');
        expect(BigInt(narrow)).toBe(wrapped(isSigned, width, BigInt(value)));
        expect(BigInt(type.saturate(value))).toBe(clamped(isSigned, width, BigInt(value)));
      }),
      runs,
    );
    fc.assert(
      fc.property(bits64, (value) => {
        expect(BigInt(type(value))).toBe(wrapped(isSigned, width, value));
        expect(BigInt(type.saturate(value))).toBe(clamped(isSigned, width, value));
      }),
      runs,
    );
  });
});

test('a value that is no exact integer is refused', () => {
  for (const value of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 54]) {
    expect(() => unsigned(8)(value)).toThrow('not an exact integer');
    expect(() => signed(8).saturate(value)).toThrow('not an exact integer');
  }
});

test('a width past 64 is refused', () => {
  for (const width of [0, 65, 1.5, Number.NaN]) {
    expect(() => unsigned(width)).toThrow('a width is a whole number from 1 to 64');
  }
});

describe('arithmetic past 32 bits is exact', () => {
  test('shiftRight', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 0, max: 63 }), (a, n) => {
        expect(BigInt(shiftRight(a, n))).toBe(BigInt(a) >> BigInt(n));
      }),
    );
  });

  test('shiftLeft, refused past 53 bits', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 0, max: 63 }), (a, n) => {
        const exact = BigInt(a) << BigInt(n);
        if (Number.isSafeInteger(Number(exact))) expect(BigInt(shiftLeft(a, n))).toBe(exact);
        else expect(() => shiftLeft(a, n)).toThrow('does not fit into 53 bits');
      }),
    );
  });

  test('mulLow', () => {
    const width = fc.integer({ min: 1, max: 53 });
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.maxSafeInteger(), width, (a, b, bits) => {
        expect(BigInt(mulLow(a, b, bits))).toBe(BigInt.asUintN(bits, BigInt(a) * BigInt(b)));
      }),
    );
  });

  test('mulHigh, refused past 53 bits', () => {
    const operand = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
    fc.assert(
      fc.property(operand, operand, fc.integer({ min: 1, max: 63 }), (a, b, shift) => {
        const exact = (BigInt(a) * BigInt(b)) >> BigInt(shift);
        if (Number.isSafeInteger(Number(exact))) {
          expect(BigInt(mulHigh(a, b, shift))).toBe(exact);
        } else expect(() => mulHigh(a, b, shift)).toThrow('does not fit into 53 bits');
      }),
    );
  });
});

describe('seededRandom', () => {
  test('the same seed gives the same numbers', () => {
    const [a, b, c] = [5, 5, 6].map((seed) => {
      const random = seededRandom(seed);
      return Array.from({ length: 50 }, () => random.integer(0, 0xffffffff));
    });
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
    // Workloads must stay the same from version to version.
    expect(a.slice(0, 3)).toMatchInlineSnapshot(`
      [
        3533496745,
        3726933447,
        759973383,
      ]
    `);
  });

  test('integer() reaches both ends and nothing else', () => {
    const random = seededRandom(1);
    const seen = new Set(Array.from({ length: 400 }, () => random.integer(-2, 3)));
    expect([...seen].sort((x, y) => x - y)).toEqual([-2, -1, 0, 1, 2, 3]);
  });

  test('chance() and unit() are fair', () => {
    const random = seededRandom(2);
    const hits = Array.from({ length: 4000 }, () => random.chance(0.25)).filter(Boolean).length;
    expect(Math.abs(hits - 1000)).toBeLessThan(130);
    for (let at = 0; at < 100; at++) {
      const unit = random.unit();
      expect(unit >= 0 && unit < 1).toBe(true);
    }
  });
});
