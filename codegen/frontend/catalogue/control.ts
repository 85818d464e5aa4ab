import type { Catalogue } from './entry.ts';

/** TW3…: loops, and what may block. */
export const control: Catalogue = {
  TW3001: {
    title: 'a stream or memory inside a condition or a lambda',
    why: 'Both sides of ?: and every lane are computed at once, and a read that blocks happens or does not: it needs a place in the order of the process.',
    wrong: 'const x = u32(v[0] > 3 ? input.receive()[0] : 0);',
    right: 'let x = u32(0);\nif (v[0] > 3) {\n  const more = input.receive();\n  x = more[0];\n}',
  },
  TW3002: {
    title: 'a directive that is not at the top of a loop',
    why: 'pipeline() and unroll() are about the loop whose body they open.',
    wrong: 'pipeline();',
    right: 'let x = u8(0);\nwhile (x < 3) {\n  pipeline();\n  x = u8(x + 1);\n}',
  },
  TW3003: {
    title: 'an initiation interval that is no whole number from 1 on',
    why: 'The interval is the number of clock cycles between one iteration and the next.',
    wrong: 'let x = u8(0);\nwhile (x < 3) {\n  pipeline(0);\n  x = u8(x + 1);\n}',
    right: 'let x = u8(0);\nwhile (x < 3) {\n  pipeline(1);\n  x = u8(x + 1);\n}',
  },
  TW3004: {
    title: 'a loop that cannot be unrolled',
    why: 'Each iteration becomes a circuit of its own, so their number must be known when the hardware is built, and be one that a card has room for.',
    wrong: 'let x = u8(0);\nfor (let i = 0; i < v[0]; i++) {\n  unroll();\n  x = u8(x + 1);\n}',
    right: 'let x = u8(0);\nfor (let i = 0; i < 4; i++) {\n  unroll();\n  x = u8(x + 1);\n}',
  },
  TW3005: {
    title: 'a for loop that does not count',
    why: 'The counter of a for loop gives its register a width and its end a comparator. Everything else is a while loop.',
    wrong: 'let i = u8(0);\nfor (; i < 3; ) i = u8(i + 1);',
    right: 'let i = u8(0);\nwhile (i < 3) i = u8(i + 1);',
  },
  TW3021: {
    title: 'a loop that never ends',
    why: 'A process must come to its end, or the kernel never reports that it is done.',
    wrong: 'let x = u8(0);\nwhile (true) x = u8(x + 1);',
    right: 'let x = u8(0);\nwhile (true) {\n  x = u8(x + 1);\n  if (x === 3) break;\n}',
  },
  TW3022: {
    title: 'a directive that stands twice',
    why: 'One loop has one initiation interval and one number of copies.',
    wrong: 'let x = u8(0);\nwhile (x < 3) {\n  pipeline();\n  pipeline(2);\n  x = u8(x + 1);\n}',
    right: 'let x = u8(0);\nwhile (x < 3) {\n  pipeline(2);\n  x = u8(x + 1);\n}',
  },
  TW3023: {
    title: 'a number of copies that is no whole number in range',
    why: 'unroll(n) puts n copies of the body into one iteration, which is so much more hardware.',
    wrong:
      'let x = u8(0);\nfor (let i = 0; i < 8; i++) {\n  unroll(2.5 as never);\n  x = u8(x + 1);\n}',
    right: 'let x = u8(0);\nfor (let i = 0; i < 8; i++) {\n  unroll(4);\n  x = u8(x + 1);\n}',
  },
};
