import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type BigFixedType,
  type FixedType,
  fixed,
  i16,
  i64,
  type Overflow,
  type Rounding,
  u8,
  ufixed,
} from '../../../codegen/language/index.ts';

type AnyFixed = BigFixedType<number | bigint, number | bigint>;

interface Shape {
  readonly signed: boolean;
  readonly width: number;
  readonly fraction: number;
  readonly rounding: Rounding;
  readonly overflow: Overflow;
}

/** An exact rational: numerator / 2^shift, shift not negative. */
interface Rational {
  readonly top: bigint;
  readonly shift: bigint;
}

const options = { numRuns: 600, seed: 11 };

const shape: fc.Arbitrary<Shape> = fc.record({
  signed: fc.boolean(),
  width: fc.oneof(fc.integer({ min: 1, max: 64 }), fc.constantFrom(1, 2, 53, 54, 63, 64)),
  fraction: fc.oneof(fc.integer({ min: -8, max: 64 }), fc.constantFrom(-64, 0, 1, 64)),
  rounding: fc.constantFrom<Rounding>('floor', 'zero', 'half-up', 'half-even'),
  overflow: fc.constantFrom<Overflow>('wrap', 'saturate'),
});

function make({ signed, width, fraction, rounding, overflow }: Shape): AnyFixed {
  const type: unknown = (signed ? fixed : ufixed)(width, fraction, rounding, overflow);
  return type as AnyFixed;
}

/** The bits of a double, taken apart by IEEE 754 itself. */
function rationalOf(value: number): Rational {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = (bits >> 52n) & 0x7ffn;
  const mantissa = bits & ((1n << 52n) - 1n);
  const magnitude = exponent === 0n ? mantissa : mantissa | (1n << 52n);
  const power = (exponent === 0n ? 1n : exponent) - 1075n;
  const top = bits >> 63n === 1n ? -magnitude : magnitude;
  return power >= 0n ? { top: top << power, shift: 0n } : { top, shift: -power };
}

/** Division of integers that rounds down, from JavaScript's, which rounds towards zero. */
function floorDivide(a: bigint, b: bigint): bigint {
  return (a - (((a % b) + b) % b)) / b;
}

/** The nearest multiples below and above by division, then the one that the mode takes. */
function reference({ top, shift }: Rational, type: Shape): bigint {
  const f = BigInt(type.fraction);
  const numerator = f >= 0n ? top * 2n ** f : top;
  const denominator = 2n ** shift * (f < 0n ? 2n ** -f : 1n);
  const below = floorDivide(numerator, denominator);
  const exact = below * denominator === numerator;
  const above = exact ? below : below + 1n;
  // Twice the distance to the one below against the denominator: −1, 0, 1 as nearer below, between, above.
  const twice = 2n * (numerator - below * denominator);
  const nearer = twice < denominator ? -1 : twice > denominator ? 1 : 0;
  const even = below % 2n === 0n ? below : above;
  const units = {
    floor: below,
    zero: numerator < 0n ? above : below,
    'half-up': nearer < 0 ? below : above,
    'half-even': nearer < 0 ? below : nearer > 0 ? above : even,
  }[type.rounding];
  const count = 2n ** BigInt(type.width);
  const min = type.signed ? -count / 2n : 0n;
  const max = min + count - 1n;
  if (type.overflow === 'saturate') return units < min ? min : units > max ? max : units;
  return min + ((((units - min) % count) + count) % count);
}

/** Units of a value of the type. */
function units(type: AnyFixed, value: number | bigint): bigint {
  return BigInt(type.raw(value));
}

/** Numbers around the type's own steps, ties and ends, and any others. */
function numberFor({ width, fraction }: Shape): fc.Arbitrary<number> {
  const steps = fc.bigInt({ min: -(2n ** 55n), max: 2n ** 55n });
  const near = fc
    .tuple(steps, fc.integer({ min: 0, max: 56 }), fc.integer({ min: -2, max: 4 }))
    .map(([k, drop, finer]) => Number(k >> BigInt(drop)) / 2 ** (fraction + finer));
  const ends = fc
    .tuple(
      fc.constantFrom(-1, 1),
      fc.constantFrom(width - 1, width),
      fc.integer({ min: -5, max: 5 }),
    )
    .map(([sign, power, quarter]) => (sign * 2 ** power + quarter / 4) / 2 ** fraction);
  return fc.oneof(
    near,
    ends,
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e30, max: 1e30 }),
    fc.constantFrom(0, -0, 0.1, -0.1, 0.5, -0.5, 1.5, 2.5, -1.5, -2.5, 5e-324, -5e-324, 1e300),
  );
}

const shaped = shape.chain((one) => fc.tuple(fc.constant(one), numberFor(one), numberFor(one)));

test('a number is rounded and held as rational arithmetic says', () => {
  fc.assert(
    fc.property(shaped, ([one, value]) => {
      const type = make(one);
      const result = type(value);
      expect(typeof result).toBe(one.width > 53 ? 'bigint' : 'number');
      expect(Object.is(result, -0)).toBe(false);
      expect(units(type, result)).toBe(reference(rationalOf(value), one));
      // What the type holds it leaves alone.
      expect(type(result)).toBe(result);
      expect(type.fromRaw(units(type, result))).toBe(result);
    }),
    { ...options, numRuns: 3000 },
  );
});

test('a product is rounded once, however long it is', () => {
  fc.assert(
    fc.property(shaped, ([one, a, b]) => {
      const type = make(one);
      const [x, y] = [rationalOf(a), rationalOf(b)];
      const product = { top: x.top * y.top, shift: x.shift + y.shift };
      expect(units(type, type.product(a, b))).toBe(reference(product, one));
      if (one.width <= 53) return;
      // A bigint counts units.
      const c = type(a) as bigint;
      const scale = { top: one.fraction < 0 ? 2n ** BigInt(-one.fraction) : 1n };
      const shift = BigInt(Math.max(0, one.fraction));
      const mixed = { top: c * scale.top * y.top, shift: shift + y.shift };
      expect(units(type, type.product(c, b))).toBe(reference(mixed, one));
      const square = { top: c * c * scale.top ** 2n, shift: 2n * shift };
      expect(units(type, type.product(c, c))).toBe(reference(square, one));
    }),
    options,
  );
});

test('a value of one type is converted to any other', () => {
  fc.assert(
    fc.property(shape, shape, fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }), (a, b, bits) => {
      const [from, to] = [make(a), make(b)];
      const raw = a.signed ? BigInt.asIntN(a.width, bits) : BigInt.asUintN(a.width, bits);
      const value = from.fromRaw(raw);
      const exact =
        a.fraction < 0
          ? { top: raw << BigInt(-a.fraction), shift: 0n }
          : { top: raw, shift: BigInt(a.fraction) };
      expect(units(to, to.convert(value, from))).toBe(reference(exact, b));
    }),
    options,
  );
});

test('integers convert as fixed point without a fraction', () => {
  const q = fixed(64, 32, 'half-even', 'saturate');
  expect(q.convert(i64(-3), i64)).toBe(-3n << 32n);
  expect(q.convert(u8(200), u8)).toBe(200n << 32n);
  expect(fixed(4, 0, 'floor', 'wrap').convert(i16(-300), i16)).toBe(4);
});

describe('what a type tells and refuses', () => {
  const q: FixedType<number> = fixed(16, 8, 'half-even', 'saturate');

  test('its shape, as one object a type', () => {
    expect({ ...q }).toMatchObject({
      kind: 'fixed',
      signed: true,
      width: 16,
      fraction: 8,
      rounding: 'half-even',
      overflow: 'saturate',
      text: 'fixed(16, 8)',
    });
    expect(ufixed(9, -2, 'zero', 'wrap').text).toBe('ufixed(9, -2)');
    expect(fixed(16, 8, 'half-even', 'saturate')).toBe(q);
    expect(fixed(16, 8, 'half-up', 'saturate')).not.toBe(q);
  });

  test.each([
    [() => fixed(65, 0, 'floor', 'wrap'), 'a width is a whole number from 1 to 64'],
    [() => fixed(0, 0, 'floor', 'wrap'), 'a width is a whole number from 1 to 64'],
    [() => fixed(8, 0.5, 'floor', 'wrap'), 'a fraction one from -64 to 64'],
    [() => ufixed(8, 65, 'floor', 'wrap'), 'a fraction one from -64 to 64'],
    [() => fixed(8, 2, 'round' as never, 'wrap'), "the modes 'round' and 'wrap'"],
    [() => fixed(8, 2, 'floor', undefined as never), "the modes 'floor' and 'undefined'"],
    [() => q(Number.NaN), 'not a finite number'],
    [() => q(Number.POSITIVE_INFINITY), 'not a finite number'],
    [() => q(1n as never), 'a bigint does not say where its binary point is'],
    [() => q.fromRaw(40000), 'the units do not fit into 16 bits'],
    [() => u8(q(0.5)), 'not an exact integer'],
  ])('%s', (call, message) => {
    expect(call).toThrow(message);
  });
});
