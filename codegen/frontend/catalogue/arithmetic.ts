import type { Catalogue } from './entry.ts';

/** TW2…: types and widths. */
export const arithmetic: Catalogue = {
  TW2001: {
    title: 'an operator on whole vectors',
    why: 'JavaScript has no arithmetic on vectors: the golden model would join text. Each lane has an adder of its own, so each is written.',
    wrong: 'const w = (v as never as number) + 1;',
    right: 'const w = vec(u32, 16, (l) => v[l] + 1);',
  },
  TW2002: {
    title: 'a result with more bits than a number holds exactly',
    why: 'Results keep every bit. Past 53 bits in a number, or 64 in a bigint, the golden model would round where hardware does not, and the two would differ.',
    wrong: 'const square = u32(v[0] * v[1]);',
    right: 'const square = mulLow(v[0], v[1], 32);',
  },
  TW2003: {
    title: 'a vector as a condition',
    why: 'To JavaScript every object is true. Whether any lane or all lanes count must be said.',
    wrong: 'let x = u32(0);\nif (v) x = u32(1);',
    right: 'let x = u32(0);\nif (any(v)) x = u32(1);',
  },
  TW2004: {
    title: 'a bit operator on more than 32 bits',
    why: "JavaScript's own &, |, ^, << and >> cut their operands to 32 bits before they work.",
    wrong: 'const x = u40(v[0] * 4);\nconst y = u32(x >> 3);',
    right: 'const x = u40(v[0] * 4);\nconst y = u32(shiftRight(x, 3));',
  },
  TW2005: {
    title: 'a shift by more than its operand has',
    why: 'JavaScript takes the amount modulo 32 (or 64), a hardware shifter does not; an amount that stays in range means the same to both.',
    wrong: 'const x = u32(v[0] >>> v[1]);',
    right: 'const x = u32(v[0] >>> u5(v[1]));',
  },
  TW2006: {
    title: "'>>>' on a bigint",
    why: 'JavaScript throws here: a bigint has no sign bit to shift out.',
    wrong: 'const x = u64(v[0]);\nconst y = u64(x >>> 3n);',
    right: 'const x = u64(v[0]);\nconst y = u64(x >> 3n);',
    behindTypes: true,
  },
  TW2007: {
    title: 'the two sides of a choice differ in kind',
    why: 'A multiplexer has one width and one number of lanes, whichever side it takes.',
    wrong: 'const w = v[0] > 3 ? v : vec(u32, 8, () => 0);',
    right: 'const w = v[0] > 3 ? v : vec(u32, 16, () => 0);',
  },
  TW2008: {
    title: 'an index that may leave the vector',
    why: 'In JavaScript a lane that does not exist is undefined; hardware would read another one.',
    wrong: 'const x = v[v[0]];',
    right: 'const x = v[u4(v[0])];',
  },
  TW2009: {
    title: 'division',
    why: 'A divider is large and takes as many cycles as it has bits. A multiplication by the reciprocal is one DSP block; a division by a power of two (v[0] / 4) only moves the binary point.',
    wrong: 'const third = u32(v[0] / 3);',
    right: 'const third = mulHigh(v[0], 0x55555556, 32);',
  },
  TW2010: {
    title: 'a value that does not fit its place',
    why: 'The golden model would carry the wider value on, hardware would cut it off. Naming the type says what happens to the other bits.',
    wrong: 'let n = u8(0);\nn++;',
    right: 'let n = u8(0);\nn = u8(n + 1);',
  },
  TW2011: {
    title: 'a field of the record is missing',
    why: 'A stream of records carries all of its fields in each element.',
    wrong: {
      top: 'function mark(s: Stream<{ row: u32; last: u1 }>): void {\n  s.write({ row: u32(1) } as never);\n}\n\nfunction drop(s: Stream<{ row: u32; last: u1 }>): void {\n  const one = s.read();\n}',
      dataflow: 'const s = stream({ row: u32, last: u1 });\nmark(s);\ndrop(s);',
    },
    right: {
      top: 'function mark(s: Stream<{ row: u32; last: u1 }>): void {\n  s.write({ row: u32(1), last: u1(1) });\n}\n\nfunction drop(s: Stream<{ row: u32; last: u1 }>): void {\n  const one = s.read();\n}',
      dataflow: 'const s = stream({ row: u32, last: u1 });\nmark(s);\ndrop(s);',
    },
  },
  TW2012: {
    title: 'a variable without a first value',
    why: 'A register holds something from its first cycle on; undefined is no bit pattern.',
    wrong: 'let x: u32;',
    right: 'let x = u32(0);',
  },
  TW2013: {
    title: 'a variable without a width',
    why: 'A variable becomes a register, whose width cannot grow while it runs; the first value alone does not say how far it will count.',
    wrong: 'let x = 0;\nx = 3;',
    right: 'let x = u8(0);\nx = u8(3);',
  },
};
