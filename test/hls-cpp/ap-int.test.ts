import { expect, test } from 'vitest';
import { type IntType, intType, typeText, wrap } from '../../codegen/ir/ir.ts';
import { uniform } from '../../host/dataset/uniform.ts';
import { compileAndRun, oddValue } from './gpp.ts';

/** Pairs of types whose every operator is compared with BigInt. */
function typePairs(): readonly (readonly [IntType, IntType])[] {
  const random = uniform(7);
  const widths = [1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 48, 63, 64];
  const pick = () => intType(random() < 0.5, widths[Math.floor(random() * widths.length)]);
  const chosen = Array.from({ length: 26 }, () => [pick(), pick()] as const);
  const edges = [64, 32, 1].flatMap((width) =>
    [true, false]
      .flatMap((a) => [true, false].map((b) => [a, b] as const))
      .map(([a, b]) => [intType(a, width), intType(b, width)] as const),
  );
  return [...edges, ...chosen];
}

const cpp = (type: IntType) => `${type.signed ? 'ap_int' : 'ap_uint'}<${type.width}>`;

/** Each prints the exact value of its result; narrowed ones wrap. */
const operators: Record<
  string,
  (a: bigint, b: bigint, types: readonly [IntType, IntType]) => bigint
> = {
  'a + b': (a, b) => a + b,
  'a - b': (a, b) => a - b,
  'a * b': (a, b) => a * b,
  'a & b': (a, b) => a & b,
  'a | b': (a, b) => a | b,
  'a ^ b': (a, b) => a ^ b,
  '-a': (a) => -a,
  '~a': (a, _b, [type]) => wrap(~a, type),
  'a / nonzero': (a, b, [type, other]) => {
    const quotient = a / (b === 0n ? 1n : b);
    return wrap(
      quotient,
      intType(type.signed || other.signed, type.width + (other.signed ? 1 : 0)),
    );
  },
  'a % nonzero': (a, b) => a % (b === 0n ? 1n : b),
  'A(b)': (_a, b, [type]) => wrap(b, type),
  'a << by': (a, b, [type]) => wrap(a << (b & 127n), type),
  'a >> by': (a, b) => a >> (b & 127n),
  'a << 3': (a, _b, [type]) => wrap(a << 3n, type),
  'A(a + 1)': (a, _b, [type]) => wrap(a + 1n, type),
  'A(a * 1000000007)': (a, _b, [type]) => wrap(a * 1000000007n, type),
  'A(a - 0x80000000u)': (a, _b, [type]) => wrap(a - 0x80000000n, type),
  'a == A(b)': (a, b, [type]) => (a === wrap(b, type) ? 1n : 0n),
  'a < A(b)': (a, b, [type]) => (a < wrap(b, type) ? 1n : 0n),
  'a <= A(b)': (a, b, [type]) => (a <= wrap(b, type) ? 1n : 0n),
  'a > 5': (a) => (a > 5n ? 1n : 0n),
  'a != 0xffffffffu': (a) => (a !== 0xffffffffn ? 1n : 0n),
  'A(stepped(a))': (a, _b, [type]) => wrap(a - 1n, type),
};

const program = `#include <ap_int.h>
#include <cinttypes>
#include <cstdio>

// As hexadecimal two's complement of 128 bits.
template <int W, bool S> void show(const ap_int_base<W, S> &value) {
  const tilewright::uint128 bits = static_cast<tilewright::uint128>(static_cast<tilewright::int128>(value.v));
  std::printf("%016" PRIx64 "%016" PRIx64 "\\n", static_cast<uint64_t>(bits >> 64), static_cast<uint64_t>(bits));
}
void show(bool value) { show(ap_uint<1>(value)); }

template <typename T> T stepped(T value) {
  const T before = value++;
  value -= 1;
  --value;
  if (before == value) return before;
  value += 1;
  return T(value - 1);
}

template <typename A, typename B> void check() {
  uint64_t x;
  uint64_t y;
  if (std::scanf("%" SCNx64 " %" SCNx64, &x, &y) != 2) return;
  const A a = x;
  const B b = y;
  const B nonzero = b == B(0) ? B(1) : b;
  const ap_uint<7> by = b;
  (void)nonzero;
  (void)by;
OPERATIONS
}

int main() {
CHECKS
}
`;

test('ap_int and ap_uint agree with BigInt on every operator', async () => {
  const pairs = typePairs();
  const rounds = 12;
  const random = uniform(1);
  // `B(1)` of a signed one-bit type is -1: division by it is division by -1 in both models.
  const cases = pairs.flatMap(([a, b]) =>
    Array.from({ length: rounds }, () => ({
      types: [a, b] as const,
      a: oddValue(random, a.signed, a.width),
      b: oddValue(random, b.signed, b.width),
    })),
  );
  const hex = (value: bigint) => BigInt.asUintN(64, value).toString(16);
  const text = program
    .replace(
      'OPERATIONS',
      Object.keys(operators)
        .map((one) => `  show(${one});`)
        .join('\n'),
    )
    .replace(
      'CHECKS',
      pairs
        .map(([a, b]) => `  for (int i = 0; i < ${rounds}; ++i) check<${cpp(a)}, ${cpp(b)}>();`)
        .join('\n'),
    );
  const input = cases.map(({ a, b }) => `${hex(a)} ${hex(b)}`).join('\n');
  const lines = await compileAndRun({ 'main.cpp': text }, input);

  const expected = cases.flatMap(({ types, a, b }) => {
    const divisor = b === 0n ? wrap(1n, types[1]) : b;
    return Object.entries(operators).map(([name, operator]) => {
      const value = operator(a, name.includes('nonzero') ? divisor : b, types);
      const bits = BigInt.asUintN(128, value).toString(16).padStart(32, '0');
      return `${typeText(types[0])} ${typeText(types[1])} ${a} ${b} ${name} ${bits}`;
    });
  });
  const names = cases.flatMap(({ types, a, b }) =>
    Object.keys(operators).map(
      (name) => `${typeText(types[0])} ${typeText(types[1])} ${a} ${b} ${name}`,
    ),
  );
  expect(lines.map((line, index) => `${names[index]} ${line}`)).toEqual(expected);
});

test('ranges of wide integers are read and written at any place', async () => {
  const random = uniform(3);
  const operations = Array.from({ length: 300 }, () => {
    const count = [1, 5, 8, 16, 22, 32, 33, 63, 64][Math.floor(random() * 9)];
    const low = Math.floor(random() * (512 - count));
    const aligned = random() < 0.5 ? low - (low % count) : low;
    return { low: aligned, count, value: oddValue(random, false, count) };
  });
  const body = operations.map(
    ({ low, count, value }) =>
      `  beat.range(${low + count - 1}, ${low}) = ap_uint<${count}>(0x${value.toString(16)}ULL);\n` +
      `  std::printf("%" PRIx64 "\\n", beat.range(${low + count - 1}, ${low}).to_uint64());\n`,
  );
  const text = `#include <ap_int.h>
#include <cinttypes>
#include <cstdio>
int main() {
  ap_uint<512> beat = 0;
${body.join('')}
  for (int word = 7; word >= 0; --word) std::printf("%016" PRIx64, beat.range(word * 64 + 63, word * 64).to_uint64());
}
`;
  const lines = await compileAndRun({ 'main.cpp': text });
  let bits = 0n;
  const expected = operations.map(({ low, count, value }) => {
    const mask = ((1n << BigInt(count)) - 1n) << BigInt(low);
    bits = (bits & ~mask) | (value << BigInt(low));
    return value.toString(16);
  });
  expect(lines).toEqual([...expected, bits.toString(16).padStart(128, '0')]);
});
