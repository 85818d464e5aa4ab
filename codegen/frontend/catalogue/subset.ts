import type { Catalogue } from './entry.ts';

/** TW1…: outside the kernel language. */
export const subset: Catalogue = {
  TW1001: {
    title: 'a constant that hardware cannot hold exactly',
    why: 'Hardware values are whole numbers, and a JavaScript number holds those up to 53 bits exactly. A fraction, NaN, Infinity or a larger number would be rounded in silence.',
    wrong: 'const half = u8(0.5);',
    right: 'const half = u8(Math.round(0.5));',
  },
  TW1002: {
    title: 'something that is no hardware value stands where a value is needed',
    why: 'A stream, a memory, a function, a string or a record has no bits of its own: only integers, booleans and vectors of them can be added, compared or sent.',
    wrong: 'const x = u32(input as never);',
    right: 'const x = u32(v[0]);',
  },
  TW1003: {
    title: 'a name that is not known in a kernel',
    why: 'A process sees its parameters, its own variables, and the constants and functions of the kernel file. What only Node has (a clock, a file, the console) does not exist on a card.',
    wrong: 'const now = u32(Date.now());',
    right: { top: 'const now = 1700000000;', body: 'const x = u32(now);' },
  },
  TW1004: {
    title: 'an index is missing',
    why: 'Without its index nobody knows which lane is meant.',
    wrong: 'const x = v[];',
    right: 'const x = v[0];',
    behindTypes: true,
  },
  TW1005: {
    title: 'an array of hardware values is indexed by a hardware value',
    why: 'Written as an array, several values are a bundle of wires with constant names. A vector has lanes that an index can choose between; an array(…) is a memory.',
    wrong: 'const pair = [v[0], v[1]];\nconst x = u32(pair[v[2] & 1]);',
    right: 'const pair = vec(u32, 2, (l) => v[l]);\nconst x = u32(pair[v[2] & 1]);',
  },
  TW1006: {
    title: 'an expression outside the kernel language',
    why: 'Objects with methods, strings, regular expressions and the like live in memory that a card does not have.',
    wrong: `const text = \`\${v[0]}\`;`,
    right: 'const text = v[0];',
  },
  TW1007: {
    title: 'a field that is not there',
    why: 'Records, vectors and streams have the fields that their declaration names, and no others: fields are wires, which cannot be added later.',
    wrong: 'const pair = { a: v[0] } as { a: u32; b: u32 };\nconst x = u32(pair.b);',
    right: 'const pair = { a: v[0], b: v[1] };\nconst x = u32(pair.b);',
  },
  TW1008: {
    title: 'an index past the end of a table or a list',
    why: 'In JavaScript this is undefined; hardware has no such value.',
    wrong: { top: 'const weights = table(u8, 4, (i) => i);', body: 'const x = u32(weights[4]);' },
    right: { top: 'const weights = table(u8, 4, (i) => i);', body: 'const x = u32(weights[3]);' },
  },
  TW1009: {
    title: 'a vector is expected',
    why: 'sum, any and all fold the lanes of a vector; an integer has none.',
    wrong: 'const x = sum(v[0] as never);',
    right: 'const x = sum(v);',
  },
  TW1010: {
    title: '++ or -- inside an expression',
    why: 'Such an expression has a value and changes a variable at once. In hardware the two are separate, and so they are in a kernel.',
    wrong: 'let n = u8(0);\nconst x = u32(n++);',
    right: 'let n = u8(0);\nconst x = u32(n);\nn = u8(n + 1);',
  },
  TW1011: {
    title: 'an operator outside the kernel language',
    why: 'The loose comparisons convert types at run time, and powers need a loop of multiplications of unknown length.',
    wrong: 'const square = u32(v[0] ** 2);',
    right: 'const square = mulLow(v[0], v[0], 32);',
  },
  TW1012: {
    title: 'a record with something other than plain fields',
    why: 'A record is a bundle of named wires, fixed where it is written; a getter or a method is not.',
    wrong: 'const pair = {\n  a: v[0],\n  twice() {\n    return 2;\n  },\n};',
    right: 'const pair = { a: v[0], twice: 2 };',
  },
  TW1013: {
    title: 'a function that must run at compile time uses a hardware value',
    why: "JavaScript's own functions (map, filter, …) run while the kernel is compiled; the values of the hardware are not known by then.",
    wrong: 'const x = u32([1, 2].map((one) => one + v[0])[0]);',
    right: 'const x = u32([1, 2].map((one) => one + 3)[0]);',
  },
  TW1015: {
    title: 'a function is expected',
    why: 'vec() and table() compute each element by a function of its index.',
    wrong: 'const w = vec(u32, 16, v as never);',
    right: 'const w = vec(u32, 16, (l) => v[l]);',
  },
  TW1016: {
    title: 'something is called that cannot take hardware values',
    why: 'A function that is made at run time, or that comes from a package, is a JavaScript object: it runs while the kernel is compiled, where no hardware value is known. Functions of the kernel and of the files that it imports are inlined instead.',
    wrong: {
      top: 'const makers = [(x: number) => x + x];',
      body: 'const double = makers[0];\nconst y = u32(double(v[0]));',
    },
    right: {
      top: 'const twice = (x: u32): u32 => u32(x + x);',
      body: 'const y = twice(v[0]);',
    },
  },
  TW1017: {
    title: 'an assignment where a value is expected',
    why: 'An assignment has no value of its own in a kernel.',
    wrong: 'v[0] + 1 = 3;',
    right: 'const x = u32(v[0] + 1);',
    behindTypes: true,
  },
  TW1018: {
    title: 'an argument is missing',
    why: 'A call is inlined with the wires of its arguments, so their number is fixed; a parameter may have a default.',
    wrong: {
      top: 'function add(...all: u32[]): u32 {\n  return u32(all[0] + all[1]);\n}',
      body: 'const x = add(v[0], v[1]);',
    },
    right: {
      top: 'function add(a: u32, b = u32(1)): u32 {\n  return u32(a + b);\n}',
      body: 'const x = add(v[0]);',
    },
  },
  TW1019: {
    title: 'a value that must be known at compile time',
    why: 'Widths, lane counts and tables decide which hardware is built; a value that only exists while it runs comes too late.',
    wrong: 'const w = vec(u32, v[0], (l) => v[l]);',
    right: 'const w = vec(u32, 16, (l) => v[l]);',
  },
  TW1020: {
    title: 'an integer type is expected',
    why: 'The lanes of a vector and the elements of a table have a width, which the type names.',
    wrong: 'const w = vec(3 as never, 4, () => 0);',
    right: 'const w = vec(u8, 4, () => 0);',
  },
  TW1021: {
    title: 'a count that is no whole number in range',
    why: 'A vector has from 1 to 512 lanes; none, half a lane or thousands cannot be wired up.',
    wrong: 'const w = vec(u32, 0, () => 0);',
    right: 'const w = vec(u32, 1, () => 0);',
  },
  TW1022: {
    title: 'a method that there is not in hardware',
    why: 'Streams, memories, vectors and Math offer the methods that have a circuit of bounded size.',
    wrong: 'const x = Math.sqrt(v[0]);',
    right: 'const x = Math.max(v[0], v[1]);',
  },
  TW1023: {
    title: 'a function that calls itself',
    why: 'Functions are inlined: a call is a copy of the circuit, and hardware has no stack for a depth that is not known.',
    wrong: {
      top: 'function last(x: u32): u32 {\n  return last(u32(x - 1));\n}',
      body: 'const x = last(v[0]);',
    },
    right: 'let x = u32(v[0]);\nwhile (x > 1) x = u32(x - 1);',
  },
  TW1025: {
    title: 'a pattern that takes the rest of something without names',
    why: 'The rest of a record is a record; lanes and values by index are taken one by one, so that every one that is used is named.',
    wrong: 'const [first, ...others] = v;',
    right: 'const [first, second] = v;',
  },
  TW1026: {
    title: 'a statement outside the kernel language',
    why: 'Control flow becomes a state machine of loops and predicates; exceptions, labels and loops over iterators have no such form.',
    wrong: 'for (const lane of v) output.send(vec(u32, 16, () => lane));',
    right: 'for (let l = 0; l < 16; l++) {\n  unroll();\n  const lane = v[l];\n}',
  },
  TW1027: {
    title: 'a statement without effect',
    why: 'The value is computed and dropped; most often an assignment was meant.',
    wrong: 'v[0] + 1;',
    right: 'const x = v[0] + 1;',
  },
  TW1028: {
    title: 'a lane is assigned in place',
    why: 'Vectors are values: two names may mean the same wires, and changing one would change the other.',
    wrong: '(v as u32[])[0] = u32(1);',
    right: 'const w = v.with(0, u32(1));',
  },
  TW1029: {
    title: 'something is assigned that cannot change',
    why: 'Parameters, constants and fields of records are wires; only a let of the process is a register.',
    wrong: 'beats = u32(0);',
    right: 'let left = u32(beats);\nleft = u32(0);',
  },
  TW1030: {
    title: 'a call at compile time throws',
    why: 'What is known at compile time is computed by running the kernel file; an exception there stops the compilation.',
    wrong: {
      top: "function small(x: number): number {\n  if (x > 3) throw new Error('more than three');\n  return x;\n}",
      body: 'const x = u32(v[0] + small(5));',
    },
    right: {
      top: "function small(x: number): number {\n  if (x > 3) throw new Error('more than three');\n  return x;\n}",
      body: 'const x = u32(v[0] + small(2));',
    },
  },
  TW1031: {
    title: 'an assignment inside an expression',
    why: 'Where an assignment happens within an expression decides what the rest of it sees; a statement of its own leaves no doubt.',
    wrong: 'let a = u32(0);\nlet b = u32(0);\na = b = u32(v[0]);',
    right: 'let a = u32(0);\nlet b = u32(0);\nb = u32(v[0]);\na = b;',
  },
  TW1032: {
    title: 'a function that returns a value on some paths only',
    why: 'The call stands for one value; where a path gives none, there is nothing to put on the wires.',
    wrong: {
      top: 'function clip(x: u32): any {\n  if (x > 3) return u32(3);\n}',
      body: 'const x = clip(v[0]);',
    },
    right: {
      top: 'function clip(x: u32): u32 {\n  if (x > 3) return u32(3);\n  return x;\n}',
      body: 'const x = clip(v[0]);',
    },
  },
  TW1033: {
    title: 'a case that runs on into the next',
    why: 'Each case is a branch of its own in hardware; statements that two cases share belong into a function.',
    wrong:
      'let x = u8(0);\nswitch (v[0] & 3) {\n  case 0:\n    x = u8(1);\n  default:\n    x = u8(x + 1);\n}',
    right:
      'let x = u8(0);\nswitch (v[0] & 3) {\n  case 0:\n  case 1:\n    x = u8(1);\n    break;\n  default:\n    x = u8(2);\n}',
  },
  TW1034: {
    title: 'a case that is not known at compile time',
    why: 'The cases of a switch are told apart by constants; comparing with values of the hardware is a chain of ifs.',
    wrong: 'let x = u8(0);\nswitch (v[0]) {\n  case v[1]:\n    x = u8(1);\n    break;\n}',
    right: 'let x = u8(0);\nif (v[0] === v[1]) x = u8(1);',
  },
  TW1039: {
    title: 'an async function or a generator',
    why: 'They run in slices of time that JavaScript hands out. In hardware everything runs all the time; waiting is what the read of a stream does.',
    wrong: {
      top: 'async function twice(x: u32): Promise<u32> {\n  return u32(x + x);\n}',
      body: 'const y = twice(v[0]);',
    },
    right: {
      top: 'function twice(x: u32): u32 {\n  return u32(x + x);\n}',
      body: 'const y = twice(v[0]);',
    },
  },
};
