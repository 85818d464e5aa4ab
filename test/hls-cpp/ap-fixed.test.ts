import { expect, test } from 'vitest';
import { uniform } from '../../host/dataset/uniform.ts';
import { compileAndRun, oddValue } from './gpp.ts';

/** W bits with W - I of them behind the point; the value is raw · 2^(I - W). */
interface Fixed {
  readonly width: number;
  readonly integer: number;
  readonly signed: boolean;
}

const roundings = [
  'AP_TRN',
  'AP_TRN_ZERO',
  'AP_RND',
  'AP_RND_ZERO',
  'AP_RND_MIN_INF',
  'AP_RND_INF',
  'AP_RND_CONV',
] as const;
const overflows = ['AP_WRAP', 'AP_SAT', 'AP_SAT_ZERO', 'AP_SAT_SYM'] as const;
type Rounding = (typeof roundings)[number];
type Overflow = (typeof overflows)[number];

function rounded(raw: bigint, drop: bigint, mode: Rounding): bigint {
  if (drop <= 0n) return raw << -drop;
  const floor = raw >> drop;
  const rest = raw - (floor << drop);
  const half = 1n << (drop - 1n);
  const up: Record<Rounding, boolean> = {
    AP_TRN: false,
    AP_TRN_ZERO: raw < 0n && rest > 0n,
    AP_RND: rest >= half,
    AP_RND_ZERO: rest > half || (rest === half && raw < 0n),
    AP_RND_MIN_INF: rest > half,
    AP_RND_INF: rest > half || (rest === half && raw >= 0n),
    AP_RND_CONV: rest > half || (rest === half && (floor & 1n) === 1n),
  };
  return floor + (up[mode] ? 1n : 0n);
}

function overflowed(value: bigint, { width, signed }: Fixed, mode: Overflow): bigint {
  const max = (1n << BigInt(signed ? width - 1 : width)) - 1n;
  const min = !signed ? 0n : mode === 'AP_SAT_SYM' ? -max : -max - 1n;
  if (mode === 'AP_WRAP') {
    return signed ? BigInt.asIntN(width, value) : BigInt.asUintN(width, value);
  }
  if (value >= min && value <= max) return value;
  return mode === 'AP_SAT_ZERO' ? 0n : value > max ? max : min;
}

const fraction = ({ width, integer }: Fixed) => BigInt(width - integer);

const cpp = ({ width, integer, signed }: Fixed, ...modes: readonly string[]) =>
  `ap_${signed ? '' : 'u'}fixed<${[width, integer, ...modes].join(', ')}>`;

interface Conversion {
  readonly from: Fixed;
  readonly to: Fixed;
  readonly rounding: Rounding;
  readonly overflow: Overflow;
  readonly values: readonly bigint[];
}

function pickFixed(random: () => number, widest: number): Fixed {
  const width = 1 + Math.floor(random() * widest);
  // Points far outside of the digits too.
  const integer = Math.floor(random() * (width + 12)) - 6;
  return { width, integer, signed: random() < 0.5 };
}

function conversions(): readonly Conversion[] {
  const random = uniform(11);
  const list = roundings.flatMap((rounding) =>
    overflows.flatMap((overflow) =>
      [64, 12, 12].map((widest) => {
        const from = pickFixed(random, widest);
        return { from, to: pickFixed(random, widest), rounding, overflow };
      }),
    ),
  );
  // A point that moves by more than a machine word has bits.
  const far = { width: 64, integer: 0, signed: true };
  const near = { width: 64, integer: 64, signed: true };
  const extremes = [
    { from: near, to: far, rounding: 'AP_TRN', overflow: 'AP_SAT' },
    { from: far, to: near, rounding: 'AP_RND_CONV', overflow: 'AP_WRAP' },
    { from: { ...near, integer: 150 }, to: near, rounding: 'AP_TRN', overflow: 'AP_SAT_SYM' },
    { from: { ...far, integer: -90 }, to: near, rounding: 'AP_RND_INF', overflow: 'AP_SAT' },
    { from: { ...far, integer: -63 }, to: near, rounding: 'AP_TRN', overflow: 'AP_WRAP' },
  ] as const;
  return [...list, ...extremes].map((one) => ({
    ...one,
    values: Array.from({ length: 24 }, () => oddValue(random, one.from.signed, one.from.width)),
  }));
}

const literal = (value: bigint) =>
  value < 0n ? `-0x${(-value - 1n).toString(16)}LL - 1` : `0x${value.toString(16)}ULL`;
const array = ({ signed }: Fixed, values: readonly bigint[]) =>
  `const ${signed ? 'int64_t' : 'uint64_t'} values[] = {${values.map(literal).join(', ')}};`;

const head = `#include <ap_fixed.h>
#include <cinttypes>
#include <cstdio>

template <int W, int I, bool S, ap_q_mode Q, ap_o_mode O>
void show(const ap_fixed_base<W, I, S, Q, O> &value) {
  const auto bits = static_cast<tilewright::uint128>(static_cast<tilewright::int128>(value.raw.v));
  std::printf("%d %016" PRIx64 "%016" PRIx64 "\\n", W - I, static_cast<uint64_t>(bits >> 64),
              static_cast<uint64_t>(bits));
}
template <typename T> T raw(int64_t bits) { return T(T::base::from_raw(bits)); }
`;

const shown = (raw: bigint, point: bigint) =>
  `${point} ${BigInt.asUintN(128, raw).toString(16).padStart(32, '0')}`;

test('every rounding and overflow mode of ap_fixed agrees with BigInt', async () => {
  const list = conversions();
  const blocks = list.map(
    ({ from, to, rounding, overflow, values }) => `  {
    ${array(from, values)}
    for (const auto value : values) show(${cpp(to, rounding, overflow)}(raw<${cpp(from)}>(value)));
  }`,
  );
  const text = `${head}\nint main() {\n${blocks.join('\n')}\n}\n`;
  const lines = await compileAndRun({ 'main.cpp': text });
  const expected = list.flatMap(({ from, to, rounding, overflow, values }) =>
    values.map((value) => {
      const exact = rounded(value, fraction(from) - fraction(to), rounding);
      const result = overflowed(exact, to, overflow);
      return `${cpp(from)} ${cpp(to, rounding, overflow)} ${value} ${shown(result, fraction(to))}`;
    }),
  );
  const names = list.flatMap(({ from, to, rounding, overflow, values }) =>
    values.map((value) => `${cpp(from)} ${cpp(to, rounding, overflow)} ${value}`),
  );
  expect(lines.map((line, index) => `${names[index]} ${line}`)).toEqual(expected);
});

test('sums, products and comparisons of ap_fixed are exact', async () => {
  const random = uniform(5);
  const pairs = Array.from({ length: 30 }, (_, index) => {
    const widest = index % 3 === 0 ? 56 : 16;
    const [a, b] = [pickFixed(random, widest), pickFixed(random, widest)];
    return { a, b, x: oddValue(random, a.signed, a.width), y: oddValue(random, b.signed, b.width) };
  });
  const blocks = pairs.map(
    ({ a, b, x, y }) => `  {
    const auto a = raw<${cpp(a)}>(${literal(x)});
    const auto b = raw<${cpp(b)}>(${literal(y)});
    show(a + b);
    show(a - b);
    show(a * b);
    show(-a);
    std::printf("%d%d%d\\n", a < b, a == b, a >= b);
  }`,
  );
  const text = `${head}\nint main() {\n${blocks.join('\n')}\n}\n`;
  const lines = await compileAndRun({ 'main.cpp': text });
  const expected = pairs.flatMap(({ a, b, x, y }) => {
    const point = fraction(a) > fraction(b) ? fraction(a) : fraction(b);
    const [p, q] = [x << (point - fraction(a)), y << (point - fraction(b))];
    // The negation is 0 - a, and 0 has no digits behind the point.
    const negated = fraction(a) > 0n ? fraction(a) : 0n;
    return [
      shown(p + q, point),
      shown(p - q, point),
      shown(x * y, fraction(a) + fraction(b)),
      shown(-(x << (negated - fraction(a))), negated),
      [p < q, p === q, p >= q].map(Number).join(''),
    ];
  });
  expect(lines).toEqual(expected);
});

test('doubles are converted exactly', async () => {
  const values = [0.1, -0.1, 1.5, -2.25, 1e-30, 1e30, -1e30, 255.996, 0.0009765625, -0, 7.5];
  const text = `${head}
int main() {
  const double values[] = {${values.join(', ')}};
  for (const double value : values) {
    show(ap_fixed<16, 8>(value));
    show(ap_ufixed<12, 3, AP_RND_CONV, AP_SAT>(value));
    std::printf("%.17g\\n", ap_fixed<40, 20>(value).to_double());
  }
}
`;
  const lines = await compileAndRun({ 'main.cpp': text });
  const convert = (value: number, to: Fixed, rounding: Rounding, overflow: Overflow): bigint => {
    const bits = new DataView(new ArrayBuffer(8));
    bits.setFloat64(0, value);
    const word = bits.getBigUint64(0);
    // value = mantissa · 2^(exponent - 1075) for every double that is not subnormal.
    const exponent = (word >> 52n) & 0x7ffn;
    const mantissa = exponent === 0n ? 0n : (word & 0xfffffffffffffn) | (1n << 52n);
    const exact = value < 0 ? -mantissa : mantissa;
    return overflowed(rounded(exact, 1075n - exponent - fraction(to), rounding), to, overflow);
  };
  const expected = values.flatMap((value) => {
    const first = { width: 16, integer: 8, signed: true };
    const second = { width: 12, integer: 3, signed: false };
    const third = { width: 40, integer: 20, signed: true };
    const double = Number(convert(value, third, 'AP_TRN', 'AP_WRAP')) / 2 ** 20;
    return [
      shown(convert(value, first, 'AP_TRN', 'AP_WRAP'), 8n),
      shown(convert(value, second, 'AP_RND_CONV', 'AP_SAT'), 9n),
      String(double),
    ];
  });
  expect(lines.map((line) => (line.includes(' ') ? line : String(Number(line))))).toEqual(expected);
});
